"""Inquiry: one import as it goes: what was told, asked and accounted for, sheet by sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.content.files.workbooks import column_letters
from portal.importing.asking import FINE, IGNORE, KEEP, Answers, Choice, Question, Told, option

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.content.files.workbooks import Sheet
    from portal.domain.places import Site
    from portal.importing.row_kinds import AwardWords

_SHOWN_ROWS = 12


@dataclass(slots=True)
class Inquiry:
    """What is known of one sheet while it is read."""

    sheet: Sheet
    site: Site
    words: AwardWords
    answers: Answers
    told: list[Told] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    accounted: dict[tuple[int, int], str] = field(default_factory=dict)
    prefix: str = ""
    """What options put before a row or cell: the sheet, where several are read."""
    _rows: dict[str, list[int]] = field(default_factory=dict)

    def place(self, row: int = 0, column: int = 0) -> str:
        """A cell, row or column as a spreadsheet names it."""
        parts = column_letters(column) + (str(row) if row else "") if column else f"第{row}行"
        if not (row or column):
            return self.sheet.title
        if column and not row:
            parts += "列"
        return f"{self.sheet.title}!{parts}" if self.sheet.title else parts

    def key(self, what: str) -> str:
        """The id of a question of this sheet."""
        return f"{self.sheet.title}!{what}" if self.sheet.title else what

    def answer(self, what: str) -> str:
        """The answer to a question of this sheet, or the empty string."""
        return self.answers.get(what, self.sheet.title)

    def tell_rows(self, text: str, row: int) -> None:
        """Note a change that many rows share; it is told once."""
        self._rows.setdefault(text, []).append(row)

    def close(self) -> None:
        """Tell what was noted for many rows."""
        self.told += [Told(self.place(), f"{rows_in_words(r)}{t}") for t, r in self._rows.items()]
        self._rows.clear()

    def tell(self, text: str, row: int = 0, column: int = 0) -> None:
        """Note a change or omission."""
        self.told.append(Told(self.place(row, column), text))

    def ask(
        self,
        what: str,
        text: str,
        choices: Sequence[Choice] = (),
        *,
        row: int = 0,
        column: int = 0,
        free: bool = False,
    ) -> None:
        """Ask one question, once."""
        key = self.key(what)
        if all(question.id != key for question in self.questions):
            place = self.place(row, column)
            self.questions.append(Question(key, place, text, tuple(choices), free))

    def take(self, row: int, columns: Iterable[int], fate: str) -> None:
        """Account for cells of a row."""
        for column in columns:
            self.accounted[row, column] = fate

    def ask_row(self, row: int, text: str) -> None:
        """Ask whether a row is an entry."""
        self.ask(
            str(row),
            text,
            (
                Choice(IGNORE, "不是条目，略去这一行", option("ignore-row", f"{self.prefix}{row}")),
                Choice(KEEP, "是一个条目", option("keep-row", f"{self.prefix}{row}")),
            ),
            row=row,
        )

    def cell_option(self, row: int, column: int, text: str) -> str:
        """The option that says what stands in a cell."""
        return option("cell", f"{self.prefix}{column_letters(column)}{row}={text}")

    def ask_cell(self, row: int, column: int, text: str, choices: Sequence[Choice] = ()) -> None:
        """Ask what stands in a cell; any text is an answer, as is leaving the row out."""
        at = f"{column_letters(column)}{row}"
        self.ask(
            at,
            text,
            (*choices, Choice("", "写出正确的内容", self.cell_option(row, column, "正确的内容"))),
            row=row,
            column=column,
            free=True,
        )

    def confirm(self, what: str, text: str) -> bool:
        """Whether a doubt was said to be none; asks otherwise."""
        if self.answer(what) == FINE:
            return True
        choice = Choice(FINE, "核对过，没有问题", option("confirm", f"{self.prefix}{what}"))
        self.ask(what, text, (choice,))
        return False


def rows_in_words(rows: Iterable[int]) -> str:
    """Row numbers for a sentence: the first dozen, and how many there are."""
    numbers = sorted(rows)
    shown = "、".join(map(str, numbers[:_SHOWN_ROWS]))
    more = f"等{len(numbers)}行" if len(numbers) > _SHOWN_ROWS else "行"
    return f"第{shown}{more}"


def in_words(texts: Iterable[str]) -> str:
    """The texts of a row for a sentence, cut short."""
    return " ".join(" ".join(texts).split())[:40]
