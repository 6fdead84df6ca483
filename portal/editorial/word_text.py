"""Text from Word: an uploaded .docx as the Markdown of a body, and what could not be carried over.

Read by our own reader and not by a converter to HTML: Word's automatic numbers (一、 （一）) become
text, and what a converter drops in silence, such as deleted text, is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine
from portal.confined.frames import Limits, named
from portal.editorial.plain_text import escaped, paragraph, to_markdown
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIMITS = Limits(seconds=30, output=16 * 1024 * 1024)
_LARGEST = 20 * 1024 * 1024
_OLD = b"\xd0\xcf\x11\xe0"
_LEVELS = (2, 4)

Runs = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class WordText:
    """A body in Markdown; `told` are sentences about what a person has to look at."""

    markdown: str
    told: tuple[str, ...]


def text_from_file(data: bytes, name: str) -> WordText:
    """The text of a .docx, of a .md as it is, or of a .txt line by line; RequestError."""
    suffix = name.lower().rpartition(".")[2]
    if suffix not in ("md", "txt"):
        return text_from_word(data, name)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
        return WordText(text if suffix == "md" else to_markdown(text), ())
    raise RequestError(f"{name} 不是文字文件：请另存为 UTF-8 编码的 .txt，或者 .docx")


def text_from_word(data: bytes, name: str) -> WordText:
    """The text of a .docx; RequestError says what to do with a file that is none, or damaged."""
    if data.startswith(_OLD) or name.lower().endswith((".doc", ".wps")):
        raise RequestError(f"{name} 是旧格式，或者有打开密码；请用 Word 或 WPS 另存为 .docx 再上传")
    if len(data) > _LARGEST:
        raise RequestError(f"{name} 超过{_LARGEST // 1024 // 1024} MB；请删去图片，另存后再上传")
    found = examine("word-text", named(name, data), _of_plain, _LIMITS)
    if isinstance(found, Trouble):
        raise RequestError(f"{name} 打不开（{found.why}）；请用 Word 或 WPS 另存为 .docx 再上传")
    if isinstance(found, str):
        raise RequestError(found)
    return found


def _of_plain(value: Any) -> WordText | str:
    if "refused" in value:
        return str(value["refused"])
    parts: list[tuple[str, str]] = []
    for runs, level, bullet, rows in value["blocks"]:
        if rows:
            parts.append(("table", _table([[str(cell) for cell in row] for row in rows])))
        else:
            words = [(str(text), bool(bold)) for text, bold in runs]
            kind = "bullet" if bullet else "text"
            parts.append((kind, _line(words, int(level), bullet=bool(bullet))))
    return WordText(_joined(parts), tuple(str(text) for text in value["told"]))


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    """Blocks with a blank line between them; items of one list stand together."""
    text, before = "", ""
    for kind, block in parts:
        gap = "\n" if kind == before == "bullet" else "\n\n"
        text += (gap if text else "") + block
        before = kind
    return f"{text}\n" if text else ""


def _line(runs: Runs, level: int, *, bullet: bool) -> str:
    plain = "".join(text for text, _ in runs)
    if level:
        first, last = _LEVELS
        return f"{'#' * min(level + first - 1, last)} {escaped(' '.join(plain.split()))}"
    marked = "".join(_marked(runs))
    return f"- {marked.strip()}" if bullet else paragraph(marked)


def _marked(runs: Runs) -> Iterator[str]:
    """Escaped text with its bold parts marked; blanks stay outside the marks."""
    merged: Runs = []
    for text, bold in runs:
        if merged and (merged[-1][1] == bold or not text.strip()):
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, bold))
    for text, bold in merged:
        inner = text.strip()
        start = text.index(inner) if inner else 0
        mark = "**" if bold and inner else ""
        yield f"{text[:start]}{mark}{escaped(inner)}{mark}{text[start + len(inner) :]}"


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    lines = [
        "| " + " | ".join(escaped(" ".join(cell.split())) for cell in _filled(row, width)) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _filled(row: list[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]
