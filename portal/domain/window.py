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


class Counting(StrEnum):
    """What a window counts: the key that names its length in a header."""

    WORKING_DAYS = "working-days"
    DAYS = "days"
    DAYS_WITHOUT_HOLIDAYS = "days-without-holidays"
    UNTIL = "until"

    @property
    def of_extensions(self) -> Counting:
        """The key of an extension's length."""
        return Counting.DAYS if self is Counting.UNTIL else self

    @property
    def unit(self) -> str:
        """What follows a number of its days in print."""
        return {
            Counting.WORKING_DAYS: "个工作日",
            Counting.DAYS_WITHOUT_HOLIDAYS: "天（法定节假日除外）",
        }.get(self, "天")

    def words(self, length: int) -> str:
        """A length as it is printed: 5个工作日, 7天, 15天（法定节假日除外）."""
        return f"{length}{self.unit}"

    @property
    def rest(self) -> str:
        """Which days count, as printed after the rule of the first day."""
        return {
            Counting.WORKING_DAYS: "周末和法定节假日不计，调休上班日计入",
            Counting.DAYS_WITHOUT_HOLIDAYS: "法定节假日不计，周末计入",
        }.get(self, "周末和法定节假日计入")

    def counts(self, day: Day) -> bool:
        """Whether a day counts. Weekends that are part of a public holiday are holidays."""
        if self is Counting.WORKING_DAYS:
            return day.working
        return self is not Counting.DAYS_WITHOUT_HOLIDAYS or not day.holiday


class FirstDay(StrEnum):
    """Whether the opening day is day 1 or day 0 (Civil Code 201; docs/domain.md §1)."""

    COUNTED = "counted"
    STRICT = "strict"

    def words(self, counting: Counting) -> str:
        """The rule as printed beside the day-by-day table."""
        if self is FirstDay.STRICT:
            return "起始日不计，次日起算"
        return "起始日计为第1" + ("个工作日" if counting is Counting.WORKING_DAYS else "天")


class WindowState(StrEnum):
    """Where an instant lies relative to a window."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Extension:
    """Days added to a window, counted as the window's own, with the printed reason."""

    length: int
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

    `length` is the promised number N without extensions, in days as `counting` counts them. Online
    receipt ends at 24:00 of `closes` (Civil Code art. 203), which is `closes_at`, itself already
    outside.
    """

    opens: date
    closes: date
    length: int
    first_day: FirstDay
    days: tuple[WindowDay, ...]
    extensions: tuple[Extension, ...] = ()
    counting: Counting = Counting.WORKING_DAYS

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
    def total(self) -> int:
        """N with all extensions."""
        return self.length + sum(extension.length for extension in self.extensions)

    @property
    def words(self) -> str:
        """Its whole length as it is printed: 5个工作日."""
        return self.counting.words(self.total)

    @property
    def rule(self) -> str:
        """How its first day counts, as printed beside the day-by-day table."""
        return self.first_day.words(self.counting)

    @property
    def full_rule(self) -> str:
        """How its days count."""
        return f"{self.rule}；{self.counting.rest}"

    def added(self, extension: Extension) -> str:
        """An extension as it is printed: 延长2个工作日：暴雪."""
        return f"延长{self.counting.words(extension.length)}：{extension.reason}"

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
    if window.counting is Counting.WORKING_DAYS:
        opens = calendar.next_working(opens)
    return publicity_window(
        opens,
        window.length,
        calendar,
        counting=window.counting,
        first_day=window.first_day,
        extensions=window.extensions,
    )


def publicity_window(
    opens: date,
    length: int,
    calendar: WorkCalendar,
    *,
    counting: Counting = Counting.WORKING_DAYS,
    first_day: FirstDay = FirstDay.COUNTED,
    extensions: Sequence[Extension] = (),
) -> PublicityWindow:
    """Compute a window of `length` days, as `counting` counts them, from `opens`.

    Working days skip weekends and holidays and take make-up days in; the opening day counts when it
    is such a day and the rule is "counted". Raises ValueError for a length below 1 or an extension
    without reason, and CalendarError where the calendar has no data.
    """
    if length < 1:
        raise ValueError(f"公示期至少{counting.words(1)}")
    for extension in extensions:
        if extension.length < 1 or not extension.reason.strip():
            raise ValueError("延长公示期须写明延长的天数（至少1个）和原因")
    total = length + sum(extension.length for extension in extensions)
    days: list[WindowDay] = []
    count = 0
    for day in calendar.days_from(opens):
        counted = counting.counts(day) and (first_day is FirstDay.COUNTED or day.date > opens)
        count += counted
        days.append(WindowDay(day, count if counted else None))
        if count == total:
            break
    return PublicityWindow(
        opens, days[-1].day.date, length, first_day, tuple(days), tuple(extensions), counting
    )


def window_until(opens: date, last: date, calendar: WorkCalendar) -> PublicityWindow:
    """A window whose notice names its last day; ValueError where that is before the first."""
    if last < opens:
        raise ValueError("公示的最后一天早于起始日")
    length = (last - opens).days + 1
    return publicity_window(opens, length, calendar, counting=Counting.UNTIL)
