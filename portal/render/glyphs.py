"""Which characters the documents' fonts can set: a missing one fails with its place, not blank."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.errors import BuildError
from portal.render.typesetting import FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portal.domain.notice import Notice

# Every face falls back on this one; the others have nothing that it lacks.
_FALLBACK = "NotoSerifSC-Regular.otf"


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    path = FONTS / _FALLBACK
    if not path.exists():
        raise BuildError(f"缺少排版字体：{_FALLBACK}；请运行 make setup")
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_glyphs(text: str) -> list[str]:
    """Characters of a text that no font of the documents has."""
    covered = _covered()
    return [
        char
        for char in dict.fromkeys(text)
        if ord(char) not in covered and not unicodedata.category(char).startswith(("C", "Z"))
    ]


def check_glyphs(places: Iterable[tuple[str, str]]) -> None:
    """Refuse texts that cannot be set; the message names the character and its place."""
    for place, text in places:
        for char in missing_glyphs(text):
            name = unicodedata.name(char, "未命名字符")
            raise BuildError(
                f"{place}中的“{char}”（U+{ord(char):04X}，{name}）在排版字体中没有字形，"
                f"会印成空白；请核对用字，确需使用的，请换用有此字的字体"
            )


def notice_places(notice: Notice) -> Iterator[tuple[str, str]]:
    """Every text of a notice with the name of its place."""
    yield f"公告 {notice.slug} 的标题", notice.title
    yield f"公告 {notice.slug} 的正文", notice.body
    for number, entry in enumerate(notice.entries, start=1):
        cells = (entry.name, entry.employer, entry.position, entry.remark, entry.county)
        line = f"，list.csv 第{entry.line}行" if entry.line else ""
        place = f"公告 {notice.slug} 名单第{number}条“{entry.name}”{line}"
        yield place, "".join(cells)


def plain_text(text: str) -> str:
    """Text without control characters, which neither PDF nor Word can hold."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
