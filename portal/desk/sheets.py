"""Tables for spreadsheet programs: every cell is text, none is ever a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

from portal.render.notice.list_data import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with byte order mark, as Excel needs for Chinese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([disarmed(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def disarmed(value: str) -> str:
    """As `spreadsheet_safe`; full-width ＝ and ＠ begin a formula in East Asian Excel as well."""
    if unicodedata.normalize("NFKC", value[:1]) != value[:1] and spreadsheet_safe(
        unicodedata.normalize("NFKC", value[:1])
    ).startswith("'"):
        return f"'{value}"
    return spreadsheet_safe(value)


def xlsx_bytes(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook with one sheet; cells are typed as text, so a leading = stays a character."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number, row in enumerate((header, *rows), 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = _printable(value)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, label in enumerate(header, 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(12, len(label) * 3)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _printable(value: str) -> str:
    """Without control characters, which the format cannot hold."""
    return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc")
