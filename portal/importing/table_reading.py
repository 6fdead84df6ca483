"""Table reading: each row below the headings is an entry, left out for a reason, or asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portal.content.files.workbooks import column_letters
from portal.content.notice.list_reader import COLUMNS
from portal.importing.asking import IGNORE, KEEP, Choice
from portal.importing.column_roles import Columns, assign
from portal.importing.entry_cells import EntryCells
from portal.importing.entry_checks import Entry, EntryChecks
from portal.importing.headings import Naming, Role, heading_of, plain
from portal.importing.inquiry import in_words
from portal.importing.name_cells import is_unit
from portal.importing.row_doubts import RowDoubts
from portal.importing.table_body import TableBody

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.importing.inquiry import Inquiry
    from portal.importing.row_kinds import Subtitle
    from portal.importing.sheet_layout import Cells, Table

_IN_LISTS = tuple(role for column in COLUMNS if (role := Role(column)) is not Role.NAME)
_FILLED = (Role.GRADE, Role.CATEGORY, Role.COUNTY, Role.EMPLOYER, Role.POSITION, Role.REMARK)


class TableReading:
    """Reads one table, with those beside it under the same headings."""

    def __init__(
        self,
        inquiry: Inquiry,
        grid: Mapping[int, Cells],
        covered: Mapping[tuple[int, int], tuple[int, int]],
        table: Table,
        category: str,
    ) -> None:
        self.inquiry, self.grid, self.covered, self.table = inquiry, grid, covered, table
        self.category = category
        self.cells = EntryCells(inquiry)
        self.body = TableBody(inquiry, grid, table)

    def read(self, rows: Mapping[int, bool]) -> list[Entry]:
        """The entries; `rows` says for each row below the headings whether it is to be read."""
        self.body.classify(rows)
        found: list[Entry] = []
        for number, block in enumerate(self._blocks()):
            found += self._block(block, number)
        found = self._in_order(found)
        EntryChecks(self.body).run(found)
        return found

    def _blocks(self) -> list[dict[int, str]]:
        """Each table's columns with headings; a column without one belongs to that on its left."""
        blocks = [dict(block) for block in self.table.blocks]
        headed = {column for block in blocks for column in block}
        used = {column for row in self.body.entries for column in self.grid[row]}
        for column in sorted(used - headed):
            home = next((b for b in reversed(blocks) if min(b) < column), blocks[0])
            home[column] = ""
        return [dict(sorted(block.items())) for block in blocks]

    def _block(self, block: dict[int, str], number: int) -> Iterator[Entry]:
        rows = [row for row in self.body.entries if set(self.grid[row]) & set(block)]
        if not rows:
            return
        values = {c: [self._raw(row, c).strip() for row in rows] for c in block}
        columns = assign(self.inquiry, block, values, people=self._people(block, values))
        self._hidden_columns(columns)
        if not columns.sure or not columns.column(Role.NAME):
            for row in self.body.entries:
                self.inquiry.take(row, self.grid[row], "等待回答")
            return
        filled = dict.fromkeys(_FILLED, "")
        RowDoubts(self.inquiry, block, self._raw).ask(rows, columns)
        places = {role: column for column, role in reversed(columns.roles.items())}
        for row in rows:
            entry = self._entry(row, columns, places, filled, number)
            if entry is not None:
                yield entry

    def _raw(self, row: int, column: int) -> str:
        """A cell's text; a merged range holds for each of its rows, but a name stands once."""
        text = self.grid[row].get(column, "")
        origin = self.covered.get((row, column))
        if text or origin is None or origin[0] <= self.table.bottom:
            return text
        heading = heading_of(next((b[column] for b in self.table.blocks if column in b), ""))
        once = heading is not None and heading.role in (Role.NAME, Role.NUMBER)
        if once and origin[0] != row:
            return ""
        # A range over several columns speaks for the first, and for those with the same heading.
        return (
            self.grid.get(origin[0], {}).get(origin[1], "") if self._same(*origin, column) else ""
        )

    def _same(self, row: int, first: int, column: int) -> bool:
        del row
        headings = {c: plain(t) for block in self.table.blocks for c, t in block.items()}
        return headings.get(first) == headings.get(column)

    def _people(self, block: dict[int, str], values: dict[int, list[str]]) -> bool:
        """Whether every row is said to be a person, by column, subtitle or title."""
        people = set(self.inquiry.words.people)
        for column, text in block.items():
            heading = heading_of(text)
            if heading is not None and heading.role is Role.CATEGORY:
                return bool(values[column]) and set(values[column]) <= people
        if self.body.sections:
            first = min(self.body.sections)
            covered = all(row > first for row in self.body.entries)
            kinds = [s.category for s in self.body.sections.values() if s.kind]
            return covered and all(kind in people for kind in kinds or [self.category])
        return self.category in people

    def _hidden_columns(self, columns: Columns) -> None:
        """Ask of hidden columns that would be imported."""
        inquiry = self.inquiry
        unused = (Role.OTHER, Role.PERSONAL, Role.NUMBER)
        hidden = [c for c in inquiry.sheet.hidden_columns if columns.roles.get(c, unused[0])]
        hidden = [c for c in hidden if columns.roles.get(c, Role.OTHER) not in unused]
        if not hidden:
            return
        answer = inquiry.answer("hidden-columns")
        shown = "、".join(f"{column_letters(c)}列" for c in sorted(hidden))
        if answer == IGNORE:
            columns.roles |= dict.fromkeys(hidden, Role.OTHER)
        elif answer == KEEP:
            inquiry.tell(f"{shown}是隐藏的，按回答导入")
        else:
            columns.sure = False
            inquiry.ask(
                "hidden-columns",
                f"{shown}是隐藏的，导入吗？",
                [
                    Choice(KEEP, "照常导入", "--hidden-columns keep"),
                    Choice(IGNORE, "略去", "--hidden-columns ignore"),
                ],
            )

    def _entry(
        self,
        row: int,
        columns: Columns,
        places: Mapping[Role, int],
        filled: dict[Role, str],
        block: int,
    ) -> Entry | None:
        inquiry, own = self.inquiry, self.grid[row]
        name_at = places[Role.NAME]
        raw = self._raw(row, name_at)
        mine = [c for c in own if c in columns.roles]
        marked = (row, name_at) in inquiry.sheet.marks
        if not raw.strip() and not marked:
            inquiry.take(row, mine, "等待回答")
            numbers = columns.column(Role.NUMBER)
            said = [c for c in mine if columns.roles[c] is not Role.OTHER and c != numbers]
            if said:
                inquiry.ask_row(
                    row, f"这一行没有名称：“{in_words(list(own.values()))}”，是条目吗？"
                )
            elif mine:
                inquiry.tell("略去没有名称的一行", row)
            return None
        for column in mine:
            inquiry.take(row, (column,), columns.roles[column].value)
        cells = dict.fromkeys(COLUMNS, "")
        section, subtitle = self.body.section(row)
        for role in _IN_LISTS:
            if role in places:
                cells[role.value] = self._cell(row, places[role], role, filled)
        cells |= self._own(row, columns)
        cells["名称"] = self.cells.name(row, name_at, raw)
        both = places.get(Role.BOTH, 0)
        if both and self._raw(row, both).strip():
            pair = self.cells.unit_and_position(row, both, self._raw(row, both))
            cells["工作单位"], cells["职务"] = pair
        if subtitle is not None:
            self._said_above(row, cells, subtitle)
        if not cells["类别"]:
            cells["类别"] = self._category(row, cells, columns, subtitle)
        number_at = places.get(Role.NUMBER, 0)
        number = plain(own.get(number_at, "")) if number_at else ""
        return Entry(row, section * 10 + block, number, cells)

    def _said_above(self, row: int, cells: dict[str, str], subtitle: Subtitle) -> None:
        """What a subtitle says of an entry below it; asked where a county's own cell differs."""
        if subtitle.grade and not cells["奖项"]:
            cells["奖项"] = subtitle.grade
            self.inquiry.tell_rows(f"奖项按小标题填为“{subtitle.grade}”", row)
        if subtitle.county and not cells["县区"]:
            cells["县区"] = subtitle.county
            self.inquiry.tell_rows(f"县区按小标题填为“{subtitle.county}”", row)
        elif subtitle.county and cells["县区"] != subtitle.county:
            own = f"县区却写着“{cells['县区']}”，按这一行的写；对吗？"
            self.inquiry.confirm(f"county{row}", f"第{row}行在“{subtitle.county}”下面，{own}")

    def _cell(self, row: int, column: int, role: Role, filled: dict[Role, str]) -> str:
        raw = self._raw(row, column)
        marked = (row, column) in self.inquiry.sheet.marks
        if not raw.strip() and not marked:
            return self._filled(row, role, filled)
        value = self.cells.value(row, column, raw, role)
        if value and role is Role.CATEGORY:
            value = self.cells.category(row, column, value)
        elif value and role is Role.GRADE:
            value = self.cells.grade(row, column, value)
        elif value and role is Role.COUNTY:
            value = self.cells.county(row, column, value)
        elif value and role is Role.CODE:
            value = self.cells.code(row, column, value)
        if role in filled:
            filled[role] = value
        return value

    def _own(self, row: int, columns: Columns) -> dict[str, str]:
        """The cells of the award's own columns: their words as they stand, each on one line."""
        cells = {}
        for column, label in columns.own.items():
            raw = self._raw(row, column)
            filled = raw.strip() or (row, column) in self.inquiry.sheet.marks
            if filled and columns.roles[column] is Role.OWN:
                cells[label] = self.cells.value(row, column, raw, Role.REMARK)
        return cells

    def _filled(self, row: int, role: Role, filled: dict[Role, str]) -> str:
        """An empty cell below a filled one: nobody knows whether it means the same."""
        if role not in (Role.GRADE, Role.CATEGORY, Role.COUNTY) or not filled.get(role):
            return ""
        answer = self.inquiry.answer(f"empty:{role.value}")
        if answer == KEEP:
            self.inquiry.tell(f"“{role.value}”按回答照上一行填为“{filled[role]}”", row)
            return filled[role]
        if answer != IGNORE:
            self.inquiry.ask(
                f"empty:{role.value}",
                f"有的行“{role.value}”空着（如第{row}行），与上一行相同吗？",
                [
                    Choice(KEEP, "与上一行相同", f"--empty {role.value}=same"),
                    Choice(IGNORE, "就是空的", f"--empty {role.value}=empty"),
                ],
            )
        return ""

    def _category(
        self, row: int, cells: dict[str, str], columns: Columns, subtitle: Subtitle | None
    ) -> str:
        """The category of an entry whose row does not name it; asked when nothing else does."""
        words = self.inquiry.words
        alone = not (cells["工作单位"] or cells["职务"])
        title = "" if subtitle is not None and subtitle.kind else self.category
        said = subtitle.category if subtitle is not None else ""
        unit = columns.naming in (Naming.ORGANIZATION, Naming.UNIT)
        if said or (title in words.people and not unit):
            found, why = said or title, "小标题" if said else "标题"
        elif words.organization and alone and unit and not (subtitle and subtitle.people):
            found, why = words.organization, "表头"
        elif words.organization and alone and self._named_as_unit(cells, columns):
            found, why = words.organization, "名称"
        else:
            found, why = self.inquiry.answer("category"), "回答"
            if found not in words.terms.category_of:
                self._ask_category(row, columns.naming)
                return ""
        self.inquiry.tell_rows(f"类别按{why}填为“{found}”", row)
        return found

    @staticmethod
    def _named_as_unit(cells: dict[str, str], columns: Columns) -> bool:
        return columns.naming is Naming.ANY and is_unit(cells["名称"])

    def _ask_category(self, row: int, naming: Naming) -> None:
        options = [
            c
            for c in self.inquiry.words.terms.categories
            if c.individual or naming is not Naming.PERSON
        ]
        self.inquiry.ask(
            "category",
            f"表格里没有写类别（如第{row}行），是哪一类？各行不同的，请在表格里加“类别”列",
            [Choice(str(c), str(c), f"--category {c}") for c in options],
        )

    def _in_order(self, found: list[Entry]) -> list[Entry]:
        """Tables side by side that are numbered from left to right are put in that order."""
        numbers = [int(e.number) if e.number.isdecimal() else 0 for e in found]
        if len(self.table.blocks) == 1 or sorted(numbers) != list(range(1, len(found) + 1)):
            return found
        ordered = sorted(found, key=lambda entry: int(entry.number))
        return [replace(entry, section=0) for entry in ordered]
