"""A form as blocks: what content/annexes/*.yml say, and what Word and PDF are both set from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    LONG = "long"
    DATE = "date"
    OPTIONS = "options"
    CHOICES = "choices"


class Align(StrEnum):
    """Where a cell's text stands across its width."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class FormField:
    """Something to fill in. `options` are offered as a list (options) or as boxes (choices).

    `maximum` and `minimum` are numbers of characters as office programs count them; 0 is no limit.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = False
    maximum: int = 0
    minimum: int = 0
    options: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: fixed text, a field, or both; open edges draw no line."""

    text: str = ""
    field: FormField | None = None
    span: int = 1
    rows: int = 1
    align: Align = Align.CENTER
    top: bool = False
    open_top: bool = False
    open_bottom: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `height` in millimetres is a minimum; heads repeat on every page."""

    cells: tuple[Cell, ...]
    height: float
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Column widths in millimetres, and rows."""

    widths: tuple[float, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A line of the cover: label, field, and a note behind it."""

    field: FormField
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page."""

    title: str
    subtitle: str
    lines: tuple[CoverLine, ...]
    foot: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text outside tables.

    `style` is title, heading, text, flush (not indented), note, or sign (on the right).
    """

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty height in millimetres."""

    height: float


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Begins a new page."""


FormBlock = Cover | Paragraph | Table | Gap | PageBreak


def placed(table: Table) -> list[list[tuple[int, Cell]]]:
    """Each row's cells with the column they begin in, past cells that hang down from above."""
    taken: set[tuple[int, int]] = set()
    result: list[list[tuple[int, Cell]]] = []
    for number, row in enumerate(table.rows):
        column = 0
        cells = []
        for cell in row.cells:
            while (number, column) in taken:
                column += 1
            cells.append((column, cell))
            taken |= {
                (number + down, column + right)
                for down in range(cell.rows)
                for right in range(cell.span)
            }
        result.append(cells)
    return result


def fields_of(blocks: tuple[FormBlock, ...]) -> tuple[FormField, ...]:
    """Every field in the order of the form."""
    found: list[FormField] = []
    for block in blocks:
        if isinstance(block, Cover):
            found += [line.field for line in block.lines]
        elif isinstance(block, Table):
            found += [cell.field for row in block.rows for cell in row.cells if cell.field]
    return tuple(found)
