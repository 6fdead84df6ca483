"""Asking: what an import gives back: entries, what it changed, and what a person must say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.content.notice.list_writer import write_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.content.files.workbooks import Sheet

IGNORE, KEEP, FINE = "略去", "条目", "无误"
"""Answers: leave a row, column or sheet out; a row is an entry; a count is right as it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its value, what it means in words, and the option of `portal import` for it."""

    value: str
    text: str
    option: str


def option(name: str, value: str) -> str:
    """An option of `portal import` as it can be typed in any shell."""
    safe = all(c.isalnum() or c in "-_.=:：、，/" for c in value)
    return f"--{name} {value}" if safe else f'--{name} "{value}"'


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say. `place` is a sheet's cell, row or column as offices name them.

    The answer to `id` is the value of one of the choices; when `free`, any text will do.
    """

    id: str
    place: str
    text: str
    choices: tuple[Choice, ...] = ()
    free: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One change or omission, with its place."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}：{self.text}" if self.place else self.text


@dataclass(frozen=True, slots=True)
class Reading:
    """What an import made of a file: a list is written only when no question is left.

    `entries` are rows by column of list.csv. `accounted` says what became of each cell that holds
    something, by its place (名单!B3). `sheets` are the sheets as they stand in the file.
    """

    entries: tuple[Mapping[str, str], ...]
    told: tuple[Told, ...] = ()
    questions: tuple[Question, ...] = ()
    accounted: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[Sheet, ...] = ()

    @property
    def data(self) -> bytes:
        """The bytes of list.csv: UTF-8 with a byte order mark, so that Excel opens it rightly."""
        return write_list(self.entries)


class Answers:
    """What a person has said, by the id of the question; without its sheet it holds for each."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._given = dict(given or {})
        self._used: set[str] = set()

    def get(self, key: str, sheet: str = "") -> str:
        """The answer to a question, or the empty string."""
        for name in (f"{sheet}!{key}" if sheet else key, key):
            if name in self._given:
                self._used.add(name)
                return self._given[name].strip()
        return ""

    @property
    def unused(self) -> list[str]:
        """Answers that nothing asked for: most often a row or heading that was typed wrong."""
        return [key for key in self._given if key not in self._used]
