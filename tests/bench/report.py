"""docs/benchmarks.md and its plot, from the rows of one run."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import log10
from pathlib import Path
from typing import Protocol

from portal import __version__
from tests.bench.corpus import ROOT
from tests.bench.likeness import HEADER, Likeness

DOCS = ROOT / "docs"
_MARK, _END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
_COLOURS = {"portal": "#a8121c", "Hugo": "#1f5fa8"}
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 360, 70, 30


class Measured(Protocol):
    """One line of the table."""

    size: int
    act: str
    builder: str
    files: int

    def median(self, field: str) -> float: ...


def write_report(
    rows: Sequence[Measured],
    alike: Mapping[int, Sequence[Likeness]],
    whole: Sequence[str],
    rounds: list[int],
) -> None:
    """Replace the figures between the marks of docs/benchmarks.md, and the plot beside it."""
    path = DOCS / "benchmarks.md"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(_MARK)
    _, _, tail = rest.partition(_END)
    parts = [*_machine(rounds), "", *_table(rows), "", *_sites(alike), "", *whole]
    figures = "\n".join(parts)
    path.write_text(f"{head}{_MARK}\n\n{figures}\n{_END}{tail}", encoding="utf-8")
    (DOCS / "benchmarks.svg").write_text(_plot(rows), encoding="utf-8")


def _machine(rounds: list[int]) -> list[str]:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = os.getloadavg()[2]
    return [
        (
            f"Version {__version__}, {date.today():%d %B %Y}; {os.cpu_count()} cores ({model}),"
            f" {platform.system()} {platform.release()}, Python {platform.python_version()};"
            f" load average over the last quarter of an hour at the end of the run: {load:.1f}."
        ),
        (
            f"Medians; {', '.join(map(str, rounds))} rounds of cold builds (sizes in order), each"
            " after the disk came to rest; three of every act in each round."
        ),
    ]


def _table(rows: Sequence[Measured]) -> list[str]:
    found = {(row.size, row.act, row.builder): row for row in rows}
    lines = [
        "| notices | act | builder | wall s | CPU s | memory MB | files written | wall ÷ Hugo |",
        "| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        other = found.get((row.size, row.act, "Hugo"))
        other = other or found.get((row.size, "cold", "Hugo"))
        ratio = "" if other is None else f"{row.median('wall') / other.median('wall'):.2f}"
        lines.append(
            f"| {row.size:,} | {row.act} | {row.builder} | {row.median('wall'):.2f} |"
            f" {row.median('cpu'):.2f} | {row.median('memory'):.0f} | {row.files:,} | {ratio} |"
        )
    return lines


def _sites(alike: Mapping[int, Sequence[Likeness]]) -> Iterable[str]:
    """What both builders wrote in a cold build."""
    yield f"| notices | {' | '.join(HEADER)} |"
    yield f"| ---: | --- |{' ---: |' * (len(HEADER) - 1)}"
    for size, lines in alike.items():
        for line in lines:
            yield f"| {size:,} | {' | '.join(line.cells)} |"


def _plot(rows: Sequence[Measured]) -> str:
    """Wall seconds against the number of notices, both axes logarithmic."""
    cold = [row for row in rows if row.act in ("cold", "one edited")]
    xs = [log10(row.size) for row in cold]
    ys = [log10(max(row.median("wall"), 0.01)) for row in cold]
    low_x, high_x = min(xs) - 0.1, max(xs) + 0.1
    low_y, high_y = min(ys) - 0.2, max(ys) + 0.2

    def place(row: Measured) -> tuple[float, float]:
        x = (log10(row.size) - low_x) / (high_x - low_x) * (_WIDTH - _LEFT - 130)
        y = (log10(max(row.median("wall"), 0.01)) - low_y) / (high_y - low_y)
        return _LEFT + x, _TOP + (1 - y) * (_HEIGHT - 2 * _TOP)

    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="sans-serif" font-size="12" role="img"'
        ' aria-label="Wall seconds of builds against the number of notices">'
    )
    parts = [
        opening,
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for builder, act in (("portal", "cold"), ("Hugo", "cold"), ("portal", "one edited")):
        line = [row for row in cold if (row.builder, row.act) == (builder, act)]
        parts += _line(line, [place(row) for row in line], builder, act)
    return "\n".join([*parts, "</svg>", ""])


def _line(
    rows: Sequence[Measured], points: Sequence[tuple[float, float]], builder: str, act: str
) -> Iterable[str]:
    if not points:
        return
    colour = _COLOURS[builder]
    dash = "" if act == "cold" else ' stroke-dasharray="5 4"'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
    for row, (x, y) in zip(rows, points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        seconds = f"{row.median('wall'):.2g} s"
        yield f'<text x="{x + 5:.1f}" y="{y - 6:.1f}" fill="{colour}">{seconds}</text>'
        if builder == "portal" and act == "cold":
            label = f"{row.size:,}"
            yield f'<text x="{x:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{label}</text>'
    x, y = points[-1]
    yield f'<text x="{x + 8:.1f}" y="{y + 14:.1f}" fill="{colour}">{builder}, {act}</text>'
