"""Asking the register: which cases a person may see, the inbox's filters, search and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from portal.casework.models import Approval, Case
from portal.casework.people import Person, Role
from portal.domain.objection import CaseState
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

OPEN_STATES = tuple(state.value for state in CaseState if state.open)
PAGE_SIZE = 50


class NoSuchCaseError(RequestError):
    """No such case for this person; the same answer for one that exists elsewhere."""


def handles(person: Person, case: Case) -> bool:
    """Whether the case is this person's office's to handle."""
    if person.role is Role.COUNTY:
        return bool(person.county) and case.office_county == person.county
    return person.role is Role.CITY and case.office == person.office


def visible(person: Person, main_office: str) -> ColumnElement[bool]:
    """The cases a person may see: the own office's; for the city's main office the counties' too.

    The main office sees the counties' cases without contents, since it does not hold their keys. A
    case that concerns the main office itself lies with another office and is not in its list.
    """
    if person.role is Role.COUNTY:
        return and_(Case.office_county == person.county, Case.office_county != "")
    if person.role is Role.CITY and person.office == main_office:
        return or_(Case.office == person.office, Case.office_county != "")
    return Case.office == person.office if person.role is Role.CITY else false()


def find(
    session: Session, person: Person, main_office: str, number: str, *, lock: bool = False
) -> Case:
    """A case by its number; NoSuchCaseError when the person may not see it."""
    query = select(Case).where(visible(person, main_office), Case.number == number)
    case = session.scalar(query.with_for_update(of=Case) if lock else query)
    if case is None:
        raise NoSuchCaseError("没有这个编号的异议，或者不由您的单位办理")
    return case


@dataclass(frozen=True, slots=True)
class Query:
    """The inbox's filters; an empty one does not filter. `state` may be "open" or "overdue"."""

    state: str = "open"
    notice: str = ""
    assigned: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True)
class Found:
    """One page of the inbox and how many there are in all."""

    cases: Sequence[Case]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """Number of pages."""
        return max(1, -(-self.total // PAGE_SIZE))


def _state_filter(state: str, today: date) -> ColumnElement[bool] | None:
    if state == "open":
        return Case.state.in_(OPEN_STATES)
    if state == "overdue":
        return and_(Case.state.in_(OPEN_STATES), Case.due < today, Case.replied_at.is_(None))
    return Case.state == state if state else None


def _filters(query: Query, today: date) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    state = _state_filter(query.state, today)
    if state is not None:
        filters.append(state)
    if query.notice:
        filters.append(Case.notice == query.notice)
    if query.assigned:
        filters.append(Case.assigned_to == query.assigned)
    if query.text:
        text = "".join(query.text.upper().split())
        filters.append(Case.number.contains(text, autoescape=True))
    return filters


def search(session: Session, person: Person, main_office: str, query: Query, today: date) -> Found:
    """One page of cases, those due first on top."""
    where = [visible(person, main_office), Case.deleted_at.is_(None), *_filters(query, today)]
    total = session.scalar(select(func.count()).select_from(Case).where(*where)) or 0
    rows = session.scalars(
        select(Case)
        .where(*where)
        .order_by(Case.due.is_(None), Case.due, Case.received_at)
        .limit(PAGE_SIZE)
        .offset((query.page - 1) * PAGE_SIZE)
    ).all()
    return Found(rows, total, query.page)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the inbox shows above its list."""

    by_state: dict[str, int]
    overdue: int
    unopened: int

    @property
    def open(self) -> int:
        """Cases not finished."""
        return sum(self.by_state.get(state, 0) for state in OPEN_STATES)


def counts(session: Session, where: ColumnElement[bool], today: date) -> Counts:
    """Numbers of cases; `where` is `visible(…)`, or true for the auditor, who sees only numbers."""
    kept = and_(where, Case.deleted_at.is_(None))
    rows = session.execute(select(Case.state, func.count()).where(kept).group_by(Case.state)).all()
    overdue = _state_filter("overdue", today)
    assert overdue is not None
    late = session.scalar(select(func.count()).select_from(Case).where(kept, overdue)) or 0
    sealed = and_(kept, Case.opened_at.is_(None), Case.state.in_(OPEN_STATES))
    unopened = session.scalar(select(func.count()).select_from(Case).where(sealed)) or 0
    return Counts({row[0]: row[1] for row in rows}, late, unopened)


def to_confirm(session: Session, person: Person, main_office: str) -> Sequence[Case]:
    """Cases with a proposal that waits for this person as the second one."""
    query = (
        select(Case)
        .join(Approval, Approval.case_id == Case.id)
        .where(
            visible(person, main_office),
            Approval.confirmed.is_(None),
            Approval.proposed_by != person.username,
        )
        .order_by(Approval.proposed_at)
    )
    return session.scalars(query).all()


def overdue(case: Case, today: date) -> bool:
    """Whether the reply target has passed without a reply."""
    return (
        CaseState(case.state).open
        and case.due is not None
        and case.due < today
        and case.replied_at is None
    )


def waiting(case: Case) -> Approval | None:
    """The proposal that waits for its second person."""
    return next((approval for approval in case.approvals if approval.confirmed is None), None)
