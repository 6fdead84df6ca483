"""The picture of a notice that messengers show beside a link (Open Graph), drawn by Pillow."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from portal.content.fonts import FONTS
from portal.domain.dates import write_date
from portal.render.glyphs import plain_text
from portal.render.links import issuer_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice

Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1200, 630
_MARGIN, _BAND = 72, 132
_RED, _INK, _SOFT, _PAPER = (168, 18, 28), (29, 30, 34), (90, 93, 102), (255, 255, 255)
_LINES = 3
# Closing marks hang at the end of a line rather than open the next one.
_NOT_FIRST = "，。、；：）》”’！？"


def _ramp(start: Colour, end: Colour, steps: int) -> list[int]:
    """Colours between two, as the smoothed edge of a letter needs them."""
    return [
        round(a + (b - a) * i / (steps - 1))
        for i in range(steps)
        for a, b in zip(start, end, strict=True)
    ]


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    """The few colours of every picture: finding them anew for each costs twenty times as much."""
    palette = Image.new("P", (1, 1))
    edges = ((_PAPER, _INK, 12), (_PAPER, _SOFT, 8), (_RED, _PAPER, 12))
    palette.putpalette([value for start, end, n in edges for value in _ramp(start, end, n)])
    return palette


@lru_cache(maxsize=8)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


def _serif(size: int) -> ImageFont.FreeTypeFont:
    return _font("NotoSerifSC-Regular.otf", size)


def _sans(size: int) -> ImageFont.FreeTypeFont:
    return _font("NotoSansSC-Regular.otf", size)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Lines no wider than `width`, broken between any two characters but before closing marks."""
    line = ""
    for character in text:
        if font.getlength(line + character) > width and character not in _NOT_FIRST:
            yield line
            line = ""
        line += character
    yield line


def _title_lines(title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The title in the largest size that takes at most three lines; a longer one is cut with ……."""
    for size in (68, 58, 48):
        font = _serif(size)
        lines = list(_wrapped(title, font, WIDTH - 2 * _MARGIN))
        if len(lines) <= _LINES:
            return lines, font
    return [*lines[: _LINES - 1], lines[_LINES - 1][:-2] + "……"], font


def _facts(notice: Notice, catalogue: Catalogue) -> Iterator[str]:
    if notice.window:
        window = notice.window
        yield f"公示期：{write_date(window.opens)}至{write_date(window.closes)}"
    yield f"{issuer_name(notice, catalogue)}　{write_date(notice.published)}发布"


@lru_cache(maxsize=8)
def _band(site: str, kind: str) -> Image.Image:
    """The band at the head, which all notices of a kind share."""
    band = Image.new("RGB", (WIDTH, _BAND + 1), _RED)
    draw = ImageDraw.Draw(band)
    draw.text((_MARGIN, _BAND / 2), site, _PAPER, _serif(46), anchor="lm")
    draw.text((WIDTH - _MARGIN, _BAND / 2), kind, _PAPER, _sans(30), anchor="rm")
    return band


def share_picture(notice: Notice, catalogue: Catalogue) -> bytes:
    """PNG of 1200 × 630 pixels; the same notice gives the same bytes.

    Its `Description` says in words what the picture shows.
    """
    title = catalogue.history(notice).mark + notice.title
    kind = f"演示　{notice.kind.label}" if notice.demonstration else notice.kind.label
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    picture.paste(_band(catalogue.site.name, kind))
    draw = ImageDraw.Draw(picture)
    lines, font = _title_lines(plain_text(title))
    top = _BAND + 60.0
    for line in lines:
        draw.text((_MARGIN, top), line, _INK, font, stroke_width=1, stroke_fill=_INK)
        top += font.size * 1.45
    bottom = HEIGHT - 60
    for fact in reversed(list(_facts(notice, catalogue))):
        draw.text((_MARGIN, bottom), fact, _SOFT, _sans(30), anchor="ls")
        bottom -= 50
    draw.rectangle((_MARGIN, bottom - 14, _MARGIN + 96, bottom - 8), fill=_RED)
    out = io.BytesIO()
    small = picture.quantize(palette=_palette(), dither=Image.Dither.NONE)
    words = PngInfo()
    words.add_itxt("Description", "；".join([kind, title, *_facts(notice, catalogue)]))
    small.save(out, "PNG", compress_level=3, pnginfo=words)
    return out.getvalue()
