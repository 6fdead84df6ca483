"""The list as data: CSV for spreadsheet users, XLSX, and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC
from typing import TYPE_CHECKING

from portal.domain.dates import write_meta
from portal.domain.notice import plain_columns
from portal.render.links import issuer_name, page_address, permalink
from portal.render.zip_packing import repacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.content.catalogue import Catalogue
    from portal.domain.history import History
    from portal.domain.notice import Entry, Notice

DEMONSTRATION = "演示数据，纯属虚构"

LIST_COLUMNS = (
    ("奖项", "grade"),
    ("类别", "category"),
    ("名称", "name"),
    ("统一社会信用代码", "credit_code"),
    ("县区", "county"),
    ("工作单位", "employer"),
    ("职务", "position"),
)
_REMARK = "备注"
_ALWAYS = frozenset({"类别", "名称"})
_STATE = "公告状态"
_WIDTHS = {_STATE: 40, "名称": 36, "统一社会信用代码": 22, "工作单位": 36, "职务": 20, "备注": 24}

# A spreadsheet would compute these as formulas (CSV injection).
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
# Or turn these into a number or a date: 911403000000000001, 0353, 91E12, 1-2.
_NUMBER_LIKE = re.compile(r"0\d+|\d{12,}|\d[\d.]*[eE][+-]?\d+|\d+[-/.:]\d[\d\-/.:]*")


def list_rows(
    notice: Notice, *, marked: bool = True
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows in the order of publication; columns that no entry fills are left out.

    Rows of a demonstration say so each, unless what holds them is marked (`marked=False`).
    """
    marked = marked and notice.demonstration
    plain = [label for label, _ in plain_columns(notice.entries)]
    labels = (*(label for label, _ in LIST_COLUMNS), *plain, _REMARK)
    rows = [_cells(entry, plain, demonstration=marked) for entry in notice.entries]
    used = [i for i, label in enumerate(labels) if label in _ALWAYS or any(r[i] for r in rows)]
    header = tuple(labels[i] for i in used)
    return header, [tuple(row[i] for i in used) for row in rows]


def _rows_with_state(
    notice: Notice, history: History
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows; where something came later, a last column says it in every row.

    A row that was copied out of a withdrawn list still tells that it is withdrawn.
    """
    header, rows = list_rows(notice)
    state = "；".join(later.short for later in history.shown)
    if not state:
        return header, rows
    return (*header, _STATE), [(*row, state) for row in rows]


def _cells(entry: Entry, plain: Iterable[str], *, demonstration: bool) -> tuple[str, ...]:
    values = [str(getattr(entry, attribute) or "") for _, attribute in LIST_COLUMNS]
    more = dict(entry.more)
    remark = (entry.remark, DEMONSTRATION if demonstration else "")
    return (*values, *(more.get(label, "") for label in plain), "；".join(filter(None, remark)))


def spreadsheet_safe(value: str) -> str:
    """A CSV cell that a spreadsheet shows as the text it is.

    An apostrophe disarms formulas (OWASP, "CSV injection"); a leading tab, which spreadsheets do
    not show and `str.strip` removes, keeps long digits and leading zeros from becoming numbers.
    """
    if value.startswith(_FORMULA_START):
        return f"'{value}"
    return f"\t{value}" if _NUMBER_LIKE.fullmatch(value) else value


def list_csv(notice: Notice, catalogue: Catalogue) -> bytes:
    """UTF-8 with byte order mark, without which Excel takes the text for GBK."""
    header, rows = _rows_with_state(notice, catalogue.history(notice))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([spreadsheet_safe(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def list_json(notice: Notice, catalogue: Catalogue) -> bytes:
    """The list with what a program needs to place it: permalink, revision, what came later."""
    history = catalogue.history(notice)
    edition = catalogue.editions.get(notice.edition)
    document = {
        "title": notice.title,
        "url": permalink(notice, catalogue),
        "kind": notice.kind,
        "edition": edition.name if edition else notice.edition,
        "issuer": issuer_name(notice, catalogue),
        "published": notice.published.isoformat(),
        "updated": notice.updated.isoformat(),
        "revision": notice.revision,
        "version": history.version,
        "changed": history.changed.isoformat(),
        "mark": history.mark,
        "withdrawn": history.withdrawn,
        "changes": [
            {
                "act": later.act.value,
                "label": later.act.label,
                "at": later.at.isoformat(),
                "note": later.note,
                "url": page_address(later.by or notice.slug, catalogue),
            }
            for later in history.acts
        ],
        "sha256": notice.digest,
        "demonstration": notice.demonstration,
        "order": notice.order.value,
        "count": len(notice.entries),
        "entries": [
            {
                label: str(value)
                for label, value in (
                    *((label, getattr(entry, attribute)) for label, attribute in LIST_COLUMNS),
                    *entry.more,
                    (_REMARK, entry.remark),
                )
                if value or label in _ALWAYS
            }
            for entry in notice.entries
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def list_xlsx(notice: Notice, catalogue: Catalogue) -> bytes:
    """A workbook with every cell as text: the list, and a sheet that says where it comes from."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.writer.excel import ExcelWriter

    history = catalogue.history(notice)
    header, rows = _rows_with_state(notice, history)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    _fill(sheet, [header, *rows])
    for number, label in enumerate(header, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(label, 14)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    about = book.create_sheet("说明")
    _fill(about, _about(notice, catalogue))
    about.column_dimensions["A"].width = 14
    about.column_dimensions["B"].width = 72
    for row in about.iter_rows(min_col=2, max_col=2):
        row[0].alignment = Alignment(wrap_text=True)
    stamp = history.changed.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    book.properties.created = book.properties.modified = stamp
    book.properties.creator = issuer_name(notice, catalogue)
    book.properties.title = history.mark + notice.title
    out = io.BytesIO()
    # Not `book.save`, which takes the time from the clock and compresses what is repacked.
    ExcelWriter(book, zipfile.ZipFile(out, "w")).save()
    return repacked(out.getvalue())


def _about(notice: Notice, catalogue: Catalogue) -> list[tuple[str, str]]:
    rows = [
        ("标题", notice.title),
        ("发布单位", issuer_name(notice, catalogue)),
        ("发布时间", write_meta(notice.published)),
        ("版次", f"第{notice.revision}版，{write_meta(notice.updated)}"),
        ("网址", permalink(notice, catalogue)),
        ("源文指纹", notice.digest),
    ]
    rows += [(later.act.label, later.sentence) for later in catalogue.history(notice).shown]
    return [("演示", DEMONSTRATION), *rows] if notice.demonstration else rows


def _fill(sheet: object, rows: Sequence[Sequence[str]]) -> None:
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if not value:
                continue
            cell = sheet.cell(number, column)
            # Set after the value: openpyxl would take "=1+1" for a formula.
            cell.value = value
            cell.data_type = "s"
            cell.number_format = "@"
