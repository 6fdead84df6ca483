"""What the readers of TOML and YAML say, in Chinese, for who wrote the file."""

from __future__ import annotations

# A piece of the library's message, and what it means; the first that fits.
_WORDS = (
    # What tomllib says
    ("Invalid statement", "这一行不是“名称 = 值”，也不是 [表头]"),
    ("Expected '='", "名称后面缺少等号"),
    ("Unclosed array", "方括号没有成对"),
    ("Unclosed inline table", "花括号没有成对"),
    ("Unterminated string", "引号没有成对"),
    ("Invalid value", "值的写法不对，文字要加引号"),
    ("Invalid initial character", "名称的写法不对"),
    ("Expected newline", "一行里只能写一项"),
    ("Cannot overwrite a value", "同一个名称写了两次"),
    ("twice", "同一个表头写了两次"),
    ("Duplicate", "同一个名称写了两次"),
    ("Unescaped", "文字里的反斜杠要写两个"),
    ("Illegal character", "有不能使用的字符"),
    ("invalid character", "有不能使用的字符"),
    # What libyaml says
    ("mapping values are not allowed", "这里不能有冒号"),
    ("could not find expected ':'", "名称后面缺少冒号"),
    ("did not find expected ',' or ']'", "方括号没有成对，或者缺少逗号"),
    ("did not find expected ',' or '}'", "花括号没有成对，或者缺少逗号"),
    ("did not find expected key", "缩进不齐，或者引号没有成对"),
    ("did not find expected '-' indicator", "列表的缩进不齐"),
    ("did not find expected", "这里缺少内容，或者缩进不齐"),
    ("unexpected end of stream", "引号没有成对"),
    ("cannot start any token", "这里不能用这个字符（如制表符、@、%）；文字请加引号"),
    ("undefined alias", "以 * 开头的文字要加引号"),
    ("duplicate anchor", "以 & 开头的文字要加引号"),
    ("constructor", "以 ! 开头的文字要加引号"),
    ("control characters", "有不能使用的控制字符"),
    ("nacceptable character", "有不能使用的字符"),
    ("unhashable", "名称不能是列表或表"),
)


def in_words(message: str) -> str:
    """Why a file cannot be read; of what is not known only that it is wrong."""
    return next((ours for piece, ours in _WORDS if piece in message), "这里的写法不对")
