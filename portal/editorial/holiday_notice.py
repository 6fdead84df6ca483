"""Reading the State Council's yearly notice on holidays: the days that its text means, or doubts.

    二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。
    1月26日（周日）、2月8日（周六）上班。

Every date of the text is accounted for: a holiday, a make-up day, or a doubt. Counts (共8天) and
days of the week that the text gives are checked against the dates; what does not fit is a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_YEAR = re.compile(r"(20\d\d)\s*年\s*(?:部分|元旦|节假日)")
_HEAD = re.compile(
    r"(?:^|\n)\s*(?:[一二三四五六七八九十]+、|[（(]?\d+[）).、])?\s*([\u4e00-\u9fff、]{2,12}?)[：:]"
)
_DATE = (
    r"(?:(?P<y{0}>20\d\d)年)?(?:(?P<m{0}>\d{{1,2}})月)?(?P<d{0}>\d{{1,2}})日(?P<w{0}>（[^）]*）)?"
)
_SPAN = re.compile(_DATE.format(1) + r"(?:(?:至|—|-|到)" + _DATE.format(2) + ")?")
_COUNT = re.compile(r"共(\d+)天|放假(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_OFF = ("放假", "补休", "公休", "休息")
_LONGEST = 20
_ADVICE = ("鼓励", "建议", "提倡")


@dataclass
class HolidayNotice:
    """What a notice means. Nothing of it is used while there is a doubt."""

    year: int = 0
    holidays: dict[date, str] = field(default_factory=dict)
    makeups: dict[date, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def read_notice_text(text: str) -> HolidayNotice:
    """The days of a pasted notice; it never guesses."""
    plain = text.replace("\r\n", "\n").replace("\u3000", " ").replace("(", "（").replace(")", "）")
    found = HolidayNotice()
    years = {int(year) for year in _YEAR.findall(plain)}
    if len(years) != 1:
        found.doubts.append(
            "没有认出是哪一年的安排：请连同标题“关于某年部分节假日安排的通知”一起粘贴"
        )
        return found
    found.year = years.pop()
    for name, body in _parts(plain):
        _read_part(found, name, body)
    missing = [f for f in _FESTIVALS if not any(f in name for name in found.holidays.values())]
    if missing:
        found.doubts.append(f"没有读到{'、'.join(missing)}的安排")
    both = sorted(found.holidays.keys() & found.makeups.keys())
    found.doubts += [f"{_say(day)}既放假又上班" for day in both]
    return found


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Each festival with its sentences."""
    heads = [m for m in _HEAD.finditer(text) if any(f in m[1] for f in _FESTIVALS)]
    for at, head in enumerate(heads):
        end = heads[at + 1].start() if at + 1 < len(heads) else len(text)
        body = text[head.end() : end].split("\n\n", maxsplit=1)[0]
        yield head[1], "".join(body.split())


def _read_part(found: HolidayNotice, name: str, body: str) -> None:
    off: list[date] = []
    for sentence in re.split(r"[。；;]", body):
        if sentence.startswith(_ADVICE):  # 鼓励各单位……安排职工在除夕休息: no holiday of the year
            continue
        spans = [(match, _days(found, match)) for match in _SPAN.finditer(sentence)]
        for match, days in spans:
            after = sentence[match.end() :]
            kind = _kind(after)
            if kind == "work":
                found.makeups |= dict.fromkeys(days, name)
            elif kind == "off":
                found.holidays |= dict.fromkeys(days, name)
                off += days
            else:
                found.doubts.append(f"{name}：“{match[0]}”是放假还是上班，没有写明")
        count = _COUNT.search(sentence)
        if count and off and int(count[1] or count[2]) != len(off):
            wanted = int(count[1] or count[2])
            found.doubts.append(f"{name}：写的是{wanted}天，读出的日期是{len(off)}天")


def _kind(after: str) -> str:
    """What is said of a date: by the first of the words that follow it."""
    places = [(after.find(word), "off") for word in _OFF if word in after]
    places += [(after.find(word), "work") for word in ("上班",) if word in after]
    return min(places)[1] if places else ""


def _days(found: HolidayNotice, match: re.Match[str]) -> list[date]:
    """The dates of a span; a part left out is that of the date before."""
    first = _date(found, match, "1", None)
    last = _date(found, match, "2", first) if match["d2"] else first
    if first is None or last is None:
        return []
    length = (last - first).days
    if not 0 <= length < _LONGEST:
        found.doubts.append(f"“{match[0]}”的起止不对")
        return []
    return [first + timedelta(days=step) for step in range(length + 1)]


def _date(
    found: HolidayNotice, match: re.Match[str], which: str, before: date | None
) -> date | None:
    year = int(match[f"y{which}"] or (before.year if before else found.year))
    month = int(match[f"m{which}"] or (before.month if before else _last_month(match)))
    try:
        day = date(year, month, int(match[f"d{which}"]))
    except ValueError:
        found.doubts.append(f"“{match[0]}”不是日期")
        return None
    said = _WEEKDAY.search(match[f"w{which}"] or "")
    if (
        said
        and "一二三四五六日天".index(said[1]) % 7 != day.weekday()
        and not (
            said[1] in "日天" and day.isoweekday() == 7  # noqa: PLR2004 - Sunday
        )
    ):
        found.doubts.append(f"“{match[0]}”：{_say(day)}不是周{said[1]}")
    return day


def _last_month(match: re.Match[str]) -> int:
    """The month named last before a date that gives none: 9月28日、29日."""
    earlier = re.findall(r"(\d{1,2})月", match.string[: match.start()])
    return int(earlier[-1]) if earlier else 0


def _say(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
