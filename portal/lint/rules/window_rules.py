"""W: publicity windows, and dates that the text states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.dates import (
    Unit,
    find_dates,
    find_impossible_dates,
    find_ranges,
    write_date,
    write_meta,
    write_range,
)
from portal.domain.window import Counting, honest_window
from portal.errors import CalendarError, Severity, Stage
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portal.domain.dates import FoundRange
    from portal.lint.rules.neighbours import Neighbour
    from portal.lint.rules.subjects import Subject

_SENTENCE_END = re.compile(r"[。；！？\n]")
_PUBLICITY = "公示"
_EXTENDING = ("延长", "顺延")
_AFTERWARDS = re.compile(r"期?满|结束|截止后|之后|以后|无异议|异议成立")
_FOLLOWS = re.compile(r"[^，,；;]{0,6}公示")
_NEAR = 10


@rule("W002")
def long_enough(subject: Subject) -> Iterator[Finding]:
    """公示期短于本届规定的天数，或者不按本届规定的办法计算。

    各级公示须多少个工作日或者多少天，由 content/awards/ 的届次规定；延长的天数另算，不能用来补足。
    """
    window, step = subject.notice.window, subject.step
    if not window or not step or not step.length:
        return
    key = f"window.{window.counting}"
    if window.counting is not step.counting:
        message = f"公示期写的是{window.counting.words(window.length)}，规定的是{step.duration}"
        yield subject.on(key, message, f"改写成 {step.counting}: {step.length}")
    elif window.length < step.length:
        message = f"公示期{window.counting.words(window.length)}，少于规定的{step.length}个"
        yield subject.on(key, message, f"{step.counting} 写 {step.length} 或更多")


@rule("W003")
def opens_on_a_working_day(subject: Subject) -> Iterator[Finding]:
    """公示从非工作日开始。

    起始日应为工作日：起始日计为第1个工作日，周末、放假日和停止办公日不能计入。调休上班的周末是
    工作日。按日历天数计算的公示期可以从任何一天开始。
    """
    window = subject.notice.window
    by_working_days = window is not None and window.counting is Counting.WORKING_DAYS
    if window and by_working_days and not window.days[0].day.working:
        day = window.days[0].day
        later = next(d.day.date for d in window.days if d.day.working)
        yield subject.on(
            "window.opens", f"{write_date(day.date)}是{day.reason}", f"改为{write_date(later)}"
        )


@rule("W004")
def text_ends_on_a_working_day(subject: Subject) -> Iterator[Finding]:
    """正文写的公示期止于非工作日。

    公示期按工作日计算的，最后一天总是工作日。
    """
    if _countings(subject) != {Counting.WORKING_DAYS}:
        return
    calendar = subject.context.tree.calendar
    for found in _stated(subject):
        if found.last is None:
            continue
        try:
            day = calendar.day(found.last)
        except CalendarError:
            continue
        if not day.working:
            message = f"正文写的截止日{write_date(found.last)}是{day.reason}"
            yield subject.body.find(found.span[0], message, "按公示期的推算结果改正")


@rule("W005")
def text_states_the_length(subject: Subject) -> Iterator[Finding]:
    """正文写的公示天数与公示期不一致。

    正文中含“公示”的句子写到天数时，应与 window 的长度相同；没有公示期的公告，应与本届规定的相同。
    写“5天”而公示期按工作日计算的，提醒写明“5个工作日”。
    """
    if subject.notice.kind.amends:
        return
    right = _lengths(subject)
    if not right:
        return
    countings = _countings(subject)
    expected = "、".join(_expected(right, countings))
    for found in _stated(subject):
        calendar_days = {(found.last - found.first).days + 1} if found.first and found.last else {0}
        if found.n is None or (found.unit is Unit.DAYS and {found.n} == calendar_days):
            continue
        if found.n not in right:
            message = f"正文写公示{found.n}{_measure(found)}，应为{expected}"
            yield subject.body.find(found.span[0], message, "改正正文，或更正 window")
        elif found.unit is Unit.WORKING_DAYS and Counting.WORKING_DAYS not in countings:
            message = f"正文写“{found.n}个工作日”，公示期不按工作日计算"
            yield subject.body.find(found.span[0], message, f"写明“{found.n}天”")
        elif found.unit is Unit.DAYS and countings == {Counting.WORKING_DAYS}:
            message = f"正文写“{found.n}天”，公示期按工作日计算"
            remedy = f"写明“{found.n}个工作日”"
            yield subject.body.find(found.span[0], message, remedy, Severity.WARNING)


@rule("W006")
def text_states_the_dates(subject: Subject) -> Iterator[Finding]:
    """正文写的公示起止日期与公示期不一致。

    正文中含“公示”的句子写出起止日期时，应与由 window 推算的日期相同；延长后，原来的截止日可以写，但
    延长后的截止日必须写明。
    """
    window = subject.notice.window
    if window is None:
        return
    base = [d.day.date for d in window.days if d.count == window.length]
    said = {found.date for found in find_dates(subject.notice.body, subject.year)}
    ends = {window.closes, *(base if window.closes in said else ())}
    right = write_range(window.opens, window.closes)
    for found in _stated(subject):
        if found.first is None and found.last is None:
            continue
        if found.first not in (None, window.opens) or found.last not in {None, *ends}:
            message = f"正文写公示期为{_written(found.first, found.last)}，推算为{right}"
            # A lone date may be another deadline in a sentence that only mentions the publicity.
            severity = Severity.ERROR if found.first else Severity.WARNING
            wrong = subject.body.find(found.span[0], message, "改正正文，或更正 window", severity)
            yield _unless_of_earlier(subject, found, wrong)


@rule("W007")
def published_before_it_opens(subject: Subject) -> Iterator[Finding]:
    """公告发布晚于公示起始日。

    起始日计为第1个工作日，公告须在这一天之前或当天发布，否则公众实际能看到的时间不足。
    """
    notice = subject.notice
    if notice.window and notice.published.date() > notice.window.opens:
        published, opens = write_date(notice.published.date()), write_date(notice.window.opens)
        message = f"{published}发布，而公示从{opens}起"
        yield subject.on("published", message, "推迟 window.opens，或核对 published")


@rule("W008")
def published_in_the_morning(subject: Subject) -> Iterator[Finding]:
    """公告在公示起始日的中午以后才发布。

    当天下午才发布而这一天计为第1个工作日，容易引起争议；建议从下一个工作日起公示，或者起始日不
    计（first-day: strict）。
    """
    notice = subject.notice
    window = notice.window
    if window is None or notice.published.date() != window.opens or not window.days[0].count:
        return
    if window.published_late(notice.published):
        message = f"公示起始日{write_meta(notice.published)[-5:]}才发布"
        remedy = "从下一个工作日起公示，或写 first-day: strict"
        yield subject.on("published", message, remedy, Severity.WARNING)


@rule("W011", Stage.PUBLISH)
def opens_after_it_is_published(subject: Neighbour) -> Iterator[Finding]:
    """公示期从实际发布之前算起：第1个工作日的中午12时以后才发布（倒签）。

    实际发布的时间以发布台账的记录为准；还没有入台账的，是现在，或者 published 写的以后的时间。公
    众看不到的日子不能计入公示期，请按提示推迟 window.opens。已经入了台账的只提醒，下一级名单从台
    账记录的发布时间起计算这份名单的公示期。
    """
    notice, context = subject.notice, subject.context
    recorded = context.recorded.get(notice.slug)
    at = recorded or (max(context.now, notice.published) if context.now else None)
    if notice.window is None or at is None or notice.demonstration:
        return
    written = f"公示期自{write_date(notice.window.opens)}起"
    happened = "入发布台账" if recorded else "发布"
    message = f"{written}，而公告{write_meta(at)}才{happened}"
    severity = Severity.WARNING if recorded else Severity.ERROR
    try:
        honest = honest_window(notice.window, at, context.tree.calendar)
    except CalendarError as error:
        yield subject.on("window.opens", message, str(error), severity)
        return
    if honest != notice.window:
        remedy = f"最早可写 opens: {honest.opens}，公示期至{write_date(honest.closes)}"
        yield subject.on("window.opens", message, remedy, severity)


@rule("W009")
def issued_before_published(subject: Subject) -> Iterator[Finding]:
    """成文日期晚于发布日期。

    公告先成文，后发布。
    """
    notice = subject.notice
    if notice.issued and notice.issued > notice.published.date():
        message = f"成文日期{write_date(notice.issued)}晚于发布日期"
        yield subject.on("issued", message, "核对 issued 和 published")


@rule("W010")
def dates_exist(subject: Subject) -> Iterator[Finding]:
    """正文写了不存在的日期，如 2月30日。"""
    for start, end in find_impossible_dates(subject.notice.body, subject.notice.published.year):
        written = subject.notice.body[start:end]
        yield subject.body.find(start, f"日期“{written}”不存在", "核对后改正")


def _stated(subject: Subject) -> Iterator[FoundRange]:
    """Ranges and lengths by which the body says when the publicity runs."""
    body = subject.notice.body
    if _PUBLICITY not in body:
        return
    window = subject.notice.window
    year = (window.opens if window else subject.notice.published).year
    for found in find_ranges(body, year):
        begin = max((m.end() for m in _SENTENCE_END.finditer(body, 0, found.span[0])), default=0)
        end = _SENTENCE_END.search(body, found.span[1])
        before = body[begin : found.span[0]]
        after = body[found.span[1] : end.start() if end else len(body)]
        deadline = found.first is None and found.last is not None
        if _speaks_of_publicity(found, before, after) and not (deadline and window is None):
            yield found


def _speaks_of_publicity(found: FoundRange, before: str, after: str) -> bool:
    """Whether the sentence around a range means the publicity itself, not what comes after it."""
    if any(word in before + after for word in _EXTENDING):
        return False
    _, publicity, between = before.rpartition(_PUBLICITY)
    if not publicity:
        return bool(_FOLLOWS.match(after))
    alone = found.first is None and found.last is None
    return not _AFTERWARDS.search(between) and not (alone and len(between) > _NEAR)


def _unless_of_earlier(subject: Subject, found: FoundRange, wrong: Finding) -> Finding:
    """The text of a list may mention the windows of the lists that it stands on."""
    window, before = subject.notice.kind.has_window, subject.stands_on
    if not (window and before and found.first and found.last):
        return wrong
    first, last = found.first.isoformat(), found.last.isoformat()
    edition = subject.notice.edition
    return wrong.unless("had_earlier_window", edition, " ".join(before), first, last)


def _countings(subject: Subject) -> set[Counting]:
    """How the window's days count, or those of every publicity of the edition."""
    window = subject.notice.window
    return {window.counting} if window else {s.counting for s in subject.edition.stages}


def _lengths(subject: Subject) -> set[int]:
    """The lengths that a text may state: the window's, or those of every publicity."""
    window = subject.notice.window
    if window:
        return {window.length, window.total}
    return {stage.length for stage in subject.edition.stages if stage.length}


def _expected(lengths: set[int], countings: set[Counting]) -> Iterator[str]:
    """Lengths as a finding names them: 5个工作日, and with several: 5、7个工作日."""
    *most, last = sorted(lengths)
    yield from map(str, most)
    yield next(iter(countings)).words(last) if len(countings) == 1 else f"{last}天"


def _measure(found: FoundRange) -> str:
    return "个工作日" if found.unit is Unit.WORKING_DAYS else "天"


def _written(first: date | None, last: date | None) -> str:
    if first and last:
        return write_range(first, last)
    if first:
        return f"{write_date(first)}起"
    return f"至{write_date(last)}" if last else ""


RULES = (
    long_enough,
    opens_on_a_working_day,
    text_ends_on_a_working_day,
    text_states_the_length,
    text_states_the_dates,
    published_before_it_opens,
    published_in_the_morning,
    issued_before_published,
    dates_exist,
)
NEIGHBOUR_RULES = (opens_after_it_is_published,)
