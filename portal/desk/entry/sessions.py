"""Server-side sessions: a random 256-bit id in the cookie, its hash in the register.

A signed cookie alone would go on working after sign-out; here the row decides (ASVS 7.4.1).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import Action, record
from portal.casework.models import StaffSession
from portal.casework.people import person_of

if TYPE_CHECKING:
    from datetime import datetime

    from portal.casework.people import Person
    from portal.casework.register import Register

# Writing each request's time would cost a durable commit each; half a minute is exact enough.
_TOUCH = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Live:
    """A session that holds: who, and the hash by which the key ring knows it."""

    id_hash: str
    person: Person
    until: datetime


class Sessions:
    """Opens, finds and ends sessions of one register."""

    def __init__(self, register: Register, *, idle: timedelta, absolute: timedelta) -> None:
        self._register = register
        self._idle = idle
        self._absolute = absolute

    def open(self, staff_id: int, now: datetime) -> str:
        """A new session; the value returned goes into the cookie and nowhere else."""
        value = secrets.token_urlsafe(32)
        with self._register.write() as session:
            session.add(
                StaffSession(id_hash=id_hash(value), staff_id=staff_id, created_at=now, seen_at=now)
            )
        return value

    def find(self, value: str, now: datetime) -> Live | None:
        """The session of a cookie, if it is neither idle too long, too old, ended, nor disabled."""
        with self._register.read() as session:
            row = session.get(StaffSession, id_hash(value))
        if row is None or row.revoked_at or row.staff.disabled:
            return None
        if now >= self._until(row, now):
            return None
        if abs(now - row.seen_at) >= _TOUCH:
            with self._register.write() as session:
                session.get_one(StaffSession, row.id_hash).seen_at = now
        until = min(max(now, row.seen_at) + self._idle, row.created_at + self._absolute)
        return Live(row.id_hash, person_of(row.staff), until)

    def _until(self, row: StaffSession, now: datetime) -> datetime:
        """When a session ends; one that begins later ended: the clock went back, by who knows."""
        if row.created_at - now > _TOUCH:
            return now
        return min(row.seen_at + self._idle, row.created_at + self._absolute)

    def end(self, live: Live, now: datetime) -> None:
        """Sign out."""
        with self._register.write() as session:
            row = session.get(StaffSession, live.id_hash)
            if row:
                row.revoked_at = now
            record(session, now, live.person.username, Action.SIGN_OUT)

    def sweep(self, now: datetime) -> tuple[str, ...]:
        """Remove those that can never hold again, and give them, whose keys are forgotten."""
        with self._register.write() as session:
            rows = session.scalars(select(StaffSession)).all()
            dead = [r for r in rows if r.revoked_at or now >= self._until(r, now)]
            for row in dead:
                session.delete(row)
            return tuple(row.id_hash for row in dead)


def id_hash(value: str) -> str:
    """What the register keeps of a session id."""
    return hashlib.sha256(value.encode()).hexdigest()
