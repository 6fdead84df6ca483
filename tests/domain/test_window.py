from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.content.working_calendar import load_calendar
from portal.domain.window import (
    Counting,
    Extension,
    FirstDay,
    WindowState,
    honest_window,
    publicity_window,
)
from portal.domain.workdays import SHANGHAI
from portal.errors import CalendarError

CALENDAR = load_calendar()


def day(text):
    return date.fromisoformat(text)


# docs/domain.md §1: real windows whose notices state both the length and the dates.
@pytest.mark.parametrize(
    ("opens", "n", "closes"),
    [
        ("2024-01-31", 5, "2024-02-05"),
        ("2024-04-26", 5, "2024-05-06"),
        ("2023-04-26", 5, "2023-05-05"),
        ("2021-08-20", 5, "2021-08-26"),
        ("2022-10-25", 5, "2022-10-31"),
        ("2023-09-07", 5, "2023-09-13"),
        ("2024-06-03", 5, "2024-06-07"),
        ("2023-11-10", 10, "2023-11-23"),
        ("2021-11-12", 20, "2021-12-09"),
        ("2022-10-31", 5, "2022-11-04"),
        ("2023-03-31", 5, "2023-04-07"),
    ],
)
def test_real_windows_close_on_the_day_their_notices_named(opens, n, closes):
    assert publicity_window(day(opens), n, CALENDAR).closes == day(closes)


# docs/domain.md §1: five working days in 2026; counted, and strict.
@pytest.mark.parametrize(
    ("opens", "counted", "strict"),
    [
        ("2026-09-14", "2026-09-18", "2026-09-20"),
        ("2026-09-21", "2026-09-28", "2026-09-29"),
        ("2026-09-28", "2026-10-09", "2026-10-10"),
        ("2026-10-08", "2026-10-13", "2026-10-14"),
        ("2026-02-11", "2026-02-24", "2026-02-25"),
    ],
)
def test_the_first_day_rule_decides_the_last_day(opens, counted, strict):
    by_rule = {rule: publicity_window(day(opens), 5, CALENDAR, first_day=rule) for rule in FirstDay}
    assert by_rule[FirstDay.COUNTED].closes == day(counted)
    assert by_rule[FirstDay.STRICT].closes == day(strict)
    # The rule is printed beside the table, so that a reader can count along.
    assert by_rule[FirstDay.COUNTED].days[0].count == 1
    assert "计为第1个工作日" in FirstDay.COUNTED.words(Counting.WORKING_DAYS)
    assert by_rule[FirstDay.STRICT].days[0].count is None
    assert "次日起算" in FirstDay.STRICT.words(Counting.WORKING_DAYS)


@pytest.mark.parametrize("rule", FirstDay)
def test_a_window_that_runs_into_a_year_without_data_is_refused(rule):
    with pytest.raises(CalendarError, match="2027"):
        publicity_window(day("2026-12-28"), 5, CALENDAR, first_day=rule)


def test_a_window_opens_and_closes_to_the_second():
    window = publicity_window(day("2021-12-06"), 5, CALENDAR)
    second = timedelta(seconds=1)
    assert window.opens_at.isoformat() == "2021-12-06T00:00:00+08:00"
    assert window.closes_at.isoformat() == "2021-12-11T00:00:00+08:00"
    assert window.state(window.opens_at - second) is WindowState.SCHEDULED
    assert window.state(window.opens_at) is WindowState.OPEN
    assert window.state(window.closes_at - second) is WindowState.OPEN
    assert window.state(window.closes_at) is WindowState.CLOSED
    # The same instant, told in another zone.
    assert window.state(datetime(2021, 12, 10, 15, 59, 59, tzinfo=UTC)) is WindowState.OPEN
    assert window.state(datetime(2021, 12, 10, 16, 0, 0, tzinfo=UTC)) is WindowState.CLOSED


def test_a_closure_of_the_office_moves_the_end_and_is_named(calendar_with):
    calendar = calendar_with("closures: {2021-12-08: 暴雪停止办公}\n")
    window = publicity_window(day("2021-12-06"), 5, calendar)
    assert window.closes == day("2021-12-13")
    closed = window.days[2]
    assert (closed.count, closed.day.reason) == (None, "停止办公：暴雪停止办公")


def test_an_extension_lengthens_the_window_and_keeps_its_reason():
    extension = Extension(2, "网站故障", day("2021-12-09"))
    window = publicity_window(day("2021-12-06"), 5, CALENDAR, extensions=[extension])
    assert window.closes == day("2021-12-14")
    assert (window.length, window.total) == (5, 7)
    assert window.extensions[0].reason == "网站故障"


@pytest.mark.parametrize(
    "extension", [Extension(0, "故障"), Extension(-1, "故障"), Extension(1, " ")]
)
def test_an_extension_without_days_or_reason_is_refused(extension):
    with pytest.raises(ValueError, match="原因"):
        publicity_window(day("2021-12-06"), 5, CALENDAR, extensions=[extension])


def test_publishing_after_noon_of_the_first_day_is_late():
    window = publicity_window(day("2021-12-06"), 5, CALENDAR)
    assert not window.published_late(datetime(2021, 12, 6, 9, tzinfo=SHANGHAI))
    assert not window.published_late(datetime(2021, 12, 6, 12, tzinfo=SHANGHAI))
    assert window.published_late(datetime(2021, 12, 6, 12, 0, 1, tzinfo=SHANGHAI))


def test_a_window_without_days_is_refused():
    with pytest.raises(ValueError):
        publicity_window(day("2021-12-06"), 0, CALENDAR)


# The data ends with 2026; the longest window below spans well under three months.
starts = st.dates(date(2004, 1, 1), date(2026, 9, 30))
lengths = st.integers(1, 30)
extended = st.lists(st.builds(Extension, st.integers(1, 5), st.just("故障")), max_size=2)


@given(starts, lengths, st.sampled_from(FirstDay), extended)
def test_every_window_holds_exactly_its_working_days(opens, n, rule, extensions):
    window = publicity_window(opens, n, CALENDAR, first_day=rule, extensions=extensions)
    counts = [d.count for d in window.days if d.count]
    assert counts == list(range(1, window.total + 1))
    assert all(d.day.working for d in window.days if d.count)
    # Each day is listed once, and the last one is counted: a window never ends on a holiday.
    dates = [d.day.date for d in window.days]
    assert dates == [opens + timedelta(days=i) for i in range(window.calendar_days)]
    assert (dates[-1], window.days[-1].count) == (window.closes, window.total)


@given(starts, lengths)
def test_the_strict_rule_gives_one_more_day_exactly_when_the_first_is_a_working_day(opens, n):
    counted = publicity_window(opens, n, CALENDAR)
    strict = publicity_window(opens, n, CALENDAR, first_day=FirstDay.STRICT)
    extra = CALENDAR.count(counted.closes + timedelta(days=1), strict.closes)
    assert extra == CALENDAR.is_working(opens)


@given(starts, lengths, lengths)
def test_a_longer_window_never_closes_earlier(opens, n, m):
    shorter, longer = sorted((n, m))
    first, second = (publicity_window(opens, k, CALENDAR) for k in (shorter, longer))
    assert first.closes <= second.closes
    assert second.days[: len(first.days)] == first.days


@given(
    st.dates(date(2024, 1, 2), date(2026, 11, 1)),
    st.integers(-40, 400),
    st.integers(1, 15),
    st.sampled_from(FirstDay),
)
def test_the_earliest_honest_window_leaves_the_public_every_counted_day(opens, hours, n, rule):
    opens = CALENDAR.next_working(opens)
    window = publicity_window(opens, n, CALENDAR, first_day=rule)
    published = window.opens_at + timedelta(hours=hours)

    def in_time(opens):
        """Seen until noon of day 1; where the opening day does not count, on that day."""
        until = datetime.combine(opens, time(12), SHANGHAI)
        return published.date() <= opens if rule is FirstDay.STRICT else published <= until

    honest = honest_window(window, published, CALENDAR)
    assert in_time(honest.opens)
    assert (honest == window) == in_time(window.opens)
    assert honest.total == window.total
    earlier = [opens + timedelta(days=d) for d in range((honest.opens - opens).days)]
    assert not any(CALENDAR.is_working(day) and in_time(day) for day in earlier)
