from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.dates import (
    Unit,
    find_dates,
    find_impossible_dates,
    find_ranges,
    read_day,
    read_minute,
    write_date,
    write_day,
    write_meta,
    write_minute,
    write_range,
    write_span,
    write_weekday,
)


def found(text, year=None):
    """The one range of a text as (matched text, first, last, n, unit)."""
    (item,) = find_ranges(text, year)
    dates = [d and d.isoformat() for d in (item.first, item.last)]
    return text[slice(*item.span)], *dates, item.n, item.unit


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021年12月6日至12日", "2021-12-06", "2021-12-12"),
        ("2024年3月12日—18日", "2024-03-12", "2024-03-18"),
        ("2023年12月5日--11日", "2023-12-05", "2023-12-11"),
        ("2023年12月5日－11日", "2023-12-05", "2023-12-11"),
        ("2023年12月5-11日", "2023-12-05", "2023-12-11"),
        ("2023年12月28日到1月4日", "2023-12-28", "2024-01-04"),
        ("2023年12月28日至2024年1月4日", "2023-12-28", "2024-01-04"),
        ("2021年12月6日（星期一）至12月10日", "2021-12-06", "2021-12-10"),
        ("2021年12月6日9:00至10日", "2021-12-06", "2021-12-10"),
        ("二〇二一年十二月六日至十日", "2021-12-06", "2021-12-10"),
        ("二○一○年一月三十一日至二月四日", "2010-01-31", "2010-02-04"),
        ("２０２１年１２月６日至１０日", "2021-12-06", "2021-12-10"),
        ("2024-01-31~2024-02-05", "2024-01-31", "2024-02-05"),
        ("2024-01-31~02-05", "2024-01-31", "2024-02-05"),
        ("2023年12月5日起至12月11日", "2023-12-05", "2023-12-11"),
    ],
)
def test_ranges_are_read_in_every_shape_seen(text, first, last):
    padded = f"公示时间：{text}。"
    assert found(padded) == (text, first, last, None, None)


@pytest.mark.parametrize(
    ("text", "n", "unit"),
    [
        ("自公示之日起5个工作日", 5, Unit.WORKING_DAYS),
        ("公示五个工作日。", 5, Unit.WORKING_DAYS),
        ("公示期为十五个工作日", 15, Unit.WORKING_DAYS),
        ("公示时间为7天", 7, Unit.DAYS),
        ("自名单公示之日起10日内", 10, Unit.DAYS),
        ("公示期5日", 5, Unit.DAYS),
        ("从公示之日起一周内", 7, Unit.DAYS),
    ],
)
def test_lengths_are_read_without_dates(text, n, unit):
    _, first, last, count, counted = found(text)
    assert (first, last, count, counted) == (None, None, n, unit)


@pytest.mark.parametrize(
    "text",
    [
        "2023年12月5日-11日(5个工作日)",
        "自2023年12月5日起至12月11日止，共5个工作日",
        "2023年12月5日至11日，五个工作日",
    ],
)
def test_a_range_takes_the_length_that_follows_it(text):
    assert found(text)[1:] == ("2023-12-05", "2023-12-11", 5, Unit.WORKING_DAYS)


def test_a_range_may_be_a_start_and_a_length_or_an_end_alone():
    assert found("8月13日起7天", 2021)[1:] == ("2021-08-13", None, 7, Unit.DAYS)
    assert found("请于2021年11月23日前反映")[1:3] == (None, "2021-11-23")
    assert found("公示截止期为2025年11月6日")[1:3] == (None, "2025-11-06")
    assert found("2021年11月25日17:00前报送")[1:3] == (None, "2021-11-25")


def test_a_date_without_a_year_takes_the_year_before_it():
    text = "2021年11月2日印发，12月6日公示，2022年1月4日表彰，3月1日归档"
    dates = [d.date.isoformat() for d in find_dates(text)]
    assert dates == ["2021-11-02", "2021-12-06", "2022-01-04", "2022-03-01"]
    assert find_dates("12月6日") == []
    assert [d.date for d in find_dates("12月6日", 2021)] == [date(2021, 12, 6)]


def test_a_date_that_no_calendar_has_is_told_apart():
    text = "公示至2021年2月30日。"
    assert find_dates(text) == []
    assert [text[slice(*span)] for span in find_impossible_dates(text)] == ["2021年2月30日"]
    assert find_ranges("请于2021年2月30日前反映") == find_ranges("2021年2月25日至30日") == []
    (span,) = find_impossible_dates("2021年2月25日至30日")
    assert "2021年2月25日至30日"[slice(*span)] == "30日"


@pytest.mark.parametrize(
    "text",
    [
        "阳政发〔2020〕10号",
        "GB/T 19580-2012",
        "0353-2880836",
        "第5日",
        "3年以上",
        "第三届",
        "2021年度",
    ],
)
def test_other_numbers_are_neither_dates_nor_ranges(text):
    assert find_dates(text) == find_ranges(text) == find_impossible_dates(text) == []


dates = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(dates)
def test_a_written_date_is_read_back_at_its_place(on):
    text = f"公示自{write_date(on)}开始"
    (item,) = find_dates(text)
    assert item.date == on
    assert text[slice(*item.span)] == write_date(on)
    assert [d.date for d in find_dates(on.isoformat())] == [on]


@given(dates, st.integers(1, 400))
def test_a_written_range_is_read_back(first, days):
    last = first + timedelta(days=days)
    (item,) = find_ranges(f"公示期为{write_range(first, last)}（5个工作日）。")
    assert (item.first, item.last, item.n, item.unit) == (first, last, 5, Unit.WORKING_DAYS)


def test_dates_are_written_without_leading_zeros_and_ends_without_repetition():
    first = date(2021, 12, 6)
    assert write_date(first) == "2021年12月6日"
    assert write_range(first, first) == "2021年12月6日"
    assert write_range(first, date(2021, 12, 10)) == "2021年12月6日至10日"
    assert write_range(date(2021, 11, 30), date(2021, 12, 6)) == "2021年11月30日至12月6日"
    assert write_range(date(2021, 12, 30), date(2022, 1, 6)) == "2021年12月30日至2022年1月6日"
    assert write_span(first, date(2021, 12, 10)) == "2021年12月6日至12月10日"
    assert write_span(date(2021, 12, 30), date(2022, 1, 6)) == "2021年12月30日至2022年1月6日"
    assert (write_day(date(2021, 1, 6)), write_weekday(first)) == ("1月6日", "星期一")


def test_instants_are_written_in_the_time_of_china_whatever_zone_they_come_in():
    moment = datetime(2021, 12, 5, 17, 4, tzinfo=UTC)  # already the next day in China
    assert write_meta(moment) == "2021-12-06 01:04"
    assert write_minute(moment) == "2021年12月6日01:04"
    assert (write_date(moment), write_day(moment)) == ("2021年12月6日", "12月6日")


@given(st.text("0123456789年月日至—-~/.一二三十〇○个工作天周内前起止截止 （）", max_size=60))
def test_any_text_is_read_without_failing_and_offsets_lie_inside(text):
    items = [*find_dates(text, 2021), *find_ranges(text, 2021)]
    spans = [item.span for item in items] + find_impossible_dates(text, 2021)
    assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize("filler", [" ", "1", "一", "2021年", "月", "2021年12月", "至", "5个"])
def test_reading_costs_no_more_than_the_length_of_the_text(filler):
    # A page of one repeated character would hang a reader that goes back over it.
    text = filler * (50_000 // len(filler))
    assert find_dates(text, 2021) == find_ranges(text, 2021) == []


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_typed_day_is_read_back(on):
    assert read_day(on.isoformat()) == on
    assert read_minute(f"{on.isoformat()}T09:30").date() == on


@pytest.mark.parametrize(
    "text",
    ["2026-W10-1", "20261103", "2026-02-30", "0001-01-01", "２０２６-11-03", "2026-11-03 ", ""],
)
def test_other_writings_are_no_day(text):
    with pytest.raises(ValueError, match=r".*"):
        read_day(text)
    with pytest.raises(ValueError, match=r".*"):
        read_minute(f"{text}T09:30")


def test_a_time_of_another_zone_is_no_time_of_a_form():
    with pytest.raises(ValueError, match=r".*"):
        read_minute("2026-11-03T09:30+00:00")
