"""Working days on the State Council calendar: holidays, make-up days, closures of the office."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.errors import CalendarError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Time zone of every instant; mainland China has kept UTC+8 without daylight saving since 1992."""

_SATURDAY = 5
_NOTICE_DUE = 11


class DayKind(StrEnum):
    """Why a day counts or does not."""

    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day with its kind and, for holidays and closures, its name."""

    date: date
    kind: DayKind
    name: str = ""

    @property
    def working(self) -> bool:
        """Whether the day counts as a working day."""
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)

    @property
    def holiday(self) -> bool:
        """Whether the day is a public holiday, a weekend within one included."""
        return self.kind is DayKind.HOLIDAY

    @property
    def reason(self) -> str:
        """The reason in Chinese, as printed in day-by-day tables."""
        match self.kind:
            case DayKind.WORKDAY:
                return "工作日"
            case DayKind.MAKEUP:
                return f"{self.name}调休上班" if self.name else "调休上班"
            case DayKind.WEEKEND:
                return "周末"
            case DayKind.HOLIDAY:
                return f"{self.name}放假" if self.name else "放假"
            case DayKind.CLOSURE:
                return f"停止办公：{self.name}"


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are working days, for the years it has data for.

    Source of the rule: the State Council's yearly notice on holidays; a make-up weekend counts,
    a holiday on a weekday does not (docs/domain.md §1). `closures`: days the office was shut.
    """

    years: frozenset[int]
    holidays: Mapping[date, str] = field(default_factory=dict)
    makeups: Mapping[date, str] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)

    def day(self, on: date) -> Day:
        """Classify a day; raises CalendarError for a year without data."""
        if on.year not in self.years:
            raise CalendarError(
                f"没有{on.year}年的放假安排数据，不能推算工作日；"
                f"请待国务院办公厅公布后录入 content/calendar.yaml"
            )
        if on in self.closures:
            return Day(on, DayKind.CLOSURE, self.closures[on])
        if on in self.makeups:
            return Day(on, DayKind.MAKEUP, self.makeups[on])
        if on in self.holidays:
            return Day(on, DayKind.HOLIDAY, self.holidays[on])
        return Day(on, DayKind.WEEKEND if on.weekday() >= _SATURDAY else DayKind.WORKDAY)

    def is_working(self, on: date) -> bool:
        """Whether `on` is a working day; raises CalendarError for a year without data."""
        return self.day(on).working

    def days_from(self, start: date) -> Iterator[Day]:
        """Every day from `start` on, without end; raises CalendarError where the data ends."""
        on = start
        while True:
            yield self.day(on)
            on += timedelta(days=1)

    def add(self, start: date, working_days: int) -> date:
        """The date `working_days` working days after `start`, which itself does not count."""
        if working_days < 0:
            raise ValueError("working_days must not be negative")
        remaining, on = working_days, start
        while remaining:
            on += timedelta(days=1)
            remaining -= self.is_working(on)
        return on

    def next_working(self, on: date) -> date:
        """`on` itself when it is a working day, else the next one."""
        return next(day.date for day in self.days_from(on) if day.working)

    def count(self, first: date, last: date) -> int:
        """Number of working days from `first` to `last`, both included."""
        span = (last - first).days + 1
        return sum(self.is_working(first + timedelta(days=i)) for i in range(max(span, 0)))


def missing_year(calendar: WorkCalendar, today: date) -> int | None:
    """The next year from November on, when its notice is due, where the calendar lacks it."""
    year = today.year + 1
    return year if today.month >= _NOTICE_DUE and year not in calendar.years else None
