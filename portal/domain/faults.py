"""Fault: an award rule that a list breaks, with the entry it concerns; lint makes it an Issue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.errors import Severity

if TYPE_CHECKING:
    from portal.domain.notice import Entry


class Rule(StrEnum):
    """Which award rule is broken."""

    GRADE = "grade"
    """An entry without the grade its list needs."""
    PLACES = "places"
    """More entries of a grade than places, or fewer where none may stay vacant."""
    CAP = "cap"
    """More recommendations from a county than allowed."""
    DUPLICATE = "duplicate"
    """The same name twice in one list."""
    TWO_COUNTIES = "two-counties"
    """The same name on the lists of two counties."""
    NOT_STOOD = "not-stood"
    """An entry that stood on no list of the stage before."""
    STILL_OPEN = "still-open"
    """An entry whose earlier list is still in its publicity window, or withdrawn."""
    LEFT_OUT = "left-out"
    """An entry that a second publicity no longer names."""
    RENAMED = "renamed"
    """An entry that seems to have changed its name between two lists."""
    CHANGED = "changed"
    """An entry whose category, county or grade differs from the earlier list."""
    HELD = "held"
    """An entry held back by an open or upheld objection."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule; `entry` is None when the whole list is at fault.

    `source` is the caller's key of the list that `entry` stands in, where several were compared.
    """

    rule: Rule
    message: str
    remedy: str
    entry: Entry | None = None
    source: str = ""
    severity: Severity = Severity.ERROR
