"""Reading workbooks and Word tables: in a confined process, for they may do whatever they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine
from portal.confined.frames import Limits, name_and_data, named
from portal.content.files.word_tables import ADVICE, tables_of
from portal.content.files.workbooks import SAVE_ANEW, Mark, Sheet, sheets_of
from portal.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS = Limits(seconds=60, output=128 * 1024 * 1024)


def read_workbook(path: Path) -> list[Sheet]:
    """Every sheet of a workbook, hidden ones too; RequestError when it is damaged or too large.

    The file is opened in a confined process: whatever it does, it does it there.
    """
    found = examine("workbook", named(path.name, path.read_bytes()), _of_plain, _LIMITS)
    if isinstance(found, Trouble):
        raise RequestError(f"{path.name} 打不开（{found.why}）：{SAVE_ANEW}")
    if isinstance(found, str):
        raise RequestError(found)
    return found


def read_word_tables(path: Path) -> tuple[list[Sheet], list[str]]:
    """Every table of a Word document as a sheet, and what of the document is left out.

    RequestError where it is damaged or too large, or where its tables cannot be read for certain.
    """
    found = examine("word-tables", named(path.name, path.read_bytes()), _of_plain_word, _LIMITS)
    if isinstance(found, Trouble):
        raise RequestError(f"{path.name} 打不开（{found.why}）：{ADVICE}")
    if isinstance(found, str):
        raise RequestError(found)
    return found


def plain_tables(content: bytes) -> dict[str, Any]:
    """The task: the tables of a named Word document, or why it is refused."""
    name, data = name_and_data(content)
    try:
        sheets, told = tables_of(data, name)
    except RequestError as error:
        return {"refused": str(error)}
    return {"sheets": [_to_plain(sheet) for sheet in sheets], "told": told}


def _of_plain_word(value: Any) -> tuple[list[Sheet], list[str]] | str:
    found = _of_plain(value)
    return found if isinstance(found, str) else (found, [str(text) for text in value["told"]])


def plain_sheets(content: bytes) -> dict[str, Any]:
    """The task: the sheets of a named workbook, or why it is refused."""
    name, data = name_and_data(content)
    try:
        return {"sheets": [_to_plain(sheet) for sheet in sheets_of(data, name)]}
    except RequestError as error:
        return {"refused": str(error)}


def _to_plain(sheet: Sheet) -> list[Any]:
    marks = [(row, column, mark.value) for (row, column), mark in sheet.marks.items()]
    hidden = (sorted(sheet.hidden_rows), sorted(sheet.hidden_columns))
    return [
        *(sheet.title, sheet.rows, sheet.hidden, sheet.hidden_parts, sheet.comments),
        *(sheet.merged, marks, *hidden),
    ]


def _of_plain(value: Any) -> list[Sheet] | str:
    if "refused" in value:
        return str(value["refused"])
    return [_sheet_of(*parts) for parts in value["sheets"]]


def _sheet_of(title: Any, rows: Any, hidden: Any, parts: Any, comments: Any, *rest: Any) -> Sheet:
    merged, marks, hidden_rows, hidden_columns = rest
    return Sheet(
        str(title),
        tuple(tuple(str(cell) for cell in row) for row in rows),
        bool(hidden),
        tuple(str(part) for part in parts),
        tuple((str(cell), str(text)) for cell, text in comments),
        tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in merged),
        {(int(row), int(column)): Mark(mark) for row, column, mark in marks},
        frozenset(int(number) for number in hidden_rows),
        frozenset(int(number) for number in hidden_columns),
    )
