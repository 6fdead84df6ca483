"""Entry checks: whether entries fit the table's numbers, totals and subtitles, and are names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.characters import clean
from portal.domain.own_words import may_say_out, says_out
from portal.importing.asking import FINE
from portal.importing.headings import plain
from portal.importing.inquiry import in_words, rows_in_words
from portal.importing.name_cells import LEGAL_FORM, is_person, is_unit

if TYPE_CHECKING:
    from portal.importing.table_body import TableBody


@dataclass(slots=True)
class Entry:
    """One entry with the row it came from, its number in the list, and the subtitle above it."""

    row: int
    section: int
    number: str
    cells: dict[str, str]


class EntryChecks:
    """The checks of one table; each doubt is asked and can be answered with “无误”."""

    def __init__(self, body: TableBody) -> None:
        self.body, self.inquiry = body, body.inquiry

    def run(self, found: list[Entry]) -> None:
        """Ask about whatever does not fit."""
        self._check_numbers(found)
        self._check_totals(found)
        self._check_kinds(found)
        self._check_grades(found)
        self._check_notes(found)

    def _check_notes(self, found: list[Entry]) -> None:
        """A remark below the list that names a firm or an entry may say what the list does not."""
        names = {name for entry in found if len(name := entry.cells["名称"]) > 1}
        for row, texts in self.body.notes.items():
            said = plain("".join(texts))
            out = says_out(said) or may_say_out(said)
            if out or LEGAL_FORM.search(said) or any(name in said for name in names):
                text = f"表外的“{in_words(texts)}”没有导入，名单不用照它改吗？"
                self.inquiry.confirm(f"note{row}", text)

    def _check_numbers(self, found: list[Entry]) -> None:
        """The numbers run from 1 without a gap, in the whole table or under each subtitle."""
        if not any(entry.number for entry in found):
            return
        left = {n for row in self.body.left_out for n in map(plain, self.body.grid[row].values())}
        before, section = 0, -1
        for entry in found:
            number = int(entry.number) if entry.number.isdecimal() else -1
            between = range(before + 1, number)
            fits = number > before and all(str(n) in left for n in between)
            if not fits and not (entry.section != section and number == 1):
                text = f"序号不连续：{before or '表头'}之后是“{entry.number}”；是否少了或多了条目？"
                self.inquiry.confirm("numbers", f"第{entry.row}行{text}")
                return
            before, section = number, entry.section

    def _check_totals(self, found: list[Entry]) -> None:
        """Each count in totals and subtitles is that of some part of the list above or below."""
        people = self.inquiry.words.people
        for row, counts in self.body.totals.items():
            above = [entry for entry in found if entry.row < row]
            start = max((at for at in self.body.sections if at < row), default=0)
            start = max(start, *(at for at in self.body.totals if at < row), 0)
            right = _counts(above, people) | _counts([e for e in above if e.row > start], people)
            self._check_count(row, [count for count in counts if count not in right], len(above))
        starts = sorted(self.body.sections)
        for at, start in enumerate(starts):
            count = self.body.sections[start].count
            ends = {*starts[at + 1 :], self.body.table.last + 1}
            sizes = {len([e for e in found if start < e.row < end]) for end in ends}
            if count is not None and count not in sizes:
                self._check_count(start, [count], min(sizes))

    def _check_count(self, row: int, wrong: list[int], right: int) -> None:
        if wrong:
            text = f"第{row}行写的数是{wrong[0]}，读出的条目是{right}个；是否少了或多了条目？"
            self.inquiry.confirm(f"count{row}", text)

    def _check_grades(self, found: list[Entry]) -> None:
        """Subtitles that name a grade for some entries only have been read wrongly."""
        without = [entry.row for entry in found if not entry.cells["奖项"]]
        if any(s.grade for s in self.body.sections.values()) and 0 < len(without) < len(found):
            self.inquiry.confirm("grades", f"{rows_in_words(without)}没有奖项，其他行有；对吗？")

    def _check_kinds(self, found: list[Entry]) -> None:
        """A person that is called like a firm, or the reverse, is most often a wrong column."""
        people = self.inquiry.words.people
        own = self.inquiry.words.terms.organizations
        doubts = {
            "persons": [e.row for e in found if e.cells["类别"] in people and _no_person(e)],
            "organizations": [
                e.row for e in found if e.cells["类别"] in own and _no_organization(e)
            ],
        }
        texts = {
            "persons": "的类别是个人，名称却不像人名",
            "organizations": "的类别是组织，名称却不像单位名称，或者有工作单位、职务",
        }
        for what, rows in doubts.items():
            if rows and self.inquiry.answer(what) != FINE:
                self.inquiry.confirm(what, f"{rows_in_words(rows)}{texts[what]}；请核对是哪一列")


def _no_person(entry: Entry) -> bool:
    name = entry.cells["名称"]
    return not (is_person(name) or clean(name, name=True).refused)


def _no_organization(entry: Entry) -> bool:
    cells = entry.cells
    name = cells["名称"]
    unfit = not (is_unit(name) or clean(name, name=True).refused)
    return unfit or bool(cells["工作单位"] or cells["职务"])


def _counts(entries: list[Entry], names: tuple[str, ...]) -> set[int]:
    """How many entries there are, together and of each category and grade."""
    people = sum(entry.cells["类别"] in names for entry in entries)
    found = {len(entries), people, len(entries) - people}
    for column in ("类别", "奖项"):
        values = [entry.cells[column] for entry in entries]
        found |= {values.count(value) for value in set(values)}
    return found
