"""Publicity windows (公示期): N working days from a date, extensions, state at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.domain.workdays import SHANGHAI, Day, WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Sequence


_NOON = time(12)


class FirstDay(StrEnum):
    """Whether the opening day is day 1 or day 0 (Civil Code 201; docs/domain.md §1)."""

    COUNTED = "counted"
    STRICT = "strict"

    @property
    def label(self) -> str:
        """The rule as printed beside the day-by-day table."""
        return "起始日计为第1个工作日" if self is FirstDay.COUNTED else "起始日不计，次日起算"


class WindowState(StrEnum):
    """Where an instant lies relative to a window."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Extension:
    """Working days added to a window, with the printed reason."""

    working_days: int
    reason: str
    decided: date | None = None


@dataclass(frozen=True, slots=True)
class WindowDay:
    """A calendar day of a window; `count` is its number among the counted days, or None."""

    day: Day
    count: int | None


@dataclass(frozen=True, slots=True)
class PublicityWindow:
    """A publicity window; `opens` and `closes` are its first and last calendar days.

    `working_days` is the promised number N without extensions. Online receipt ends at 24:00 of
    `closes` (Civil Code art. 203), which is `closes_at`, itself already outside.
    """

    opens: date
    closes: date
    working_days: int
    first_day: FirstDay
    days: tuple[WindowDay, ...]
    extensions: tuple[Extension, ...] = ()

    @property
    def opens_at(self) -> datetime:
        """First instant inside the window: 00:00 of the opening day, Asia/Shanghai."""
        return datetime.combine(self.opens, time(0), SHANGHAI)

    @property
    def closes_at(self) -> datetime:
        """First instant after the window: 24:00 of the closing day, Asia/Shanghai."""
        return datetime.combine(self.closes + timedelta(days=1), time(0), SHANGHAI)

    @property
    def calendar_days(self) -> int:
        """Length in calendar days, as shown to the clerk beside the working days."""
        return len(self.days)

    @property
    def total_working_days(self) -> int:
        """N with all extensions."""
        return self.working_days + sum(extension.working_days for extension in self.extensions)

    def state(self, at: datetime) -> WindowState:
        """State at an aware instant."""
        if at < self.opens_at:
            return WindowState.SCHEDULED
        return WindowState.OPEN if at < self.closes_at else WindowState.CLOSED

    def published_late(self, published: datetime) -> bool:
        """Whether the opening day was half over (12:00) or past when the notice went up.

        The next working day is then the better day 1 (docs/domain.md §1, rule 2).
        """
        return published > datetime.combine(self.opens, _NOON, SHANGHAI)


def honest_window(
    window: PublicityWindow, published: datetime, calendar: WorkCalendar
) -> PublicityWindow:
    """The window itself where it was published in time, else the earliest that it allows.

    In time is until 12:00 of the first counted day, and where the opening day does not count, on
    that day. Raises CalendarError where the calendar has no data.
    """
    at = published.astimezone(SHANGHAI)
    strict = window.first_day is FirstDay.STRICT
    if at.date() <= window.opens if strict else not window.published_late(at):
        return window
    opens = at.date() if strict or at.time() <= _NOON else at.date() + timedelta(days=1)
    return publicity_window(
        calendar.next_working(opens),
        window.working_days,
        calendar,
        first_day=window.first_day,
        extensions=window.extensions,
    )


def publicity_window(
    opens: date,
    working_days: int,
    calendar: WorkCalendar,
    *,
    first_day: FirstDay = FirstDay.COUNTED,
    extensions: Sequence[Extension] = (),
) -> PublicityWindow:
    """Compute a window of `working_days` working days from `opens`.

    Counting: weekends and holidays are skipped, make-up days counted; the opening day counts when
    it is a working day and the rule is "counted". Raises ValueError for a length below 1 or an
    extension without reason, and CalendarError where the calendar has no data.
    """
    if working_days < 1:
        raise ValueError("公示期至少1个工作日")
    for extension in extensions:
        if extension.working_days < 1 or not extension.reason.strip():
            raise ValueError("延长公示期须写明延长的工作日数（至少1个）和原因")
    total = working_days + sum(extension.working_days for extension in extensions)
    days: list[WindowDay] = []
    count = 0
    for day in calendar.days_from(opens):
        counted = day.working and (first_day is FirstDay.COUNTED or day.date > opens)
        count += counted
        days.append(WindowDay(day, count if counted else None))
        if count == total:
            break
    return PublicityWindow(
        opens, days[-1].day.date, working_days, first_day, tuple(days), tuple(extensions)
    )
