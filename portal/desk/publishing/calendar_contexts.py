"""What the page 放假安排 shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.editorial.calendar_proposals import DayLine, Proposal
    from portal.editorial.holiday_notice import HolidayNotice


@dataclass(frozen=True, slots=True)
class WaitingYear:
    """A year that waits for its second person; `mine` when this person proposed it."""

    proposal: Proposal
    lines: Sequence[DayLine]
    mine: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CalendarContext(Context):
    """`/calendar/`: the years that are known, those that wait, and what a pasted text means."""

    template = "publishing/calendar.html"

    years: Sequence[int]
    waiting: Sequence[WaitingYear]
    text: str
    notice: HolidayNotice | None
    lines: Sequence[DayLine]
    saved: str
    error: str
