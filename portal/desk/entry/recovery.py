"""Recovery: who lost phone or passkey is given a new sign-in by two other persons, both on record.

The proposal is one officer's, the confirmation another's; one of the two is of the main office. The
supervisor's officers are recovered among themselves, the auditor by the administrator alone: nobody
takes over the account of who watches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import Action, record
from portal.casework.models import Staff
from portal.casework.passkey_models import Recovery
from portal.casework.people import Role
from portal.errors import RequestError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.people import Person
    from portal.desk.entry.accounts import Accounts, Credentials

GOOD_FOR = timedelta(days=1)
_REASON = range(4, 201)


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Proposals to set a sign-in anew, and their confirmation."""

    room: CaseRoom
    accounts: Accounts

    def refusal(self, person: Person, staff: Staff) -> str:
        """Why a person has no part in another's recovery; empty where they may."""
        if Role(staff.role) is Role.AUDITOR:
            return "审计员的登录只由管理员重置（portal desk-user reset）"
        if staff.disabled:
            return "这个账户已停用，请管理员处理"
        if person.username == staff.username:
            return "自己的登录由另外两个人办理"
        offices = {staff.office}
        if staff.office != self.room.supervisor:
            offices.add(self.room.main_office)
        if not person.role.officer or person.office not in offices:
            return "只由同单位或者主管单位的经办人员办理"
        return ""

    def waiting(self, username: str, now: datetime) -> Recovery | None:
        """The proposal that waits for its second person; after a day it has lapsed."""
        with self.room.register.read() as session:
            return _waiting(session, username, now)

    def propose(self, person: Person, username: str, reason: str, now: datetime) -> None:
        """Propose it, with the reason."""
        reason = reason.strip()
        if len(reason) not in _REASON:
            raise RequestError("请写明原因，4至200字；如：手机丢失，已当面核实身份")
        with self.room.register.write() as session:
            self._require(session, person, username)
            if _waiting(session, username, now):
                raise RequestError("已有一项重置等待确认")
            proposal = Recovery(
                username=username, reason=reason, proposed_by=person.username, proposed_at=now
            )
            session.add(proposal)
            detail = {"user": username}
            record(session, now, person.username, Action.STAFF_RECOVER, detail=detail)

    def decline(self, person: Person, username: str, now: datetime) -> None:
        """Turn it down, or take it back."""
        with self.room.register.write() as session:
            self._require(session, person, username)
            self._decide(session, person, username, now, confirmed=False)
            detail = {"user": username, "confirmed": "no"}
            record(session, now, person.username, Action.STAFF_RECOVER, detail=detail)

    def check(self, person: Person, username: str, now: datetime) -> None:
        """Whether a person may confirm now; RequestError with the reason where not."""
        with self.room.register.read() as session:
            self._second(session, person, username, now)

    def confirm(self, person: Person, username: str, now: datetime) -> Credentials:
        """Confirm as the second person: new password, new secret, passkeys and sessions gone."""
        with self.room.register.write() as session:
            self._second(session, person, username, now)
            self._decide(session, person, username, now, confirmed=True)
        return self.accounts.reset(username, now, person.username)

    def _second(self, session: Session, person: Person, username: str, now: datetime) -> None:
        staff = self._require(session, person, username)
        waiting = _waiting(session, username, now)
        if waiting is None:
            raise RequestError("没有等待确认的重置；提请一天内有效")
        if waiting.proposed_by == person.username:
            raise RequestError("提请人不能自己确认，请由另一位经办人员办理")
        first = session.scalars(select(Staff).where(Staff.username == waiting.proposed_by)).one()
        main = self.room.main_office
        if staff.office != self.room.supervisor and main not in (first.office, person.office):
            raise RequestError("提请和确认的两个人里，应有一人是主管单位的")

    def _require(self, session: Session, person: Person, username: str) -> Staff:
        staff = session.scalar(select(Staff).where(Staff.username == username))
        if staff is None:
            raise RequestError(f"没有用户“{username}”")
        if refused := self.refusal(person, staff):
            raise RequestError(refused)
        return staff

    def _decide(
        self, session: Session, person: Person, username: str, now: datetime, *, confirmed: bool
    ) -> None:
        waiting = _waiting(session, username, now)
        if waiting is None:
            raise RequestError("没有等待确认的重置；提请一天内有效")
        waiting.decided_by, waiting.decided_at = person.username, now
        waiting.confirmed = confirmed


def _waiting(session: Session, username: str, now: datetime) -> Recovery | None:
    query = select(Recovery).where(
        Recovery.username == username,
        Recovery.confirmed.is_(None),
        Recovery.proposed_at > now - GOOD_FOR,
    )
    return session.scalar(query.order_by(Recovery.id.desc()).limit(1))
