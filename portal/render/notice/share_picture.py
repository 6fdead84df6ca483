"""The picture of a notice that messengers show beside a link (Open Graph), drawn by Pillow."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from portal.content.fonts import FONTS
from portal.domain.dates import write_date
from portal.domain.phrases import title_lines
from portal.render.drawings import mark, ridge
from portal.render.glyphs import plain_text
from portal.render.links import issuer_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice

Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1200, 630
_MARGIN, _TOP, _MARK = 72, 56, 76
_RED, _INK, _SOFT = (168, 20, 29), (29, 27, 25), (98, 92, 85)
_PAPER, _LINE = (255, 255, 255), (227, 222, 214)
_HILLS = ((240, 231, 221), (232, 220, 203))
_RIDGE = 150
_LINES = 3


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
    edges = (
        *((_PAPER, _INK, 12), (_PAPER, _SOFT, 8), (_RED, _PAPER, 12), (_PAPER, _LINE, 3)),
        *((_PAPER, _HILLS[0], 5), (_HILLS[0], _HILLS[1], 5), (_PAPER, _HILLS[1], 5)),
        *((hills, _SOFT, 8) for hills in _HILLS),
    )
    palette.putpalette([value for start, end, n in edges for value in _ramp(start, end, n)])
    return palette


@lru_cache(maxsize=8)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


def _serif(size: int) -> ImageFont.FreeTypeFont:
    return _font("NotoSerifSC-Regular.otf", size)


def _sans(size: int) -> ImageFont.FreeTypeFont:
    return _font("NotoSansSC-Regular.otf", size)


def _title_lines(title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The title in the largest size that takes at most three lines; a longer one is cut with ……."""
    for size in (68, 58, 48):
        font = _serif(size)
        lines = title_lines(title, WIDTH - 2 * _MARGIN, font.getlength)
        if len(lines) <= _LINES:
            return lines, font
    return [*lines[: _LINES - 1], lines[_LINES - 1][:-2] + "……"], font


def _facts(notice: Notice, catalogue: Catalogue) -> Iterator[str]:
    if notice.window:
        window = notice.window
        yield f"公示期：{write_date(window.opens)}至{write_date(window.closes)}"
    yield f"{issuer_name(notice, catalogue)}　{write_date(notice.published)}发布"


@lru_cache(maxsize=8)
def _frame(site: str, kind: str) -> Image.Image:
    """What all notices of a kind share: mark and name of the site, the kind, the ridge."""
    frame = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(frame)
    frame.paste(mark(_MARK, _RED, _PAPER), (_MARGIN, _TOP))
    middle = _TOP + _MARK / 2
    draw.text((_MARGIN + _MARK + 24, middle), site, _INK, _serif(42), anchor="lm")
    draw.text((WIDTH - _MARGIN, middle), kind, _RED, _sans(30), anchor="rm")
    under = _TOP + _MARK + 28
    draw.line((_MARGIN, under, WIDTH - _MARGIN, under), _LINE, 2)
    frame.paste(ridge(WIDTH, _RIDGE, _HILLS, _PAPER), (0, HEIGHT - _RIDGE))
    return frame


def share_picture(notice: Notice, catalogue: Catalogue) -> bytes:
    """PNG of 1200 × 630 pixels; the same notice gives the same bytes.

    Its `Description` says in words what the picture shows.
    """
    title = catalogue.history(notice).mark + notice.title
    kind = f"演示　{notice.kind.label}" if notice.demonstration else notice.kind.label
    picture = _frame(catalogue.site.name, kind).copy()
    draw = ImageDraw.Draw(picture)
    lines, font = _title_lines(plain_text(title))
    top = _TOP + _MARK + 64.0
    for line in lines:
        draw.text((_MARGIN, top), line, _INK, font, stroke_width=1, stroke_fill=_INK)
        top += font.size * 1.45
    bottom = HEIGHT - 60
    for fact in reversed(list(_facts(notice, catalogue))):
        draw.text((_MARGIN, bottom), fact, _SOFT, _sans(30), anchor="ls")
        bottom -= 50
    out = io.BytesIO()
    small = picture.quantize(palette=_palette(), dither=Image.Dither.NONE)
    words = PngInfo()
    words.add_itxt("Description", "；".join([kind, title, *_facts(notice, catalogue)]))
    small.save(out, "PNG", compress_level=3, pnginfo=words)
    return out.getvalue()
