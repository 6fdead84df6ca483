"""Mail notices, to officers and (`telling`) citizens: only that there is news; kept until sent.

The text holds neither number, notice nor name: mail boxes are read on phones and by others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import or_, select

from portal.casework.audit import SYSTEM, Action, record
from portal.casework.models import MailNotice, Staff
from portal.casework.people import Role
from portal.casework.telling import CASE, recipient_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.models import Case

_LONGEST_RETRY = timedelta(hours=6)
_GIVE_UP = 12
_BODY = "工作台{what}。请登录工作台查看；本邮件不含具体内容，请勿回复。\n"


class Transport(Protocol):
    """Something that delivers one mail or raises OSError (smtplib's errors are OSErrors)."""

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one mail."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round of sending did."""

    sent: int
    failed: int


def queue_notice(session: Session, case: Case, now: datetime, what: str) -> None:
    """One mail for each officer of the case's office who has an address."""
    officers = session.scalars(
        select(Staff).where(
            Staff.disabled.is_(False),
            Staff.email != "",
            or_(
                Staff.office == case.office,
                (Staff.role == Role.COUNTY.value)
                & (Staff.county == case.office_county)
                & (Staff.county != ""),
            ),
        )
    )
    for officer in officers:
        _queue(session, officer, now, what)


def queue_for(session: Session, usernames: Collection[str], now: datetime, what: str) -> None:
    """One mail for each of these persons who has an address."""
    persons = session.scalars(
        select(Staff).where(
            Staff.disabled.is_(False), Staff.email != "", Staff.username.in_(sorted(usernames))
        )
    )
    for person in persons:
        _queue(session, person, now, what)


def _queue(session: Session, officer: Staff, now: datetime, what: str) -> None:
    session.add(
        MailNotice(
            recipient=officer.email,
            subject="工作台：有新的待办事项",
            body=_BODY.format(what=what),
            created_at=now,
            next_try_at=now,
        )
    )


def waiting(session: Session) -> Sequence[MailNotice]:
    """Mails not sent yet, the oldest first; what the desk shows."""
    query = select(MailNotice).where(MailNotice.sent_at.is_(None)).order_by(MailNotice.id)
    return session.scalars(query).all()


def send_due(room: CaseRoom, transport: Transport, now: datetime) -> Delivered:
    """Try every mail whose time has come; a failure is stored with the mail and tried later."""
    with room.register.read() as session:
        due = [mail for mail in waiting(session) if mail.next_try_at <= now]
    sent = failed = 0
    for mail in due:
        with room.register.read() as session:
            recipient = recipient_of(session, room, mail)
        error = _try(transport, mail, recipient) if recipient else ""
        with room.register.write() as session:
            row = session.get_one(MailNotice, mail.id)
            row.tries += 1
            row.error = error
            given_up = bool(error) and row.tries >= _GIVE_UP and row.recipient.startswith(CASE)
            if given_up or not recipient:
                session.delete(row)  # the answer itself is there to be looked up
            if error:
                failed += 1
                row.next_try_at = now + _pause(row.tries)
                record(session, now, SYSTEM, Action.MAIL_FAILED, detail={"try": row.tries})
            elif recipient:
                sent += 1
                row.sent_at = now
    return Delivered(sent, failed)


def _try(transport: Transport, mail: MailNotice, recipient: str) -> str:
    try:
        transport.send(recipient, mail.subject, mail.body)
    except OSError as error:
        # A server's words may repeat the address, which stands nowhere in the clear.
        words = "" if mail.recipient.startswith(CASE) else f": {error}"
        return f"{type(error).__name__}{words}"[:500]
    return ""


def _pause(tries: int) -> timedelta:
    """5, 10, 20 … minutes, at most six hours; after a dozen tries once a day."""
    if tries >= _GIVE_UP:
        return timedelta(days=1)
    return min(timedelta(minutes=5 * 2 ** (tries - 1)), _LONGEST_RETRY)
