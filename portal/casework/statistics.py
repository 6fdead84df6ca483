"""Figures of the register: objections by day, by grounds, by outcome; numbers only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.models import Case
from portal.domain.objection import CaseState, Grounds, Outcome

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Figure:
    """One series: a title and labelled numbers, in the order they are shown."""

    title: str
    unit: str
    rows: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """Sum of the rows."""
        return sum(number for _, number in self.rows)


@dataclass(frozen=True, slots=True)
class Figures:
    """The three series and the time to the first reply."""

    by_day: Figure
    by_grounds: Figure
    by_outcome: Figure
    median_days: float | None


def _result(case: Case) -> str:
    state = CaseState(case.state)
    return Outcome(case.outcome).label if case.outcome else state.label


def figures(session: Session, where: ColumnElement[bool]) -> Figures:
    """Count the cases that `where` admits. Grounds are known only of opened objections."""
    cases = session.scalars(select(Case).where(where).order_by(Case.received_at)).all()
    days: Counter[date] = Counter(case.received_at.date() for case in cases)
    grounds = Counter(ground for case in cases for ground in case.grounds.split(",") if ground)
    unread = sum(1 for case in cases if not case.opened_at)
    results = Counter(_result(case) for case in cases)
    by_grounds = [(ground.label, grounds[ground.value]) for ground in Grounds]
    if unread:
        by_grounds.append(("尚未拆封", unread))
    waits = sorted(
        (case.replied_at - case.received_at).total_seconds() / 86400
        for case in cases
        if case.replied_at
    )
    order = [*(outcome.label for outcome in Outcome), *(state.label for state in CaseState)]
    return Figures(
        Figure("按收到日期", "件", tuple((d.isoformat(), days[d]) for d in sorted(days))),
        Figure("按异议事由", "件次", tuple(by_grounds)),
        Figure("按办理结果", "件", tuple((k, results[k]) for k in order if results[k])),
        waits[len(waits) // 2] if waits else None,
    )
