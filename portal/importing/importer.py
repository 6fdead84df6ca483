"""Importer: an office's table becomes the entries of a list, or questions; it never guesses.

Every cell that holds something is accounted for: heading, entry, subtitle, total, note, or left
out for a reason that is told. Whatever is not certain is asked, and then nothing is to be written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.content.files.workbook_reading import read_word_tables, read_workbook
from portal.content.files.workbooks import Mark, Sheet, column_letters
from portal.errors import RequestError
from portal.importing.asking import IGNORE, KEEP, Answers, Choice, Question, Reading, Told, option
from portal.importing.inquiry import Inquiry, in_words, rows_in_words
from portal.importing.repeats import tell_repeats
from portal.importing.row_doubts import comments_of
from portal.importing.row_kinds import counted_in, words_of
from portal.importing.sheet_layout import Table, cells_of, covered_cells, find_tables
from portal.importing.table_reading import TableReading
from portal.importing.text_tables import read_text_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portal.domain.awards import ListTerms
    from portal.domain.places import Site
    from portal.importing.entry_checks import Entry

ALL = "全部"
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SAVE_AS = {
    ".xls": "请用 Excel 或 WPS 打开，“另存为”选“Excel 工作簿（*.xlsx）”，再导入",
    ".et": "请用 WPS 打开，“另存为”选“Microsoft Excel 文件（*.xlsx）”，再导入",
    ".ods": "请用 WPS 或 LibreOffice 打开，另存为 .xlsx，再导入",
    ".doc": "请用 Word 或 WPS 打开，另存为 .docx，再导入",
    ".docx": "请用 Word 或 WPS 打开，另存为 .docx，再导入",
    ".wps": "请用 WPS 打开，另存为 .docx，再导入",
    ".pdf": "请向报送单位要 .xlsx 文件；不要从 PDF 转换，容易错字、串行",
}
_TEXT = (".csv", ".txt", ".tsv")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_OFFERED_ROWS = 8


def import_list(
    path: Path, site: Site, answers: Mapping[str, str] | None = None, *, terms: ListTerms
) -> Reading:
    """Read an office's .xlsx, .csv, tab-separated text or Word tables in an edition's terms.

    RequestError says what to do with a file that cannot be read at all.
    """
    said = Answers(answers)
    sheets, told = _sheets(path)
    inquiries = [Inquiry(sheet, site, words_of(terms), said) for sheet in sheets]
    entries: list[Entry] = []
    found: list[tuple[Inquiry, Entry]] = []
    chosen, asked = _chosen(inquiries, said)
    accounted: dict[str, str] = {}
    for inquiry in inquiries:
        if inquiry in chosen:
            inquiry.prefix = f"{inquiry.sheet.title}!" if len(chosen) > 1 else ""
            read = _SheetReading(inquiry).read()
            entries += read
            found += [(inquiry, entry) for entry in read]
            inquiry.close()
        told += inquiry.told
        asked += inquiry.questions
        accounted |= {inquiry.place(*at): fate for at, fate in inquiry.accounted.items()}
    told += tell_repeats(found, terms)
    told += [Told("", f"没有用到的回答：{key}") for key in said.unused]
    if not entries and not asked:
        raise RequestError(f"{path.name} 里没有名单的条目")
    cells = tuple(entry.cells for entry in entries)
    return Reading(cells, tuple(told), tuple(asked), accounted, tuple(sheets))


def _sheets(path: Path) -> tuple[list[Sheet], list[Told]]:
    """The sheets of a file by what it is, whatever it is called."""
    with path.open("rb") as file:
        head = file.read(512)
    suffix = path.suffix.lower()
    if head.startswith(_ZIP) and suffix == ".docx":
        tables, left_out = read_word_tables(path)
        return tables, [Told("", text) for text in left_out]
    if head.startswith(_ZIP) and suffix not in (".ods", ".et", ".wps"):
        return read_workbook(path), []
    if head.startswith(_OLD) or suffix not in (*_TEXT, ".xlsx"):
        advice = _SAVE_AS.get(suffix, _SAVE_AS[".xls"])
        raise RequestError(f"不能导入 {path.name}：{advice}")
    if suffix == ".xlsx" or head.lstrip()[:1] == b"<":
        raise RequestError(f"{path.name} 不是 .xlsx 文件，或已损坏、加密：{_SAVE_AS['.xls']}")
    sheet, told = read_text_table(path)
    return [sheet], [Told("", text) for text in told]


def _chosen(inquiries: list[Inquiry], said: Answers) -> tuple[list[Inquiry], list[Question]]:
    """The sheets to read: the one that holds something, or those that a person named."""
    full = [inquiry for inquiry in inquiries if cells_of(inquiry.sheet)]
    names = [name.strip() for name in said.get("sheet").split(",") if name.strip()]
    for inquiry in list(full):
        tables = find_tables(inquiry.sheet, cells_of(inquiry.sheet))
        if inquiry.sheet.hidden and not tables and inquiry.sheet.title not in names:
            inquiry.tell("略去隐藏的工作表，其中没有名单")
            full.remove(inquiry)
    if names == [ALL] or (len(full) == 1 and not full[0].sheet.hidden):
        return full, []
    if names:
        unknown = [name for name in names if name not in {i.sheet.title for i in full}]
        if unknown:
            raise RequestError(f"没有叫“{unknown[0]}”的表，或它是空的")
        for inquiry in full:
            if inquiry.sheet.title not in names:
                inquiry.tell("按回答略去这张表")
        return [inquiry for inquiry in full if inquiry.sheet.title in names], []
    choices = [
        Choice(i.sheet.title, f"只导入“{i.sheet.title}”", option("sheet", i.sheet.title))
        for i in full
    ]
    if len(full) > 1:
        choices.append(Choice(ALL, "全部导入", f"--sheet {ALL}"))
    shown = "、".join(f"“{i.sheet.title}”" + ("（隐藏）" if i.sheet.hidden else "") for i in full)
    if not full:
        return [], []
    return [], [Question("sheet", "", f"有内容的表：{shown}；导入哪些？", tuple(choices))]


class _SheetReading:
    """Reads one sheet."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.grid = cells_of(inquiry.sheet)
        self.covered = covered_cells(inquiry.sheet)
        self.left = self._left_out()

    def read(self) -> list[Entry]:
        """The entries of the sheet."""
        inquiry = self.inquiry
        said = inquiry.answer("header")
        shown = {row: cells for row, cells in self.grid.items() if row not in self.left}
        tables = find_tables(inquiry.sheet, shown, int(said) if said.isdecimal() else 0)
        if not tables:
            self._ask_header()
            return []
        wanted = self._wanted()
        entries: list[Entry] = []
        if wanted is None and self._differ(tables):
            self._ask_tables(tables)
            return []
        self._titles(tables[0])
        for at, text in (one for row in comments_of(inquiry).values() for one in row):
            inquiry.tell(f"{at}有批注“{text}”，没有导入")
        for table in tables:
            for row in range(table.top, table.bottom + 1):
                inquiry.take(row, self.grid.get(row, ()), "表头")
            rows = {
                row: row not in self.left and (wanted is None or row in wanted)
                for row in self.grid
                if table.bottom < row <= table.last
            }
            for row, read in rows.items():
                if not read and row not in self.left:
                    inquiry.tell("按回答不导入", row)
            for row in [row for row, read in rows.items() if not read]:
                inquiry.take(row, self.grid[row], "略去")
            if any(rows.values()):
                category = self.inquiry.words.category_of(self._title_above(table))
                reading = TableReading(inquiry, self.grid, self.covered, table, category)
                entries += reading.read(rows)
        self._check_title(tables[0], entries)
        self._check_accounted()
        return entries

    def _left_out(self) -> set[int]:
        """Rows that are hidden or struck through: left out or kept as a person said, else asked."""
        struck = {row for (row, _), mark in self.inquiry.sheet.marks.items() if mark is Mark.STRUCK}
        left: set[int] = set()
        for what, rows, words in (
            ("hidden", set(self.inquiry.sheet.hidden_rows), "是隐藏或筛选掉的"),
            ("struck", struck, "有删除线"),
        ):
            full = {row for row in rows if row in self.grid and not self.inquiry.answer(str(row))}
            if not full:
                continue
            answer = self.inquiry.answer(what)
            shown = f"{rows_in_words(full)}{words}"
            if answer == KEEP:
                self.inquiry.tell(f"{shown}，按回答导入")
                continue
            left |= full
            if answer == IGNORE:
                self.inquiry.tell(f"{shown}，按回答略去")
            else:
                choices = (
                    Choice(IGNORE, "略去", f"--{what} ignore"),
                    Choice(KEEP, "照常导入", f"--{what} keep"),
                )
                self.inquiry.ask(what, f"{shown}，导入吗？", choices)
        return left

    def _wanted(self) -> set[int] | None:
        """The rows that a person named, or None for all."""
        said = self.inquiry.answer("rows")
        if not said or said == ALL:
            return None if not said else set(self.grid)
        wanted: set[int] = set()
        for part in said.split(","):
            match = _RANGE.fullmatch(part.strip())
            if match is None:
                raise RequestError(f"“{said}”不是行号的范围：写成 5-20 的形式")
            first, last = int(match[1]), int(match[2] or match[1])
            wanted.update(row for row in self.grid if first <= row <= last)
        return wanted

    def _differ(self, tables: list[Table]) -> bool:
        return len({table.headings for table in tables}) > 1

    def _ask_tables(self, tables: list[Table]) -> None:
        ranges = [f"{table.top}-{table.last}" for table in tables]
        choices = [Choice(rows, f"只导入第{rows}行", f"--rows {rows}") for rows in ranges]
        choices.append(Choice(ALL, "全部导入", f"--rows {ALL}"))
        text = f"这张表里有{len(tables)}个表格，表头在第"
        text += "、".join(str(table.top) for table in tables) + "行；导入哪些行？"
        self.inquiry.ask("rows", text, choices)

    def _ask_header(self) -> None:
        rows = [row for row in self.grid if row not in self.left][:_OFFERED_ROWS]
        choices = [
            Choice(str(row), f"第{row}行：{in_words(self.grid[row].values())}", f"--header {row}")
            for row in rows
        ]
        text = "没有认出表头：哪一行写着“名称”“姓名”“单位名称”一类的标题？"
        self.inquiry.ask("header", text, choices)

    def _titles(self, table: Table) -> None:
        """What stands above the headings must be a title, or it is asked."""
        for row, cells in self.grid.items():
            if row >= table.top:
                break
            self.inquiry.take(row, cells, "标题")
            merged = any(top == row and width > 1 for top, _, _, width in self.inquiry.sheet.merged)
            above = merged and row == table.top - 1
            if self.inquiry.answer(str(row)) == IGNORE or row in self.left:
                continue
            if self.inquiry.words.is_title(list(cells.values())) or above:
                self.inquiry.tell(f"略去表头以上的文字“{in_words(cells.values())}”", row)
            else:
                text = f"表头以上的“{in_words(cells.values())}”是什么？是条目的，请检查表头"
                choice = Choice(
                    IGNORE, "不是条目，略去", option("ignore-row", f"{self.inquiry.prefix}{row}")
                )
                self.inquiry.ask(str(row), text, (choice,), row=row)

    def _title_above(self, table: Table) -> str:
        above = [row for row in self.grid if row < table.top]
        title = " ".join(
            in_words(self.grid[row].values()) for row in above[-3:] if len(self.grid[row]) == 1
        )
        return title if self.inquiry.words.category_of(title) else self.inquiry.sheet.title

    def _check_title(self, table: Table, entries: list[Entry]) -> None:
        for row, cells in self.grid.items():
            if row >= table.top:
                break
            count = counted_in(" ".join(cells.values()))
            if count not in (None, len(entries)) and entries:
                text = f"标题写的数是{count}，读出的条目是{len(entries)}个；是否少了或多了条目？"
                self.inquiry.confirm(f"count{row}", text)

    def _check_accounted(self) -> None:
        """The last gate: a cell that nothing above has taken is asked."""
        for row, cells in self.grid.items():
            rest = [column for column in cells if (row, column) not in self.inquiry.accounted]
            if rest:
                at = "、".join(column_letters(column) for column in rest)
                self.inquiry.ask_row(row, f"这一行的{at}列没有归处：“{in_words(cells.values())}”")
