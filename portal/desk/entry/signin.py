"""Signing in: password and one-time code together, one answer for every failure, growing delays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from portal.casework.audit import Action, record
from portal.casework.models import SignInAttempt, Staff
from portal.casework.people import CodeProof, person_of
from portal.desk.entry.accounts import attempt_key
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.casework.people import Person
    from portal.casework.register import Register
    from portal.desk.entry.onetime import OneTimeCodes
    from portal.desk.entry.passwords import Passwords

FREE_FAILURES = 3
LONGEST_DELAY = timedelta(minutes=15)
_FORGOTTEN = timedelta(days=1)
_NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The sign-in holds."""

    staff_id: int
    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    """The sign-in does not hold; `retry_at` is set while the growing delay runs."""

    retry_at: datetime | None = None


def delay_after(failures: int) -> timedelta:
    """Nothing for the first failures, then 2, 4, 8 … seconds, up to a quarter of an hour."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES + 1, 20)), LONGEST_DELAY)


class SignIn:
    """Checks sign-ins against one register."""

    def __init__(
        self,
        register: Register,
        passwords: Passwords,
        codes: OneTimeCodes,
        *,
        demonstration: bool,
    ) -> None:
        self._register = register
        self._passwords = passwords
        self._codes = codes
        self._demonstration = demonstration

    def attempt(
        self, username: str, password: str, code: str, now: datetime, address: str = ""
    ) -> SignedIn | Refused:
        """Try to sign in from an address.

        Failures count for the address that earned them, before anything is checked, so that
        attempts sent side by side cannot all slip in under the same delay. A right password with
        its code gets in whatever others did from there: no stranger locks an officer out. Who has
        the password and guesses codes waits for this account, or six digits would be found.
        """
        name = username.strip().lower()
        here = attempt_key(f"address {address}")
        waits = self._reserve(here, now)
        with self._register.read() as session:
            staff = session.scalar(select(Staff).where(Staff.username == name))
        usable = staff is not None and self._usable(staff)
        right = self._passwords.verify(staff.password if staff and usable else None, password)
        if staff is None or not right:
            return self._refuse(name, now, waits, known=staff is not None)
        of_codes = attempt_key(name)
        guessed = self._reserve(of_codes, now)
        step = self._codes.step(staff.secret, code, now, after=staff.last_step)
        if guessed or step is None or not self._use_step(staff.id, step, (here, of_codes), now):
            return self._refuse(name, now, waits or guessed, known=True)
        return SignedIn(staff.id, person_of(staff))

    def prove(self, username: str, code: str, now: datetime) -> CodeProof | Refused:
        """Ask somebody who is signed in for the one-time code again, before a grave act.

        Wrong codes count with those of the sign-in, so that nobody guesses them here.
        """
        with self._register.read() as session:
            staff = session.scalar(select(Staff).where(Staff.username == username))
        if staff is None or not self._usable(staff):
            return Refused()
        guessed = self._reserve(attempt_key(username), now)
        step = self._codes.step(staff.secret, code, now, after=staff.last_step)
        if guessed or step is None:
            return self._refuse(username, now, guessed, known=True)
        with self._register.write() as session:
            kept = session.get_one(Staff, staff.id, with_for_update=True)
            if step <= kept.last_step:
                return Refused()
            kept.last_step = step
            session.execute(
                delete(SignInAttempt).where(SignInAttempt.username == attempt_key(username))
            )
        return CodeProof(username, step, now)

    def by_passkey(self, staff_id: int, person: Person, now: datetime) -> SignedIn:
        """Sign in whose passkey has answered; RequestError for a disabled account."""
        with self._register.write() as session:
            staff = session.get(Staff, staff_id)
            if staff is None or not self._usable(staff):
                raise RequestError("这个账户已停用")
            record(session, now, person.username, Action.SIGN_IN, detail={"by": "passkey"})
            return SignedIn(staff.id, person_of(staff))

    def _refuse(self, name: str, now: datetime, waits: datetime | None, *, known: bool) -> Refused:
        """On record until the delay runs: a flood must not fill the audit trail."""
        if waits is None:
            self._note_failure(name, now, known=known)
        return Refused(waits)

    def _usable(self, staff: Staff) -> bool:
        """Disabled accounts never sign in; the demonstration's only in the demonstration."""
        return not staff.disabled and (self._demonstration or not staff.demonstration)

    def _reserve(self, key: str, now: datetime) -> datetime | None:
        """Count a failure; until when the growing delay runs, if it does. Old counts go."""
        with self._register.write() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.last_at < now - _FORGOTTEN))
            attempt = session.get(SignInAttempt, key, with_for_update=True)
            if attempt is None:
                session.add(SignInAttempt(username=key, failures=1, last_at=now))
                return None
            # After a clock that went back the delay runs from now on, not until it catches up.
            attempt.last_at = min(attempt.last_at, now)
            retry_at = attempt.last_at + delay_after(attempt.failures)
            if now < retry_at:
                return retry_at
            attempt.failures += 1
            attempt.last_at = now
            return None

    def _use_step(self, staff_id: int, step: int, keys: Sequence[str], now: datetime) -> bool:
        """Store the code's time step; False when another sign-in used it in the meantime."""
        with self._register.write() as session:
            staff = session.get_one(Staff, staff_id, with_for_update=True)
            if step <= staff.last_step:
                return False
            staff.last_step = step
            session.execute(delete(SignInAttempt).where(SignInAttempt.username.in_(keys)))
            record(session, now, staff.username, Action.SIGN_IN)
            return True

    def _note_failure(self, name: str, now: datetime, *, known: bool) -> None:
        """Unknown names are not written down: people type passwords into the wrong field."""
        actor = name[:_NAME_LIMIT] if known else "（未知用户）"
        with self._register.write() as session:
            record(session, now, actor, Action.SIGN_IN_FAILED)
