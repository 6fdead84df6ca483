"""Table bodies: which rows below the headings are entries, subtitles, totals, notes or left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portal.importing.asking import IGNORE, KEEP
from portal.importing.headings import Role, heading_of, plain
from portal.importing.inquiry import in_words
from portal.importing.row_kinds import Subtitle, county_subtitle, is_footer, is_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.importing.inquiry import Inquiry
    from portal.importing.sheet_layout import Cells, Table


@dataclass(slots=True)
class TableBody:
    """The rows of a table by what they are."""

    inquiry: Inquiry
    grid: Mapping[int, Cells]
    table: Table
    entries: list[int] = field(default_factory=list)
    sections: dict[int, Subtitle] = field(default_factory=dict)
    totals: dict[int, list[int]] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)

    def classify(self, rows: Mapping[int, bool]) -> None:
        """Tell the rows apart; `rows` says for each whether it is to be read."""
        inquiry = self.inquiry
        for row, wanted in rows.items():
            cells = self.grid[row]
            texts = list(cells.values())
            answer = inquiry.answer(str(row))
            if answer == IGNORE or not wanted:
                inquiry.take(row, cells, "略去")
                self.left_out.append(row)
                if answer:
                    inquiry.tell(f"按回答略去“{in_words(texts)}”", row)
            elif answer == KEEP:
                self.entries.append(row)
            elif self._is_heading(cells):
                self.repeated.append(row)
                inquiry.take(row, cells, "重复的表头")
                inquiry.tell("略去重复的表头", row)
            elif (subtitle := self._subtitle(texts)) is not None:
                self.sections[row] = subtitle
                inquiry.take(row, cells, "小标题")
                inquiry.tell(f"“{in_words(texts)}”用作小标题", row)
            elif (totals := self.inquiry.words.totals_of(texts)) is not None:
                self.totals[row] = totals
                inquiry.take(row, cells, "合计")
                inquiry.tell(f"略去合计行“{in_words(texts)}”", row)
            elif is_footer(texts) or self._is_title_of_next(row, texts):
                self._outside(row, cells, texts)
            elif self._only_numbers(cells):
                inquiry.take(row, cells, "只有序号")
                inquiry.tell("略去只有序号的空行", row)
            else:
                self.entries.append(row)

    def _outside(self, row: int, cells: Cells, texts: list[str]) -> None:
        self.inquiry.take(row, cells, "表外的文字")
        self.inquiry.tell(f"略去表外的文字“{in_words(texts)}”", row)
        if is_note(texts):
            self.notes[row] = texts

    def _subtitle(self, texts: list[str]) -> Subtitle | None:
        counties = [county.name for county in self.inquiry.site.counties.values()]
        return self.inquiry.words.subtitle_of(texts) or county_subtitle(texts, counties)

    def _is_heading(self, cells: Cells) -> bool:
        headings = {c: plain(t) for block in self.table.blocks for c, t in block.items()}
        same = [plain(text) == headings.get(column) for column, text in cells.items()]
        return all(same) and len(same) > 1

    def _is_title_of_next(self, row: int, texts: list[str]) -> bool:
        """Whether a title stands right above the next table's headings."""
        if len(set(texts)) > 1 or not self.inquiry.words.is_title(texts):
            return False
        later = (number for number in self.grid if row < number <= self.table.last)
        return all(
            self.inquiry.words.subtitle_of(list(self.grid[number].values())) is not None
            for number in later
        )

    def _only_numbers(self, cells: Cells) -> bool:
        numbered = {
            column
            for block in self.table.blocks
            for column, text in block.items()
            if (heading := heading_of(text)) and heading.role is Role.NUMBER
        }
        return set(cells) <= numbered and all(plain(t).isdecimal() for t in cells.values())

    def section(self, row: int) -> tuple[int, Subtitle | None]:
        """The number of the subtitle above a row, from 0 for none, and the subtitle."""
        above = [at for at in self.sections if at < row]
        breaks = len(above) + sum(at < row for at in self.repeated)
        return breaks, self._inherited(above) if above else None

    def _inherited(self, above: list[int]) -> Subtitle:
        """The last subtitle; what 一、 says still holds under （一）, a county under 组织."""
        found = self.sections[above[-1]]
        for at in reversed(above[:-1]):
            over = self.sections[at]
            if over.level <= found.level and found.county == "" != over.county:
                found = replace(found, county=over.county)
            if over.level < found.level:
                found = replace(
                    found,
                    level=over.level,
                    category=found.category or over.category,
                    grade=found.grade or over.grade,
                    people=found.people or over.people,
                )
        return found
