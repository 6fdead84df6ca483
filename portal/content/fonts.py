"""Fonts of the documents: where they lie, which there are, and which characters they have."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from pathlib import Path

from portal.domain.characters import DROPPED
from portal.errors import BuildError

FONTS = Path(sys.prefix) / "share" / "portal-fonts"
"""Where `portal setup` puts the fonts: they belong to the installed environment."""

FANDOL = {
    "FandolFang-Regular.otf": "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9",
    "FandolKai-Regular.otf": "ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827",
    "FandolSong-Bold.otf": "ffa76a70e128947a4dd22151d5ee829b23e24ce3cb6fe8ad49891cd1c2d9e9b9",
}
"""仿宋, 楷体, 小标宋 (GPL with font exception), with the SHA-256 that a file must have."""

NOTO = {
    "NotoSansSC-Regular.otf": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "NotoSerifSC-Regular.otf": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}
"""黑体, 宋体 and every rare character (SIL Open Font License 1.1)."""

FONT_FILES = (*FANDOL, *NOTO)

ADDED = "added"
"""The folder below FONTS with the fonts that an office added, for characters of rare names."""

# Every face falls back on this one; the others have nothing that it lacks.
_FALLBACK = "NotoSerifSC-Regular.otf"
# What the fallback has for certain, so that an ordinary text needs no font to be opened.
_COMMON = re.compile("[^\n -~\u3001-\u301f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e·—…“”‘’]")
_UNSET = re.compile(rf"[{DROPPED}\s]")


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Every character that the fallback or an added font has; BuildError without the fonts."""
    from fontTools.ttLib import TTFont

    path = FONTS / _FALLBACK
    if not path.exists():
        raise BuildError(f"缺少排版字体：{_FALLBACK}；请运行 portal setup")
    found: set[int] = set()
    for one in (path, *added_fonts()):
        with TTFont(one, lazy=True, fontNumber=0) as font:
            found.update(font.getBestCmap())
    return frozenset(found)


def added_fonts() -> tuple[Path, ...]:
    """The font files that the office added, in order of their names."""
    folder = FONTS / ADDED
    files = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(p for p in files if p.suffix.lower() in (".otf", ".ttf", ".ttc")))


@lru_cache(maxsize=1)
def added_families() -> tuple[str, ...]:
    """The family names of the added fonts, as the typesetter calls them."""
    from fontTools.ttLib import TTFont

    names = []
    for path in added_fonts():
        with TTFont(path, lazy=True, fontNumber=0) as font:
            names.append(font["name"].getBestFamilyName() or path.stem)
    return tuple(dict.fromkeys(names))


def missing_glyphs(text: str) -> list[str]:
    """Characters of a text that no font of the documents has, each once."""
    if not _COMMON.search(text):
        return []
    rare = dict.fromkeys(_COMMON.findall(text))
    known = covered()
    return [c for c in rare if ord(c) not in known and not _UNSET.match(c)]
