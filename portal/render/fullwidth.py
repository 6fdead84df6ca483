"""Text as a newspaper sets it: full-width punctuation, widened names, characters counted."""

from __future__ import annotations

import re

from portal.domain.names import name_key

_HAN = r"\u2e80-\u2fff\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60〇“”‘’…—"
_WIDE_CHAR = rf"[{_HAN}\U00020000-\U0003ffff]"
_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_SIGN_BY_HAN = re.compile(rf"(?<={_WIDE_CHAR})[,;:?!](?!//)|[,;:?!](?={_WIDE_CHAR})")
_STOP_AFTER_HAN = re.compile(rf"(?<={_WIDE_CHAR})\.(?=\s|$|{_WIDE_CHAR})")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_STRAIGHT_QUOTES = re.compile(r'"([^"\n]*)"')
_HAS_HAN = re.compile(_WIDE_CHAR)
_BLANK_BY_HAN = re.compile(rf"(?<={_WIDE_CHAR})[ \t\u00a0]+|[ \t\u00a0]+(?={_WIDE_CHAR})")
_COUNTED = re.compile(rf"[A-Za-z0-9@._%+/:#?=&~-]+|[^\s\u3000]|{_WIDE_CHAR}")

_NARROW_NAME = 2


def full_width(text: str) -> str:
    """Half-width punctuation next to Chinese becomes full-width; addresses and numbers stay.

    Brackets and straight quotes change when what they hold, or what stands before them, is Chinese.
    """
    text = _BLANK_BY_HAN.sub("", text.replace("\t", " "))
    text = _STRAIGHT_QUOTES.sub(lambda m: f"“{m[1]}”" if _HAS_HAN.search(m[1]) else m[0], text)
    text = _BRACKETS.sub(lambda m: _bracketed(m, text), text)
    text = _SIGN_BY_HAN.sub(lambda m: _SIGNS[m[0]], text)
    return _BLANK_BY_HAN.sub("", _STOP_AFTER_HAN.sub("。", text))


def _bracketed(match: re.Match[str], text: str) -> str:
    before = text[: match.start()][-1:]
    chinese = _HAS_HAN.search(match[1]) or _HAS_HAN.search(before)
    return f"（{match[1]}）" if chinese else match[0]


def widened(name: str) -> str:
    """A two-character name with U+3000 between, as newspapers set it; others as they are.

    A remark in brackets stays behind the name (docs/domain.md §6).
    """
    bare, bracket, remark = name.partition("（")
    key = name_key(bare)
    if len(key) == _NARROW_NAME and _HAS_HAN.fullmatch(key[0]) and _HAS_HAN.fullmatch(key[1]):
        bare = f"{key[0]}\u3000{key[1]}"
    return f"{bare}{bracket}{remark}"


def character_count(text: str) -> int:
    """The 字数 of office programs: every Chinese character and sign one, every Latin word one."""
    return len(_COUNTED.findall(text))
