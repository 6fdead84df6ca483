"""Dates and ranges as notices write them: found in Chinese text, and written out.

Source of the shapes: docs/domain.md §2. Offsets are those of the text as it stands. A date without
a year takes the year last named before it, or the one given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.domain.text import Span, halfwidth, holds_any, lazy_pattern, matches
from portal.domain.workdays import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_CN = "零〇○一二三四五六七八九"
_DECEMBER = 12
_TYPED_DAY = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d", re.ASCII)
_TYPED_MINUTE = re.compile(rf"{_TYPED_DAY.pattern}[T ]\d\d:\d\d(?::\d\d)?", re.ASCII)


class Unit(StrEnum):
    """What a length counts."""

    WORKING_DAYS = "工作日"
    DAYS = "天"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text."""

    span: Span
    date: date


@dataclass(frozen=True, slots=True)
class FoundRange:
    """A range in a text: two dates, one date and a length, or a length alone; the rest is None."""

    span: Span
    first: date | None = None
    last: date | None = None
    n: int | None = None
    unit: Unit | None = None


# Spaces are bounded, so that a page full of them costs no more than its length.
_S = " {0,3}"
_YEAR = rf"(?:\d{{4}}|[{_CN}]{{4}}){_S}年"
_MONTH = rf"(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}}){_S}月"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_ISO = r"\d{4}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2}"
_BEGIN_OF_A_DATE = lazy_pattern(rf"[\d{_CN}十 ]")
_BEGIN_OF_A_LENGTH = lazy_pattern(r"[\d两一二三四五六七八九十]")
_WEEKDAY = rf"{_S}\((?:星期|周)[一二三四五六日天]\)"
_TIME = rf"{_S}(?:上午|下午)?\d{{1,2}}[:时]\d{{0,2}}分?"
_ASIDE = rf"(?:{_WEEKDAY})?(?:{_TIME})?"
_TO = rf"{_S}起?{_S}(?:至|到|—{{1,2}}|–|-{{1,2}}|~){_S}"

_DATE = lazy_pattern(
    rf"(?<!\d)(?:(?P<iso>{_ISO})(?!\d)"
    rf"|(?P<year>{_YEAR})?{_S}(?P<month>{_MONTH}){_S}(?P<day>{_DAY})"
    rf"(?:(?P<mark>{_S}[日号])|(?!\d)))"
)
_END = lazy_pattern(
    rf"(?P<to>{_ASIDE}{_TO})(?:(?P<iso>{_ISO})(?!\d)|(?P<isoday>\d{{2}}-\d{{2}})(?!\d)"
    rf"|(?P<year>{_YEAR})?{_S}(?P<month>{_MONTH})?{_S}(?P<day>{_DAY}){_S}[日号])"
)
_LENGTH = lazy_pattern(
    rf"(?<![\d月第])(?P<n>\d{{1,3}}|[两一二三四五六七八九十]{{1,3}}){_S}个?{_S}"
    r"(?P<unit>工作日|自然日|日历日|天|周(?=[内。,;)]|$)|日(?=[内止以]))"
    r"|(?<=[期共为])(?P<days>\d{1,2})(?=日)"
)
_UNITS = "日天周"
_JOIN = lazy_pattern(
    r"[ ,、(]{0,3}(?:止|起)?[ ,、(]{0,3}(?:公示期)?(?:共计|共|计|为期|时间为|公示|为)? {0,3}"
)

_BARE_END = lazy_pattern(rf"{_TO}{_DAY}{_S}[日号]")
_FROM = lazy_pattern(r"[ ,]{0,3}起")
_BEFORE = lazy_pattern(rf"(?:{_TIME})?{_S}(?:以?前|截止|止)")
_DEADLINE = lazy_pattern(r"截止[^。;,0-9]{0,6}$")


def find_dates(text: str, year: int | None = None) -> list[FoundDate]:
    """Every existing date of a text, in order; the elliptical end of a range too."""
    return [FoundDate(span, on) for span, on in _flat(halfwidth(text), year) if on]


def find_impossible_dates(text: str, year: int | None = None) -> list[Span]:
    """Dates that no calendar has, such as 2月30日."""
    return [span for span, on in _flat(halfwidth(text), year) if not on]


def find_ranges(text: str, year: int | None = None) -> list[FoundRange]:
    """Every range of a text, in order: `2026年12月7日至10日（5个工作日）`, `8月13日起7天`.

    A deadline (`11月23日前`, `截止期为…`) is a range with `last` alone.
    """
    return list(_ranges(halfwidth(text), year))


@lru_cache(maxsize=4)
def _ranges(plain: str, year: int | None) -> tuple[FoundRange, ...]:
    found = [r for d in _dated(plain, year) if (r := _range(plain, d)) is not None]
    inside = {i for r in found for i in range(*r.span)}
    lengths = matches(_LENGTH(), _BEGIN_OF_A_LENGTH(), plain) if holds_any(plain, _UNITS) else ()
    for length in lengths:
        if length.start() not in inside:
            n, unit = _length(length)
            found.append(FoundRange(length.span(), n=n, unit=unit))
    return tuple(sorted(found, key=lambda item: item.span))


def read_number(text: str) -> int:
    """A number below 100 in digits or Chinese numerals: 5, 五, 十五, 二十."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[c]) for c in text))


def read_day(text: str) -> date:
    """A day as forms and files write it, 2026-11-03, of the years 1900 to 2199; ValueError.

    `date.fromisoformat` reads weeks and days without hyphens too, which nobody means.
    """
    if not _TYPED_DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_minute(text: str) -> datetime:
    """A time in China as a form sends it, 2026-11-03T09:00; ValueError likewise."""
    if not _TYPED_MINUTE.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def write_date(on: date) -> str:
    """`2026年12月7日`: Arabic digits without a leading zero (GB/T 9704); an instant in China."""
    day = _in_china(on) if isinstance(on, datetime) else on
    return f"{day.year}年{day.month}月{day.day}日"


def write_day(on: date) -> str:
    """`12月6日`, where the year is plain; an instant in China."""
    return write_date(on).partition("年")[2]


def write_range(first: date, last: date) -> str:
    """`2026年12月7日至10日`: the end repeats only what differs."""
    if first == last:
        return write_date(first)
    end = f"{last.day}日"
    if (first.year, first.month) != (last.year, last.month):
        end = f"{last.month}月{end}"
    return f"{write_date(first)}至{f'{last.year}年' if first.year != last.year else ''}{end}"


def write_span(first: date, last: date) -> str:
    """`2026年12月7日至12月10日`: a window's range; the year again where it changes."""
    end = write_day(last) if first.year == last.year else write_date(last)
    return f"{write_date(first)}至{end}"


def write_minute(at: datetime) -> str:
    """`2026年12月7日09:00` in China, for prose."""
    return f"{write_date(at)}{_in_china(at):%H:%M}"


def write_meta(at: datetime) -> str:
    """`2026-12-07 09:00` in China: the form of the PubDate tag and of meta rows."""
    return _in_china(at).isoformat(" ", "minutes")[: len("2026-12-07 09:00")]


def write_second(at: datetime) -> str:
    """`2026-12-07 09:00:00` in China: a moment that is proved."""
    return _in_china(at).isoformat(" ", "seconds")[: len("2026-12-07 09:00:00")]


def write_clock(at: datetime) -> str:
    """`09:00:00` in China."""
    return write_second(at).partition(" ")[2]


def write_weekday(on: date) -> str:
    """`星期一`."""
    return f"星期{'一二三四五六日'[on.weekday()]}"


def _in_china(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date and, when it opens a range, the end; a date is None when no calendar has it."""

    span: Span
    first: date | None
    end: Span | None = None
    last: date | None = None


def _flat(plain: str, year: int | None) -> Iterator[tuple[Span, date | None]]:
    for dated in _dated(plain, year):
        yield dated.span, dated.first
        if dated.end:
            yield dated.end, dated.last


@lru_cache(maxsize=4)
def _dated(plain: str, year: int | None) -> tuple[_Dated, ...]:
    """The dates of a text, which several rules ask for in turn."""
    return tuple(_each_dated(plain, year))


def _each_dated(plain: str, year: int | None) -> Iterator[_Dated]:
    done = 0
    while match := next(matches(_DATE(), _BEGIN_OF_A_DATE(), plain, done), None):
        done = match.end()
        parts = _parts(match, year)
        # `12月5-11日` leaves out the first 日; a month and a number alone are no date.
        if parts is None or not (match["iso"] or match["mark"] or _BARE_END().match(plain, done)):
            continue
        year = parts[0]
        first = _date(*parts)
        to = _END().match(plain, done)
        if first is None or to is None:
            yield _Dated(match.span(), first)
            continue
        done = to.end()
        last = _end_date(to, first)
        year = last.year if last else year
        yield _Dated(match.span(), first, (to.end("to"), done), last)


def _parts(match: re.Match[str], year: int | None) -> tuple[int, int, int] | None:
    if match["iso"]:
        y, m, d = (int(part) for part in re.split(r"[-/.]", match["iso"]))
        return y, m, d
    year = _part(match["year"]) if match["year"] else year
    return None if year is None else (year, _part(match["month"]), read_number(match["day"]))


def _part(text: str) -> int:
    return read_number(text.rstrip("年月 "))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _range(plain: str, dated: _Dated) -> FoundRange | None:
    """The range or deadline that begins with a date, if one does."""
    if dated.first is None or (dated.end and dated.last is None):
        return None
    start, end = dated.span[0], (dated.end or dated.span)[1]
    join = _JOIN().match(plain, end)
    length = _LENGTH().match(plain, join.end() if join else end)
    if length and (dated.last or _FROM().match(plain, end)):
        n, unit = _length(length)
        return FoundRange((start, length.end()), dated.first, dated.last, n, unit)
    if dated.last:
        return FoundRange((start, end), dated.first, dated.last)
    if _BEFORE().match(plain, end) or _DEADLINE().search(plain[max(start - 10, 0) : start]):
        return FoundRange(dated.span, last=dated.first)
    return None


def _end_date(to: re.Match[str], first: date) -> date | None:
    """The end of a range; what it leaves out it takes from the first date."""
    if to["iso"]:
        y, m, d = (int(part) for part in re.split(r"[-/.]", to["iso"]))
        return _date(y, m, d)
    if to["isoday"]:
        month, day = (int(part) for part in to["isoday"].split("-"))
    else:
        month = _part(to["month"]) if to["month"] else first.month
        day = read_number(to["day"])
    year = _part(to["year"]) if to["year"] else first.year
    if not to["year"] and (month, first.month) == (1, _DECEMBER):
        year += 1
    return _date(year, month, day)


def _length(match: re.Match[str]) -> tuple[int, Unit]:
    if match["days"]:
        return int(match["days"]), Unit.DAYS
    n = read_number(match["n"])
    if match["unit"] == "周":
        return n * 7, Unit.DAYS
    return n, Unit.WORKING_DAYS if match["unit"] == "工作日" else Unit.DAYS
