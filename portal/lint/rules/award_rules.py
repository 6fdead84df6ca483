"""A: award rules: places, caps, and which list must stand on which."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from portal.domain import faults as broken
from portal.domain.dates import write_meta
from portal.domain.names import name_key
from portal.domain.notice import Kind, Level
from portal.domain.quotas import cap_faults, exception_faults
from portal.domain.standing import held_faults
from portal.errors import Severity, Stage
from portal.lint.rules.rule import Finding, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from portal.domain.awards import Sort
    from portal.domain.faults import Fault
    from portal.domain.notice import Entry
    from portal.lint.rules.neighbours import Listed, Neighbour, Round
    from portal.lint.rules.subjects import Subject

CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much the desk's clock may go before that of the machine that publishes."""

HOLDS_LAST = timedelta(hours=72)
"""For how long an export of the desk's holds speaks for the time when a list goes out."""


@rule("A001")
def entries_have_grades(subject: Subject) -> Iterator[Finding]:
    """表彰决定的条目没有写明奖项。"""
    if subject.notice.kind is Kind.DECISION:
        yield from _findings(subject, subject.of_places, "名称", broken.Rule.GRADE)


@rule("A002")
def places_are_kept(subject: Subject) -> Iterator[Finding]:
    """名单超出了本届的名额；或者有空缺，而本届不允许空缺。

    名额在 content/awards/ 各 [[grades]] 的 places 中；无符合条件的可空缺（vacancies = true），
    不占名额的类别（takes-place = false，如复评）不计。公示还没有分奖项的，不检查名额。
    """
    notice = subject.notice
    graded = any(entry.grade for entry in notice.entries)
    own = notice.kind.has_window and notice.kind.level is Level.CITY
    if notice.kind is Kind.DECISION or (own and graded):
        yield from _findings(subject, subject.of_places, "奖项", broken.Rule.PLACES)


@rule("A003")
def caps_are_kept(among: Round) -> Iterator[Finding]:
    """县（区）推荐的组织或个人超过限额。

    数目在 content/awards/ 的 [[caps]] 中，查第一次公示的名单。一个县（区）分几份名单公示的，合并
    计算，重复的只计一次；已撤回的、异议成立的、再次公示没有列入的不计。限额是原则上的（principle =
    true），经同意可以例外：在公告的 exceptions 中写明类别、数目、原因和同意的机关，随文公布。
    """
    for places in among.recommended.values():
        first: dict[tuple[str, Sort], tuple[Listed, Entry]] = {}
        for subject, entry in places:
            first.setdefault((name_key(entry.name), entry.category.sort), (subject, entry))
        owners = {id(entry): subject for subject, entry in first.values()}
        for subject, _ in places[:1]:
            entries = tuple(entry for _, entry in first.values())
            exceptions = {e for other, _ in places for e in other.notice.exceptions}
            for fault in cap_faults(
                subject.edition, entries, subject.county, sorted(exceptions, key=str)
            ):
                yield from _findings(owners[id(fault.entry)], [fault], "名称", broken.Rule.CAP)


@rule("A010")
def exceptions_are_possible(subject: Subject) -> Iterator[Finding]:
    """写了限额的例外，而本届没有这样的原则上的限额，或者没有超过限额。

    可以例外的限额，在 content/awards/ 的 [[caps]] 中写着 principle = true。
    """
    for fault in exception_faults(subject.edition, subject.notice.exceptions):
        yield subject.on("exceptions", fault.message, fault.remedy)


@rule("A004", Stage.PUBLISH)
def entries_stood_before(subject: Listed) -> Iterator[Finding]:
    """条目没有在上一级名单上公示过。

    各级名单以哪些公示为依据，由届次规定（content/awards/ 的 stands-on）：只能列在那里公示期满的。
    """
    yield from _gate(subject, subject.standing, broken.Rule.NOT_STOOD)


@rule("A005", Stage.PUBLISH)
def earlier_windows_are_closed(subject: Listed) -> Iterator[Finding]:
    """条目所在的上一级名单，在本公告发布时公示期未满，或者已经撤回。"""
    yield from _gate(subject, subject.standing, broken.Rule.STILL_OPEN)


@rule("A006", Stage.PUBLISH)
def names_stay_the_same(subject: Listed) -> Iterator[Finding]:
    """条目与上一级名单中的某一个疑为同一对象，而名称不一致。

    名称变了，公众就不能把两份名单对上；确已更名的，先发更正公告。
    """
    yield from _gate(subject, subject.standing, broken.Rule.RENAMED)


@rule("A007", Stage.PUBLISH)
def details_stay_the_same(subject: Listed) -> Iterator[Finding]:
    """条目的类别、县区、奖项或信用代码与上一级名单不一致；工作单位不一致的只提醒。"""
    yield from _gate(subject, subject.standing, broken.Rule.CHANGED)


@rule("A009", Stage.PUBLISH)
def left_out_is_left_out(subject: Listed) -> Iterator[Finding]:
    """条目公示过，但再次公示的名单没有列入，不能再列入下一级名单。

    同一县（区）或市级以后又公示、并且与前一份有相同条目的名单是再次公示：以后一份为准，前一份里
    没有再列入的条目视为取消，名额空出。确应列入的，须再次公示期满。
    """
    yield from _gate(subject, subject.standing, broken.Rule.LEFT_OUT)


@rule("A008", Stage.PUBLISH)
def nobody_is_held_back(subject: Listed) -> Iterator[Finding]:
    """条目有尚未办结或成立的异议，不能列入市级公示或表彰决定；没有可靠的 holds.json 也不能发布。

    取下该条目，名额空缺，其余照常进行。异议的情况来自工作台导出、签名的 holds.json：要在上一级名单
    公示期满以后导出，到发布时不超过72小时，也不能晚于现在（两台电脑的时钟相差10分钟以内的不计）。名单
    发布以后才有的异议，只提醒。
    """
    if subject.stands_on:
        known = subject.context.holds.holds
        holds = [h for edition, h in known if edition == subject.notice.edition]
        faults = held_faults(subject.notice.entries, holds)
        yield from _gate(subject, faults, broken.Rule.HELD)


def _holds_are_reliable(subject: Neighbour) -> Iterator[Finding]:
    """Why the desk's export says nothing about a list that is about to go out."""
    notice, context = subject.notice, subject.context
    if not subject.stands_on or (notice.slug, notice.revision) in context.ledgered:
        return
    remedy = "从工作台取最新的 holds.json 和 keys/public/desk.pub，见 docs/desk.md"
    held, fault = context.holds, context.holds.fault
    if held.generated is not None:
        goes_out = max(context.now or notice.published, notice.published)
        ended = _last_window_end(subject)
        made = f"异议情况文件是{write_meta(held.generated)}导出的"
        if context.now is not None and held.generated > context.now + CLOCKS_DIFFER:
            fault = f"{made}，比现在的时间晚：请核对工作台和这台电脑的时钟"
        elif ended is not None and held.generated < ended:
            fault = f"{made}，早于上一级名单公示期满的{write_meta(ended)}"
        elif goes_out - held.generated > HOLDS_LAST:
            fault = f"{made}，到发布时已超过{HOLDS_LAST // timedelta(hours=1)}小时"
    if fault:
        yield subject.on("title", f"{fault}，不能确定名单中没有被异议的条目", remedy)


def _last_window_end(subject: Neighbour) -> datetime | None:
    """When the last window ended of the lists that this one stands on."""
    notice, context = subject.notice, subject.context
    before = subject.stands_on
    lists = context.lists.get(notice.edition, ())
    earlier = (known.notice for known in lists if known.sound and known.kind in before)
    ends = [
        other.window.closes_at
        for other in earlier
        if other.window is not None
        and other.slug not in context.withdrawn
        and other.published < notice.published
    ]
    return max(ends, default=None)


def _findings(
    subject: Subject, faults: Iterable[Fault], column: str, only: broken.Rule
) -> Iterator[Finding]:
    for fault in faults:
        if fault.rule is only:
            yield subject.in_list(fault.entry, column, fault.message, fault.remedy, fault.severity)


def _gate(subject: Listed, faults: Iterable[Fault], only: broken.Rule) -> Iterator[Finding]:
    """Findings that keep a list from going out; on one that stands in the ledger only a warning.

    What happens later, an objection or a correction, must not stop the office from publishing
    everything else.
    """
    notice = subject.notice
    published = (notice.slug, notice.revision) in subject.context.ledgered
    for found in _findings(subject, faults, "名称", only):
        yield replace(found, severity=Severity.WARNING) if published else found


# One code has two halves: what the export says, and whether it can be relied on by now.
holds_are_reliable = Rule("A008", _holds_are_reliable, Stage.PUBLISH)

RULES = (entries_have_grades, places_are_kept, exceptions_are_possible)
LIST_RULES = (
    entries_stood_before,
    earlier_windows_are_closed,
    names_stay_the_same,
    details_stay_the_same,
    nobody_is_held_back,
    left_out_is_left_out,
)
NEIGHBOUR_RULES = (holds_are_reliable,)
ROUND_RULES = (caps_are_kept,)
