"""Reminders of the reply target: some days before it, and once more when it has passed.

They go to the officers of the case's office, after the target to those of the main office too, as
mails without contents; each once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.cases import OPEN_STATES
from portal.casework.mail import queue_for, queue_notice
from portal.casework.models import Case, Staff
from portal.domain.workdays import SHANGHAI
from portal.errors import CalendarError

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom

WORKDAYS_BEFORE = 3
_DAYS_BEFORE = 5  # where the calendar has no data
_SOON, _PASSED = 1, 2


def remind(room: CaseRoom, now: datetime) -> int:
    """Queue what is due; returns for how many cases."""
    today = now.astimezone(SHANGHAI).date()
    with room.register.write() as session:
        open_cases = select(Case).where(
            Case.state.in_(OPEN_STATES),
            Case.replied_at.is_(None),
            Case.due <= _last_day(room, today),
            Case.reminded < _PASSED,
        )
        found = 0
        for case in session.scalars(open_cases).all():
            stage = _PASSED if case.due and case.due < today else _SOON
            if stage > case.reminded:
                _queue(session, room, case, stage, now)
                case.reminded = stage
                found += 1
    return found


def _queue(session: Session, room: CaseRoom, case: Case, stage: int, now: datetime) -> None:
    if stage == _SOON:
        queue_notice(session, case, now, f"有异议将在{WORKDAYS_BEFORE}个工作日内到答复目标")
        return
    queue_notice(session, case, now, "有异议已经超过答复目标")
    if case.office != room.main_office:
        officers = select(Staff.username).where(Staff.office == room.main_office)
        usernames = session.scalars(officers).all()
        queue_for(session, usernames, now, "有下级单位的异议已经超过答复目标")


def _last_day(room: CaseRoom, today: date) -> date:
    try:
        return room.catalogue().calendar.add(today, WORKDAYS_BEFORE)
    except CalendarError:
        return today + timedelta(days=_DAYS_BEFORE)
