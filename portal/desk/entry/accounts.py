"""Staff accounts: add, disable, reset, change the password; each act on record."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import Action, record
from portal.casework.models import SignInAttempt, Staff, StaffSession
from portal.casework.people import Right, Role, read_rights, write_rights
from portal.desk.entry.passkeys import forget_passkeys
from portal.desk.entry.passwords import Passwords, check_strength, generate
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.register import Register
    from portal.desk.entry.onetime import OneTimeCodes

# Names stand in public under a notice: nothing invisible, no markup.
_NAME = re.compile(r"(?=.{1,30}\Z)[^\W\d_]+(?:[ ·•‧.（(][^\W\d_]+[)）]?)*")
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is handed over once, on paper: never stored like this."""

    username: str
    password: str
    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A person to be added."""

    username: str
    name: str
    role: Role
    office: str = ""
    county: str = ""
    email: str = ""
    demonstration: bool = False
    may: frozenset[Right] = frozenset()


def attempt_key(username: str) -> str:
    """Under what the failures of a user name are counted; a name of any length fits."""
    return hashlib.sha256(username.encode()).hexdigest()


def revoke_sessions(session: Session, staff: Staff, now: datetime, keep: str = "") -> None:
    """End every session of a person, except the one whose hash is `keep`."""
    rows = session.scalars(
        select(StaffSession).where(
            StaffSession.staff_id == staff.id, StaffSession.revoked_at.is_(None)
        )
    )
    for row in rows:
        if row.id_hash != keep:
            row.revoked_at = now


class Accounts:
    """The staff list of one register."""

    def __init__(self, register: Register, passwords: Passwords, codes: OneTimeCodes) -> None:
        self._register = register
        self._passwords = passwords
        self._codes = codes

    def add(
        self,
        new: NewStaff,
        now: datetime,
        actor: str,
        fixed: tuple[str, str] | None = None,
    ) -> Credentials:
        """Add a person; RequestError for a taken or odd name, or a county missing or too many.

        `fixed` is the demonstration's printed password and TOTP secret.
        """
        if not _USERNAME.fullmatch(new.username):
            raise RequestError("用户名应为3至40个小写字母、数字、点、横线，以字母开头")
        if not _NAME.fullmatch(new.name):
            raise RequestError("姓名应为1至30个字，只用文字、间隔号和括号，一行，前后没有空格")
        if new.role.officer != bool(new.office):
            raise RequestError("经办人员必须指定所属单位（--office），审计员不属于任何单位")
        if (new.role is Role.COUNTY) != bool(new.county):
            raise RequestError("县（区）经办人员应属于县（区）单位，市级经办人员应属于市级单位")
        _refuse_rights(new.role, new.may)
        password = fixed[0] if fixed else generate()
        secret, sealed = self._codes.new(fixed[1] if fixed else None)
        hashed = self._passwords.hash(password)
        with self._register.write() as session:
            if session.scalar(select(Staff).where(Staff.username == new.username)):
                raise RequestError(f"用户名“{new.username}”已存在；忘记密码请用 reset 重置")
            session.add(
                Staff(
                    username=new.username,
                    name=new.name,
                    role=new.role.value,
                    office=new.office,
                    county=new.county,
                    email=new.email,
                    password=hashed,
                    secret=sealed,
                    must_change=not new.demonstration,
                    demonstration=new.demonstration,
                    created_at=now,
                    may=write_rights(new.may),
                )
            )
            detail = {"user": new.username, "role": new.role.value, "office": new.office}
            detail |= {"may": write_rights(new.may)} if new.may else {}
            record(session, now, actor, Action.STAFF_ADD, detail=detail)
        address = self._codes.address(secret, new.username)
        return Credentials(new.username, password, secret, address)

    def disable(self, username: str, now: datetime, actor: str) -> None:
        """Shut a person out at once, passkeys taken away; the row stays for the audit trail."""
        with self._register.write() as session:
            staff = _find(session, username)
            staff.disabled = True
            forget_passkeys(session, staff)
            revoke_sessions(session, staff, now)
            record(session, now, actor, Action.STAFF_DISABLE, detail={"user": username})

    def allow(
        self,
        username: str,
        may: Collection[Right],
        now: datetime,
        actor: str,
        *,
        seen: str | None = None,
    ) -> None:
        """Set what a person may do about drafts; what is not named is taken away, at once.

        RequestError where the rights are not `seen`, what the page showed.
        """
        with self._register.write() as session:
            staff = _find(session, username)
            if seen is not None and write_rights(read_rights(seen)) != staff.may:
                raise RequestError("这个人的权限刚刚有人改过，请看清现在的再设定")
            _refuse_rights(Role(staff.role), may)
            staff.may = write_rights(may)
            detail = {"user": username, "may": staff.may}
            record(session, now, actor, Action.STAFF_RIGHTS, detail=detail)

    def reset(self, username: str, now: datetime, actor: str) -> Credentials:
        """A new password and a new one-time secret; ends every session and the growing delay."""
        password = generate()
        secret, sealed = self._codes.new()
        hashed = self._passwords.hash(password)
        with self._register.write() as session:
            staff = _find(session, username)
            staff.password, staff.secret, staff.last_step = hashed, sealed, 0
            staff.must_change, staff.disabled = True, False
            forget_passkeys(session, staff)
            revoke_sessions(session, staff, now)
            attempt = session.get(SignInAttempt, attempt_key(username))
            if attempt:
                session.delete(attempt)
            record(session, now, actor, Action.STAFF_RESET, detail={"user": username})
        return Credentials(username, password, secret, self._codes.address(secret, username))

    def change_password(
        self, username: str, old: str, new: str, now: datetime, *, keep: str = ""
    ) -> None:
        """Change one's own password; ends every other session (ASVS 7.4.3)."""
        check_strength(new, username)
        with self._register.read() as session:
            kept = _find(session, username).password
        if not self._passwords.verify(kept, old):
            raise RequestError("原密码不正确")
        if old == new:
            raise RequestError("新密码不能与原密码相同")
        hashed = self._passwords.hash(new)
        with self._register.write() as session:
            staff = _find(session, username)
            staff.password, staff.must_change = hashed, False
            revoke_sessions(session, staff, now, keep)
            record(session, now, username, Action.PASSWORD)

    def locked_out(self) -> tuple[str, ...]:
        """Who cannot sign in because the desk's secret is not the one of the register."""
        active = (staff for staff in self.everyone() if not staff.disabled)
        return tuple(s.username for s in active if not self._codes.opens(s.secret))

    def everyone(self) -> tuple[Staff, ...]:
        """Every account, in order of its name."""
        with self._register.read() as session:
            return tuple(session.scalars(select(Staff).order_by(Staff.username)))


def _refuse_rights(role: Role, may: Collection[Right]) -> None:
    if may and not role.officer:
        raise RequestError("审计员只看记录，不能经办、审核或者签发公告")


def _find(session: Session, username: str) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.username == username))
    if staff is None:
        raise RequestError(f"没有用户“{username}”")
    return staff
