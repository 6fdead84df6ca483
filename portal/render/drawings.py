"""The site's two drawings, the mark and the ridge, as pixels: they are read from the site's SVG.

Only what these two use is known: circles and the path commands M, L, l, q, t and z.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Point = tuple[float, float]
    Colour = tuple[int, int, int]

_STATIC = Path(__file__).parent.parent / "web" / "static"
_PATH = re.compile(r'<path[^>]*\bd="([^"]+)"')
_CIRCLE = re.compile(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"')
_COMMAND = re.compile(r"([MLlqtz])([^MLlqtz]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
# What the drawings look like on dark screens; paper is light.
_DARK = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\}")
_STEPS = 8
# Drawn larger and made smaller: Pillow's lines have hard edges.
_FINER = 4


@lru_cache(maxsize=4)
def drawing(name: str) -> str:
    """The SVG of `icon` or `ridge`, in its colours on light paper."""
    text = (_STATIC / f"{name}.svg").read_text(encoding="utf-8")
    return _DARK.sub("", text)


@lru_cache(maxsize=4)
def mark(size: int, line: Colour, paper: Colour) -> Image.Image:
    """The mark of the award in a square of `size` pixels."""
    text = drawing("icon")
    scale = size * _FINER / 32
    width = round(2 * scale)
    picture = Image.new("RGB", (size * _FINER, size * _FINER), paper)
    draw = ImageDraw.Draw(picture)
    for x, y, radius in _CIRCLE.findall(text):
        left, top, reach = float(x) * scale, float(y) * scale, float(radius) * scale + width / 2
        box = (left - reach, top - reach, left + reach, top + reach)
        draw.ellipse(box, outline=line, width=width)
    for path in _PATH.findall(text):
        for points in outlines(path):
            scaled = [(x * scale, y * scale) for x, y in points]
            draw.line(scaled, line, width, joint="curve")
            for x, y in (scaled[0], scaled[-1]):
                end = width / 2
                draw.ellipse((x - end, y - end, x + end, y + end), line)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


@lru_cache(maxsize=4)
def ridge(width: int, height: int, tones: Sequence[Colour], paper: Colour) -> Image.Image:
    """The ridge line, one tone for each range of hills."""
    text = drawing("ridge")
    picture = Image.new("RGB", (width * _FINER, height * _FINER), paper)
    draw = ImageDraw.Draw(picture)
    for path, tone in zip(_PATH.findall(text), tones, strict=True):
        for points in outlines(path):
            draw.polygon(
                [(x * width * _FINER / 1200, y * height * _FINER / 240) for x, y in points], tone
            )
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def outlines(path: str) -> Iterator[list[Point]]:
    """The lines of a path, its curves in short straight steps."""
    points: list[Point] = []
    bend: Point = (0, 0)
    for command, values in _COMMAND.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(values)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            if points:
                yield points
            points = pairs
        elif command == "L":
            points += pairs
        elif command == "l":
            for dx, dy in pairs:
                points.append((points[-1][0] + dx, points[-1][1] + dy))
        elif command in "qt":
            for offset, end in _bends(command, pairs):
                x, y = points[-1]
                # A t bends on as the curve before it came in.
                bend = (
                    (x + offset[0], y + offset[1]) if offset else (2 * x - bend[0], 2 * y - bend[1])
                )
                points += _curve((x, y), bend, (x + end[0], y + end[1]))
    yield points


def _bends(command: str, pairs: list[Point]) -> Iterator[tuple[Point | None, Point]]:
    if command == "t":
        for end in pairs:
            yield None, end
    else:
        for bend, end in list(pairwise(pairs))[::2]:
            yield bend, end


def _curve(start: Point, bend: Point, end: Point) -> list[Point]:
    found = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append(
            (a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1])
        )
    return found
