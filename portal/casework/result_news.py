"""Result news: what the register says of a publicity, as the header of its result has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.domain.masking import mask_name
from portal.domain.objection import CaseState, Grounds, NonAcceptance, Outcome
from portal.domain.round_news import PENDING_OUTCOME, WHOLE_LIST, Cause
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from portal.casework.models import Case
    from portal.domain.notice import Notice

_Items = list[dict[str, Any]]


def result_news(notice: Notice, cases: Sequence[Case]) -> tuple[_Items, _Items]:
    """The objections without who raised them, and the entries that they removed.

    RequestError while an objection is unread: it may concern anybody.
    """
    unread = sum(CaseState(case.state).open and not case.opened_at for case in cases)
    if unread:
        raise RequestError(f"还有{unread}件异议没有拆封，不知道涉及哪些条目；请先拆封办理")
    shown = {str(one.category) for one in notice.entries if not one.category.individual}
    objections: _Items = [
        {
            "received": case.received_at.astimezone(SHANGHAI).date(),
            "about": about_of(case, shown),
            "grounds": [Grounds(value).label for value in case.grounds.split(",") if value],
            "outcome": _outcome(case),
        }
        for case in cases
    ]
    struck = {(one["entry"], one["category"], one.get("county")): one for one in _struck(cases)}
    return objections, list(struck.values())


def about_of(case: Case, shown: set[str]) -> str:
    """What a case concerns: persons masked unless removed, and the list as a whole.

    `shown` are the categories of no persons; what the list does not say to be none is masked.
    """
    named = [
        entry.name
        if entry.category in shown or entry.upheld
        else "、".join(map(mask_name, entry.name.split("、")))
        for entry in case.entries
    ]
    return "、".join([*named, WHOLE_LIST] if case.whole or not named else named)


def _outcome(case: Case) -> str:
    if case.outcome:
        return Outcome(case.outcome).label
    state = CaseState(case.state)
    if state.open:
        return PENDING_OUTCOME
    return state.label + (f"（{NonAcceptance(case.reason).label}）" if case.reason else "")


def _struck(cases: Iterable[Case]) -> Iterator[dict[str, Any]]:
    """The entries of objections that were upheld."""
    for case in cases:
        for entry in case.entries if case.outcome == Outcome.UPHELD else ():
            if entry.upheld:
                found = {"entry": entry.name, "category": entry.category, "why": str(Cause.UPHELD)}
                apart = {"county": entry.county, "employer": entry.employer}
                yield found | {key: value for key, value in apart.items() if value}
