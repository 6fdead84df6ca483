"""Envelopes that nobody can read: a key was lost, or what came is damaged.

Such a case would hold back a whole list for ever. It may be ended without being read, by two
persons, once it stands on record that opening failed, or where the key is not on this machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import Action
from portal.casework.models import AuditLine
from portal.errors import RequestError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.models import Case

_FAILED = (Action.UNREADABLE.value, Action.UNLOCK_FAILED.value)


def cannot_be_opened(session: Session, room: CaseRoom, case: Case) -> bool:
    """Whether opening an envelope that nobody has read failed, not just for a wrong passphrase."""
    if case.opened_at is not None:
        return False
    here = room.keys.identity_path(case.office, case.notice).exists()
    failed = select(AuditLine.seq).where(
        AuditLine.case_number == case.number,
        AuditLine.action.in_(_FAILED[:1] if here else _FAILED),
    )
    return session.scalar(failed.limit(1)) is not None


def require_unreadable(session: Session, room: CaseRoom, case: Case) -> None:
    """RequestError for an envelope that was opened, or that nobody has tried to open."""
    if case.opened_at is not None:
        raise RequestError("这件异议已经拆封阅读过，请按内容办理")
    if not room.keys.identity_path(case.office, case.notice).exists():
        return
    failed = select(AuditLine.seq).where(
        AuditLine.case_number == case.number, AuditLine.action.in_(_FAILED)
    )
    if session.scalar(failed.limit(1)) is None:
        raise RequestError("请先试着拆封：打不开的记录在案以后，才可以提请“信封无法读取”")
