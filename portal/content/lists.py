"""Lists: reads list.csv (DESIGN §5) to entries, keeping the place of every cell."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.frontmatter import decode
from portal.domain.awards import Category, Grade
from portal.domain.notice import Entry

if TYPE_CHECKING:
    from portal.content.faults import Faults, Place

COLUMNS = ("奖项", "类别", "名称", "统一社会信用代码", "县区", "工作单位", "职务", "备注")
"""The header of list.csv, in the order in which the importer writes it."""

REQUIRED = ("类别", "名称")

_GRADES = {grade.value: grade for grade in Grade}
_CATEGORIES = {category.value: category for category in Category}
_EXTRAS = {
    "统一社会信用代码": "credit_code",
    "县区": "county",
    "工作单位": "employer",
    "职务": "position",
    "备注": "remark",
}


@dataclass(frozen=True, slots=True)
class Row:
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
    text = decode(data, faults)
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
    except csv.Error as error:
        remedy = "检查引号是否成对；也可用 portal import 重新生成"
        faults.add("L001", f"CSV 格式有误：{error}", remedy, (line, 1))
        return None
    if not rows:
        faults.add("L002", "名单没有表头", f"第一行写表头：{','.join(COLUMNS)}")
        return None
    return ListTable(tuple(cell.strip() for cell in rows[0].cells), tuple(rows[1:]), text)


def read_entries(table: ListTable, faults: Faults) -> tuple[Entry, ...]:
    """The entries of a list, with every fault of its header and cells."""
    if not _header_is_sound(table, faults):
        return ()
    entries = []
    for row in table.rows:
        entry = _entry(table, row, faults)
        if entry is not None:
            entries.append(entry)
    return tuple(entries)


def _header_is_sound(table: ListTable, faults: Faults) -> bool:
    sound = True
    for number, name in enumerate(table.header):
        at = (1, _cell_start(table.text.split("\n", 1)[0], number) + 1)
        if name not in COLUMNS:
            faults.add("L002", f"不认识的列“{name}”", f"可用：{'、'.join(COLUMNS)}", at)
            sound = False
        elif name in table.header[:number]:
            faults.add("L002", f"列“{name}”出现两次", "只保留一列", at)
            sound = False
    for name in REQUIRED:
        if name not in table.header:
            faults.add("L002", f"名单缺少“{name}”列", f"表头可用：{'、'.join(COLUMNS)}")
            sound = False
    return sound


def _entry(table: ListTable, row: Row, faults: Faults) -> Entry | None:
    if len(row.cells) > len(table.header):
        remedy = "单元格内的逗号要用英文引号括起来，或改成全角逗号"
        faults.add("L003", f"这一行有{len(row.cells)}格，多于表头", remedy, (row.line, 1))
        return None
    cells = {name: cell.strip() for name, cell in zip(table.header, row.cells, strict=False)}
    category = _CATEGORIES.get(cells.get("类别", ""))
    grade = _GRADES.get(cells.get("奖项", ""))
    wrong = [("类别", tuple(_CATEGORIES))] if category is None else []
    if grade is None and cells.get("奖项"):
        wrong.append(("奖项", tuple(_GRADES)))
    for column, options in wrong:
        message = f"不认识的{column}“{cells.get(column, '')}”"
        faults.add("L005", message, f"可用：{'、'.join(options)}", table.place(row.line, column))
    name = cells.get("名称", "")
    if not name:
        faults.add("L004", "名称是空的", "填写名称，或删去这一行", table.place(row.line, "名称"))
    if category is None or not name:
        return None
    extras = {key: cells.get(column, "") for column, key in _EXTRAS.items()}
    return Entry(name, category, grade, line=row.line, **extras)


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
