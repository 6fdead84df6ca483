"""L: what a list changes against the lists it stands on, and the reasons stated for it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from portal.domain.list_changes import list_changes, reason_for
from portal.domain.quotas import vacancies
from portal.domain.stated_reasons import ListChange
from portal.errors import Severity, Stage
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.domain.list_changes import Changed
    from portal.lint.rules.neighbours import Listed

_NAMED = 3


@rule("L018", Stage.PUBLISH)
def differences_have_reasons(subject: Listed) -> Iterator[Finding]:
    """名单与所依据的名单不同，而没有写明原因：新增、未列入、名称变更、因异议取消、类别或奖项变更。

    在信息头的 reasons 里写明，随文公布。一类条目同一个原因的，写一条，不写 entry，例如
    {about: left-out, reason: 经评审未进入获奖建议名单}。
    """
    wanting: defaultdict[ListChange, list[str]] = defaultdict(list)
    for changed in _changes(subject):
        if not reason_for(changed, subject.notice.reasons):
            wanting[changed.change].append(changed.name)
    for change, names in wanting.items():
        shown = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
        message = f"与以前的名单不同，没有写明原因：{change.label}{len(names)}个（{shown}）"
        remedy = f"在 reasons 里写 about: {change.value} 和 reason"
        yield subject.in_list(None, "名称", message, remedy, Severity.WARNING)


@rule("L019", Stage.PUBLISH)
def reasons_are_about_something(subject: Listed) -> Iterator[Finding]:
    """写了原因（reasons），而名单没有这样的不同；多半是名单后来改了，或者名称写错。"""
    if not subject.notice.reasons or _recorded(subject):
        return
    changes = _changes(subject)
    for stated in subject.notice.reasons:
        vacant = stated.about is ListChange.VACANT
        told = (
            _vacant(subject, stated.entry)
            if vacant
            else any(reason_for(changed, [stated]) for changed in changes)
        )
        if not told:
            message = f"写了“{stated.sentence}”，名单没有这样的不同"
            yield subject.on("reasons", message, "核对名称，或删去这一条", Severity.WARNING)


def _vacant(subject: Listed, grade: str) -> bool:
    """Whether a place is vacant, of a grade or of any."""
    left = vacancies(subject.edition, subject.notice.entries)
    return any(number for name, number in left.items() if grade in ("", str(name)))


def _changes(subject: Listed) -> tuple[Changed, ...]:
    """What the list changes against the closed lists it stands on; nothing once it is recorded."""
    notice = subject.notice
    if not subject.stands_on or _recorded(subject):
        return ()
    # The nearest of those stages: what came before that stood in it already.
    before = subject.round.earlier_lists(subject.stands_on[-1]).stood(
        notice.published, subject.county
    )
    if not before:
        return ()
    telling = subject.context.telling.get(notice.edition, ())
    left = [d for n in telling if n.published <= notice.published for d in n.departures]
    stayed = [entry for entry in before if not any(one.means(entry) for one in left)]
    known = subject.context.holds.holds
    holds = [hold for edition, hold in known if edition == notice.edition]
    now = [entry._replace(county=entry.county or subject.county) for entry in notice.entries]
    return list_changes(stayed, now, holds)


def _recorded(subject: Listed) -> bool:
    return (subject.notice.slug, subject.notice.revision) in subject.context.ledgered


LIST_RULES = (differences_have_reasons, reasons_are_about_something)
