"""Layout: where the tables of a sheet stand: headings over one or two rows, tables side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.importing.headings import Role, heading_of, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.content.files.workbooks import Sheet

_LEAST = 2
_MOST_SIDE_BY_SIDE = 6

Cells = dict[int, str]
"""The cells of a row that hold something, by column."""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings in the rows `top` to `bottom`, for each table side by side by column; rows below."""

    top: int
    bottom: int
    blocks: tuple[Mapping[int, str], ...]
    last: int

    @property
    def headings(self) -> tuple[tuple[str, ...], ...]:
        """What two tables with the same headings share."""
        return tuple(tuple(map(plain, block.values())) for block in self.blocks)


def cells_of(sheet: Sheet) -> dict[int, Cells]:
    """Every cell that holds a text or a mark, by row."""
    grid: dict[int, Cells] = {}
    for number, row in enumerate(sheet.rows, 1):
        cells = {column: text for column, text in enumerate(row, 1) if text.strip()}
        if cells:
            grid[number] = cells
    for place_row, column in sheet.marks:
        grid.setdefault(place_row, {}).setdefault(column, "")
    return {number: dict(sorted(grid[number].items())) for number in sorted(grid)}


def covered_cells(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that a merged range covers, with the range's first cell, as far as there are rows."""
    covered = {}
    for top, left, height, width in sheet.merged:
        for row in range(top, min(top + height, len(sheet.rows) + 1)):
            for column in range(left, left + min(width, 200)):
                if (row, column) != (top, left):
                    covered[row, column] = (top, left)
    return covered


def find_tables(sheet: Sheet, grid: Mapping[int, Cells], said: int = 0) -> list[Table]:
    """Every table of a sheet in order; `said` is the row of headings that a person named."""
    tables: list[Table] = []
    last = max(grid, default=0)
    tops: list[tuple[int, int]] = []
    bottom = 0
    for number, cells in grid.items():
        if number <= bottom:
            continue
        if number == said or (not said and _is_header(cells, first=not tops)):
            bottom = _bottom(sheet, grid, number)
            if not tops or not _repeats(grid[tops[-1][0]], cells):
                tops.append((number, bottom))
    for at, (top, bottom) in enumerate(tops):
        end = tops[at + 1][0] - 1 if at + 1 < len(tops) else last
        headings = _headings(sheet, grid, top, bottom)
        tables.append(Table(top, bottom, _side_by_side(headings), end))
    return tables


def _is_header(cells: Cells, *, first: bool) -> bool:
    """Whether a row consists of known headings; the first one may have unknown ones among them."""
    words = [plain(text) for text in cells.values()]
    known = [heading for word in words if (heading := heading_of(word))]
    if any(word.isdecimal() for word in words):
        return False
    if len(known) < _LEAST:
        return first and len(words) == 1 and bool(known) and known[0].role is Role.NAME
    return first or len(known) * 2 >= len(words)


def _repeats(before: Cells, cells: Cells) -> bool:
    """Whether a row of headings repeats those of the table that it stands in, as each page does."""
    return {c: plain(t) for c, t in before.items()} == {c: plain(t) for c, t in cells.items()}


def _bottom(sheet: Sheet, grid: Mapping[int, Cells], top: int) -> int:
    """The last row of the headings: merged cells reach it, or all its cells are headings too."""
    bottom = top
    for row, left, height, _ in sheet.merged:
        if row == top and left in grid[top] and height <= _MOST_SIDE_BY_SIDE:
            bottom = max(bottom, row + height - 1)
    below = grid.get(bottom + 1, {})
    above = [plain(text) for text in grid[top].values()]
    new = [text for text in below.values() if plain(text) not in above]
    if bottom == top and new and all(heading_of(text) for text in below.values()):
        bottom += 1
    return bottom


def _headings(sheet: Sheet, grid: Mapping[int, Cells], top: int, bottom: int) -> dict[int, str]:
    """Each column's heading: the lowest text of its own, or that of the cell that covers it."""
    found: dict[int, str] = {}
    for row in range(top, bottom + 1):
        found |= grid.get(row, {})
    for row, left, _, width in sheet.merged:
        if row == top and left in grid[top]:
            for column in range(left, left + min(width, 200)):
                found.setdefault(column, grid[top][left])
    return dict(sorted(found.items()))


def _side_by_side(headings: dict[int, str]) -> tuple[dict[int, str], ...]:
    """The headings in parts, if they repeat as a whole and each part names somebody."""
    columns, words = list(headings), [plain(text) for text in headings.values()]
    for parts in range(_MOST_SIDE_BY_SIDE, 1, -1):
        width, rest = divmod(len(words), parts)
        if rest or any(words[at] != words[at % width] for at in range(len(words))):
            continue
        names = [h for word in words[:width] if (h := heading_of(word)) and h.role is Role.NAME]
        if names:
            pieces = (columns[at : at + width] for at in range(0, len(columns), width))
            return tuple({column: headings[column] for column in piece} for piece in pieces)
    return (headings,)
