"""Passkeys (WebAuthn): the only door to fido2.

A passkey counts with the verification of its user by the device only (PIN, finger, face), so that
it is two things at once. It belongs to one account: nothing here lets it stand for a second person.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from sqlalchemy import delete, select

from portal.casework.audit import Action, record
from portal.casework.models import Staff
from portal.casework.passkey_models import Passkey
from portal.casework.people import CodeProof, person_of
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.people import Person
    from portal.casework.register import Register
    from portal.desk.entry.challenges import Challenges

_REQUIRED = UserVerificationRequirement.REQUIRED
_LARGEST = 20_000
_MOST = 10
_LABEL = 40
# What the library raises over bytes that a browser did not make.
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    RecursionError,
    struct.error,
    UnsupportedAlgorithm,
)
REFUSED = "通行密钥没有通过：可能等得太久，或者不是这个账户的；请再试一次，或者改用动态口令"
COUNTED_BACK = "这个通行密钥的计数倒退了，可能被复制过，已经停用；请改用动态口令登录，并报告管理员"


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey as the browser made it, checked but not yet kept."""

    key_id: str
    credential: bytes
    sign_count: int


class Passkeys:
    """The passkeys of one register, for the desk at one address."""

    def __init__(
        self, register: Register, challenges: Challenges, *, origin: str, rp_id: str
    ) -> None:
        self._register = register
        self._challenges = challenges
        host = rp_id or urlsplit(origin).hostname or ""
        self._server = (
            Fido2Server(
                PublicKeyCredentialRpEntity(name="质量奖工作台", id=host),
                verify_origin=lambda given: given == origin.rstrip("/"),
            )
            if host
            else None
        )

    @property
    def usable(self) -> bool:
        """Whether the desk's address is set: without it no passkey can be bound to it."""
        return self._server is not None

    def creation_options(self, person: Person, purpose: str, now: datetime) -> dict[str, Any]:
        """What the browser needs to make one."""
        server = self._required()
        options, _ = server.register_begin(
            PublicKeyCredentialUserEntity(
                id=_user_id(person.username), name=person.username, display_name=person.name
            ),
            credentials=self._credentials(self.of(person.username)),
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=_REQUIRED,
            challenge=self._challenges.issue(purpose, now.timestamp()),
        )
        return dict(options)

    def request_options(self, username: str, purpose: str, now: datetime) -> dict[str, Any]:
        """What the browser needs to use one; any of this desk's where no name is given."""
        server = self._required()
        own = self._credentials(self.of(username)) if username else None
        if own == []:
            raise RequestError("您还没有通行密钥，请填动态口令；在“通行密钥”页登记")
        options, _ = server.authenticate_begin(
            own, _REQUIRED, self._challenges.issue(purpose, now.timestamp())
        )
        return dict(options)

    def made(self, response: str, purpose: str, now: datetime) -> Made:
        """Check a new one; RequestError where anything about it does not hold."""
        server = self._required()
        try:
            given = _parsed(response)
            answer = RegistrationResponse.from_dict(given)
            state = self._state(answer.response.client_data.challenge, purpose, now)
            data = server.register_complete(state, given)
        except _BROKEN as error:
            raise RequestError("通行密钥没有登记上，请再试一次") from error
        credential = data.credential_data
        if credential is None:
            raise RequestError("通行密钥没有登记上，请再试一次")
        return Made(_key_id(credential.credential_id), bytes(credential), data.counter)

    def keep(self, person: Person, made: Made, label: str, now: datetime) -> None:
        """Keep a checked one for a person."""
        label = label.strip()[:_LABEL] or "通行密钥"
        with self._register.write() as session:
            staff = session.scalars(select(Staff).where(Staff.username == person.username)).one()
            if len(self._rows(session, person.username)) >= _MOST:
                raise RequestError(f"最多登记{_MOST}个通行密钥，请先删去不用的")
            if session.scalar(select(Passkey).where(Passkey.key_id == made.key_id)):
                raise RequestError("这个通行密钥已经登记过")
            kept = Passkey(
                staff_id=staff.id,
                key_id=made.key_id,
                credential=made.credential,
                sign_count=made.sign_count,
                label=label,
                added_at=now,
            )
            session.add(kept)
            detail = {"key": made.key_id[:16]}
            record(session, now, person.username, Action.PASSKEY_ADD, detail=detail)

    def remove(self, person: Person, key_id: str, now: datetime) -> None:
        """Remove one of a person's own."""
        with self._register.write() as session:
            for row in self._rows(session, person.username):
                if row.key_id == key_id:
                    session.delete(row)
                    detail = {"key": key_id[:16]}
                    record(session, now, person.username, Action.PASSKEY_REMOVE, detail=detail)

    def of(self, username: str) -> Sequence[Passkey]:
        """A person's passkeys, oldest first."""
        with self._register.read() as session:
            return self._rows(session, username)

    def owner(self, response: str, purpose: str, now: datetime) -> tuple[int, Person]:
        """Whose passkey answered a challenge, for signing in; RequestError where none did."""
        row, _ = self._used(response, purpose, now)
        return row.staff_id, person_of(row.staff)

    def prove(self, person: Person, response: str, purpose: str, now: datetime) -> CodeProof:
        """That this very person has just answered; RequestError for anybody else's passkey."""
        row, challenge = self._used(response, purpose, now, username=person.username)
        proof = hashlib.sha256(challenge).hexdigest()
        with self._register.write() as session:
            session.get_one(Passkey, row.id).proof = proof
        return CodeProof(person.username, 0, now, proof)

    def _used(
        self, response: str, purpose: str, now: datetime, username: str = ""
    ) -> tuple[Passkey, bytes]:
        """Check an answer, and move the counter on; one that does not move on ends the passkey."""
        server = self._required()
        try:
            given = _parsed(response)
            answer = AuthenticationResponse.from_dict(given)
            challenge = answer.response.client_data.challenge
            state = self._state(challenge, purpose, now)
            counter = answer.response.authenticator_data.counter
            with self._register.read() as session:
                row = session.scalar(
                    select(Passkey).where(Passkey.key_id == _key_id(answer.raw_id))
                )
            if row is None or row.staff.disabled or username not in ("", row.staff.username):
                raise RequestError(REFUSED)
            handle = answer.response.user_handle
            if handle is not None and handle != _user_id(row.staff.username):
                raise RequestError(REFUSED)
            server.authenticate_complete(state, [AttestedCredentialData(row.credential)], given)
        except _BROKEN as error:
            raise RequestError(REFUSED) from error
        self._count(row, counter, now)
        return row, challenge

    def _count(self, row: Passkey, counter: int, now: datetime) -> None:
        with self._register.write() as session:
            kept = session.get(Passkey, row.id, with_for_update=True)
            if kept is None:
                raise RequestError(REFUSED)
            moved = counter > kept.sign_count or counter == kept.sign_count == 0
            if moved:
                kept.sign_count, kept.used_at = counter, now
            else:
                session.delete(kept)
                detail = {"key": kept.key_id[:16]}
                record(session, now, row.staff.username, Action.PASSKEY_COPIED, detail=detail)
        if not moved:
            raise RequestError(COUNTED_BACK)

    def _state(self, challenge: bytes, purpose: str, now: datetime) -> dict[str, Any]:
        if not self._challenges.use(challenge, purpose, now.timestamp()):
            raise RequestError(REFUSED)
        return {"challenge": websafe_encode(challenge), "user_verification": _REQUIRED}

    def _required(self) -> Fido2Server:
        if self._server is None:
            raise RequestError("没有设置工作台的网址（PORTAL_DESK_ORIGIN），不能用通行密钥")
        return self._server

    def _rows(self, session: Session, username: str) -> Sequence[Passkey]:
        query = select(Passkey).join(Staff).where(Staff.username == username)
        return session.scalars(query.order_by(Passkey.id)).all()

    def _credentials(self, rows: Sequence[Passkey]) -> list[AttestedCredentialData]:
        return [AttestedCredentialData(row.credential) for row in rows]


def forget_passkeys(session: Session, staff: Staff) -> None:
    """Take all of a person's away: who is given a new password, or shut out, has none."""
    session.execute(delete(Passkey).where(Passkey.staff_id == staff.id))


def _parsed(response: str) -> dict[str, Any]:
    if len(response) > _LARGEST:
        raise ValueError("response")
    found: dict[str, Any] = json.loads(response)
    return found


def _key_id(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _user_id(username: str) -> bytes:
    """The user handle: says nothing about a person to who finds a security key."""
    return hashlib.sha256(f"portal desk {username}".encode()).digest()
