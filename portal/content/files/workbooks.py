"""Workbooks: reads .xlsx files to rows of text; the door to openpyxl for reading."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

_MOST_ROWS, _MOST_COLUMNS = 20_000, 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text. `merged` are merged ranges as (first row, first column, rows, columns)."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    hidden: bool
    hidden_parts: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]
    merged: tuple[tuple[int, int, int, int], ...]


def read_workbook(path: Path) -> list[Sheet]:
    """Every sheet of a workbook, hidden ones too."""
    from openpyxl import load_workbook
    from openpyxl.worksheet.worksheet import Worksheet

    with warnings.catch_warnings():
        # openpyxl warns of extensions that it leaves out; cells are not among them.
        warnings.simplefilter("ignore")
        workbook = load_workbook(path, data_only=True)
    try:
        return [_sheet(sheet) for sheet in workbook if isinstance(sheet, Worksheet)]
    finally:
        workbook.close()


def _sheet(sheet: Worksheet) -> Sheet:
    height, width = min(sheet.max_row, _MOST_ROWS), min(sheet.max_column, _MOST_COLUMNS)
    rows, comments = [], []
    for row in sheet.iter_rows(max_row=height, max_col=width):
        rows.append(tuple(_text(cell.value) for cell in row))
        comments += [(cell.coordinate, cell.comment.text) for cell in row if cell.comment]
    columns = [f"{name}列" for name, c in sheet.column_dimensions.items() if c.hidden]
    lines = [f"第{number}行" for number, r in sheet.row_dimensions.items() if r.hidden]
    merged = [
        (m.min_row, m.min_col, m.max_row - m.min_row + 1, m.max_col - m.min_col + 1)
        for m in sheet.merged_cells.ranges
    ]
    return Sheet(
        title=sheet.title,
        rows=tuple(rows),
        hidden=sheet.sheet_state != "visible",
        hidden_parts=(*columns, *lines),
        comments=tuple(comments),
        merged=tuple(merged),
    )


def _text(value: Any) -> str:
    """A cell as its reader sees it: whole numbers without a decimal point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
