"""Reminders of what nobody may overlook, as mails without contents.

Of the reply target some days before it and once more when it has passed, to the case's office and
then to the main office too; once a day of a window without keys, from the day before it opens, and
of objections that nobody could fetch for a day.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import false, select

from portal.casework.cases import OPEN_STATES
from portal.casework.mail import queue_for, queue_notice
from portal.casework.models import Case, Counter, Staff
from portal.domain.window import WindowState
from portal.domain.workdays import SHANGHAI
from portal.errors import CalendarError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom

WORKDAYS_BEFORE = 3
_DAYS_BEFORE = 5  # where the calendar has no data
_SOON, _PASSED = 1, 2
_NAME = 30


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


def remind_of_keys(room: CaseRoom, now: datetime) -> int:
    """Queue what is due of windows that cannot take objections; returns of how many."""
    soon, today = now + timedelta(days=1), now.astimezone(SHANGHAI).date()
    found = room.catalogue().with_window(now, WindowState.SCHEDULED, WindowState.OPEN)
    keyless = [
        notice
        for notice in found
        if notice.window
        and notice.window.opens_at <= soon
        and not room.keys.public.takes_objections(notice.slug)
    ]
    if not keyless:
        return 0
    with room.register.write() as session:
        due = [one for one in keyless if _first(session, f"keys {one.slug}", today)]
        for notice in due:
            running = notice.window is not None and notice.window.opens_at <= now
            when = "正在进行" if running else "一天之内开始"
            told = f"有公示{when}，还没有密钥，收不到网上的异议，请管理员生成"
            queue_for(session, _of(session, room, notice.county), now, told)
    return len(due)


def remind_of_collecting(room: CaseRoom, last: datetime, now: datetime) -> bool:
    """Queue, once a day, that nothing could be fetched since `last`; whether it was queued now."""
    days = (now - last) // timedelta(days=1)
    if days < 1:
        return False
    with room.register.write() as session:
        due = _first(session, "uncollected", now.astimezone(SHANGHAI).date())
        if due:
            told = f"已经{days}天没有收取成功，网上提出的异议还没有送到"
            queue_for(session, _of(session, room, None), now, told)
    return due


def _of(session: Session, room: CaseRoom, county: str | None) -> Sequence[str]:
    """User names of the main office's officers, and of a county's."""
    of_county = (Staff.county == county) if county else false()
    query = select(Staff.username).where((Staff.office == room.main_office) | of_county)
    return session.scalars(query).all()


def _first(session: Session, what: str, today: date) -> bool:
    """Whether this is not told yet today; notes that it is."""
    name, number = hashlib.sha256(what.encode()).hexdigest()[:_NAME], today.toordinal()
    row = session.scalar(select(Counter).where(Counter.name == name).with_for_update())
    if row is None:
        row = Counter(name=name, value=0)
        session.add(row)
    if row.value == number:
        return False
    row.value = number
    return True


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
