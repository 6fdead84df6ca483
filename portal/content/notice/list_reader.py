"""Lists: reads list.csv (docs/content-format.md) to entries, keeping the place of every cell."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from portal.content.files.frontmatter import decode
from portal.domain.characters import without_controls
from portal.domain.notice import Entry
from portal.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.content.files.fault_collector import Faults, Place
    from portal.domain.awards import ListTerms

COLUMNS = ("奖项", "类别", "名称", "统一社会信用代码", "县区", "工作单位", "职务", "备注")
"""The header of list.csv, in the order in which the importer writes it."""

REQUIRED = ("类别", "名称")


class Row(NamedTuple):
    """One record with the line it begins on."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListTable:
    """A list file as it stands: header, rows, and the text to find places in."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    text: str

    def place(self, line: int, column: str) -> Place:
        """Line and column of a cell; the line's start where the column is missing."""
        lines = self.text.split("\n")
        if column not in self.header or not 1 <= line <= len(lines):
            return line, 1
        return line, _cell_start(lines[line - 1], self.header.index(column)) + 1


def read_table(data: bytes, faults: Faults) -> ListTable | None:
    """The cells of a list file, or None and a fault."""
    text = _decoded(data, faults)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cells):
                rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        remedy = "检查引号是否成对；也可用 portal import 重新生成"
        faults.add("L001", "CSV 格式有误", remedy, (line, 1))
        return None
    if not rows:
        faults.add("L002", "名单没有表头", f"第一行写表头：{','.join(COLUMNS)}")
        return None
    return ListTable(tuple(cell.strip() for cell in rows[0].cells), tuple(rows[1:]), text)


def _decoded(data: bytes, faults: Faults) -> str | None:
    """A list's text. Excel saves CSV in GBK, so a list with a known header in it is read, told."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            return decode(data, faults)
        if set(REQUIRED) <= {name.strip(' "') for name in text.partition("\n")[0].split(",")}:
            remedy = "用 Excel 保存时选“CSV UTF-8”，或用 portal import 重新生成"
            message = "名单是 GBK 编码，生僻字可能已经丢失"
            faults.add("L017", message, remedy, severity=Severity.WARNING)
            return text
    return decode(data, faults)


def read_entries(table: ListTable, terms: ListTerms, faults: Faults) -> tuple[Entry, ...]:
    """The entries of a list in the award's terms, with every fault of its header and cells."""
    if not _header_is_sound(table, (*COLUMNS, *terms.columns), faults):
        return ()
    width = len(table.header)
    places = [table.header.index(name) if name in table.header else width for name in COLUMNS]
    plain = [(name, table.header.index(name)) for name in terms.columns if name in table.header]
    entries = []
    # What no output can hold is left out of a cell; the lint refuses it (C002).
    cell = str.strip if without_controls(table.text) == table.text else _cell
    for row in table.rows:
        # Cells that a short row leaves out are empty, and so are columns that the list leaves out.
        cells = [*map(cell, row.cells), *[""] * (width - len(row.cells) + 1)]
        known = [cells[place] for place in places]
        more = tuple((name, cells[place]) for name, place in plain if cells[place])
        entry = _entry(known, more, row.line, terms) if len(row.cells) <= width else None
        if entry is None or (known[0] and entry.grade is None):
            _note_faults(table, row, known, terms, faults)
        if entry is not None:
            entries.append(entry)
    return tuple(entries)


def _cell(text: str) -> str:
    return without_controls(text).strip()


def _header_is_sound(table: ListTable, columns: tuple[str, ...], faults: Faults) -> bool:
    sound = True
    for number, name in enumerate(table.header):
        at = (1, _cell_start(table.text.split("\n", 1)[0], number) + 1)
        if name not in columns:
            faults.add("L002", f"不认识的列“{name}”", f"可用：{'、'.join(columns)}", at)
            sound = False
        elif name in table.header[:number]:
            faults.add("L002", f"列“{name}”出现两次", "只保留一列", at)
            sound = False
    for name in REQUIRED:
        if name not in table.header:
            faults.add("L002", f"名单缺少“{name}”列", f"表头可用：{'、'.join(columns)}")
            sound = False
    return sound


def _entry(
    cells: Sequence[str], more: tuple[tuple[str, str], ...], line: int, terms: ListTerms
) -> Entry | None:
    """The entry of a row, as far as it can be made out."""
    grade, category, name, code, county, employer, position, remark = cells
    if not name or category not in terms.category_of:
        return None
    return Entry(
        name,
        terms.category_of[category],
        terms.grade_of.get(grade),
        code,
        county,
        employer,
        position,
        remark,
        line,
        more,
    )


def _note_faults(
    table: ListTable, row: Row, cells: Sequence[str], terms: ListTerms, faults: Faults
) -> None:
    if len(row.cells) > len(table.header):
        remedy = "单元格内的逗号要用英文引号括起来，或改成全角逗号"
        faults.add("L003", f"这一行有{len(row.cells)}格，多于表头", remedy, (row.line, 1))
        return
    grade, category, name = cells[:3]
    wrong: list[tuple[str, str, Iterable[str]]] = []
    if category not in terms.category_of:
        wrong.append(("类别", category, terms.category_of))
    if grade and grade not in terms.grade_of:
        wrong.append(("奖项", grade, terms.grade_of))
    for column, value, options in wrong:
        message = f"不认识的{column}“{value}”"
        faults.add("L005", message, f"可用：{'、'.join(options)}", table.place(row.line, column))
    if not name:
        faults.add("L004", "名称是空的", "填写名称，或删去这一行", table.place(row.line, "名称"))


def _cell_start(line: str, number: int) -> int:
    """Offset of the first character of a cell in its line; quotes are honoured."""
    quoted, found = False, 0
    for offset, character in enumerate(line):
        if found == number:
            return offset + (character == '"')
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            found += 1
    return len(line)
