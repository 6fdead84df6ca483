from datetime import date, timedelta

import holidays
import pytest

from portal.domain.workdays import DayKind
from portal.errors import CalendarError


def test_every_day_of_2020_to_2026_agrees_with_an_independent_calendar(calendar):
    china = holidays.country_holidays("CN", years=range(2020, 2027))
    first, last = date(2020, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    assert [d for d in days if calendar.is_working(d) != china.is_working_day(d)] == []


def test_make_up_days_of_2026_are_the_six_of_the_state_council_notice(calendar):
    makeups = [date(2026, *md) for md in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))]
    year = [date(2026, 1, 1) + timedelta(days=i) for i in range(365)]
    assert [d for d in year if calendar.day(d).kind is DayKind.MAKEUP] == makeups


@pytest.mark.parametrize(
    ("on", "working", "reason"),
    [
        (date(2026, 9, 18), True, "工作日"),
        (date(2026, 9, 19), False, "周末"),
        (date(2026, 9, 20), True, "国庆节调休上班"),
        (date(2026, 9, 25), False, "中秋放假"),
        (date(2026, 10, 1), False, "国庆节放假"),
        (date(2024, 2, 4), True, "春节调休上班"),
    ],
)
def test_each_day_says_why_it_counts_or_not(calendar, on, working, reason):
    day = calendar.day(on)
    assert (day.working, day.reason) == (working, reason)


def test_a_year_without_data_is_refused_in_words_that_say_what_to_do(calendar):
    with pytest.raises(CalendarError, match=r"2027.*calendar\.yaml"):
        calendar.is_working(date(2027, 1, 4))
    with pytest.raises(CalendarError):
        calendar.add(date(2026, 12, 28), 5)


def test_the_override_file_adds_a_year_and_closures(calendar_with):
    calendar = calendar_with(
        "years:\n"
        "  2027:\n"
        "    source: 国办发明电〔2026〕号\n"
        "    holidays: {2027-01-01: 元旦}\n"
        "    makeups: {2027-01-03: 元旦}\n"
        "closures: {2027-01-05: 暴雪}\n"
    )
    days = [calendar.day(date(2027, 1, n)) for n in range(1, 6)]
    assert [(d.working, d.reason) for d in days] == [
        (False, "元旦放假"),
        (False, "周末"),
        (True, "元旦调休上班"),
        (True, "工作日"),
        (False, "停止办公：暴雪"),
    ]


# Real windows that promised more than they held (docs/domain.md §1).
@pytest.mark.parametrize(
    ("first", "last", "working"),
    [
        (date(2023, 6, 20), date(2023, 6, 24), 2),
        (date(2017, 12, 27), date(2018, 1, 2), 4),
        (date(2019, 8, 23), date(2019, 8, 27), 3),
        (date(2021, 5, 8), date(2021, 5, 12), 4),
    ],
)
def test_short_real_windows_are_counted_for_what_they_hold(calendar, first, last, working):
    assert calendar.count(first, last) == working


def test_adding_and_counting_agree(calendar):
    start = date(2026, 9, 14)
    for n in range(1, 60):
        end = calendar.add(start, n)
        assert calendar.count(start + timedelta(days=1), end) == n
        assert calendar.is_working(end)
    assert calendar.add(start, 0) == start
    with pytest.raises(ValueError):
        calendar.add(start, -1)


def test_the_next_working_day_may_be_today(calendar):
    assert calendar.next_working(date(2026, 9, 18)) == date(2026, 9, 18)
    assert calendar.next_working(date(2026, 10, 1)) == date(2026, 10, 8)
