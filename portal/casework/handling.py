"""Handling a case: open, assign, accept, examine, ask, reply; the acts one officer may do alone.

What ends, reopens or deletes a case takes two persons and stands in `approvals`. Every act is one
transaction: the state, the answer to the citizen and the line of audit together or not at all.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import select

from portal.casework.audit import Action, record
from portal.casework.cases import find, handles, waiting
from portal.casework.correspondence import dispatch, send
from portal.casework.holds import export_holds
from portal.casework.listed_files import Listed, listed_files
from portal.casework.looks import ACTS, tell_looks
from portal.casework.models import Case, CaseEntry, CaseMessage, Staff
from portal.casework.telling import keep_address
from portal.casework.unsealing import Unsealed, message_of, objection_of, unseal_file
from portal.domain.objection import (
    AnswerKind,
    CaseState,
    Message,
    MessageKind,
    Objection,
)
from portal.errors import RequestError, SealError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.people import Person
    from portal.sealed.spoken import Voice

TEXT_LIMIT = 5000
Keys: TypeAlias = "Sequence[str]"
_WORKED_ON = (CaseState.ACCEPTED, CaseState.EXAMINING)


@dataclass(frozen=True)
class OpenedMessage:
    """A later message of the citizen with its files."""

    row: CaseMessage
    message: Message
    unsealed: Unsealed
    voice: Voice


@dataclass(frozen=True)
class Contents:
    """What a citizen sent, in the clear: lives as long as the request that asked for it."""

    objection: Objection
    unsealed: Unsealed
    messages: tuple[OpenedMessage, ...]

    def files(self) -> Iterator[tuple[str, Listed, Unsealed]]:
        """Every file with the name of its envelope's part: `0-1` is file 1 of the objection."""
        for part in range(len(self.messages) + 1):
            yield from self.files_of(part)

    def files_of(self, part: int) -> Iterator[tuple[str, Listed, Unsealed]]:
        """The same of one envelope: the objection's is part 0, the messages' follow."""
        evidence, unsealed = self.objection.evidence, self.unsealed
        if part:
            opened = self.messages[part - 1]
            evidence, unsealed = opened.message.evidence, opened.unsealed
        for listed in listed_files(evidence, unsealed):
            yield f"{part}-{listed.position}", listed, unsealed


def read_contents(room: CaseRoom, case: Case, identities: Sequence[str]) -> Contents:
    """Unseal a case's objection and those of its messages that were opened; writes nothing.

    One bad message keeps nobody from the rest of a case: whoever can write to a carried folder can
    put one there.
    """
    unsealed = unseal_file(room.envelope(case.lookup), identities)
    objection = objection_of(unsealed)
    messages = []
    for row in case.messages:
        if row.name and row.opened_at:
            with suppress(SealError):
                opened = unseal_file(room.envelope(row.name), identities)
                message, voice = message_of(opened, objection.speak)
                messages.append(OpenedMessage(row, message, opened, voice))
    return Contents(objection, unsealed, tuple(messages))


def _readable(
    room: CaseRoom, names: Sequence[str], identities: Sequence[str], speaks: str
) -> dict[str, tuple[Message, Voice]]:
    """Those messages that can be opened; the others stay as they are, to be tried again."""
    found = {}
    for name in names:
        with suppress(SealError):
            found[name] = message_of(unseal_file(room.envelope(name), identities), speaks)
    return found


class Casework:
    """The acts on cases of one case room, each by a person at a time.

    `keys` are the case's unlocked identities: with them the office signs what the citizen is told.
    """

    def __init__(self, room: CaseRoom) -> None:
        self._room = room

    @contextmanager
    def _act(self, person: Person, number: str, now: datetime) -> Iterator[tuple[Session, Case]]:
        """One act on a case that is the person's to handle; answers and holds go out after it."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            require_handler(person, case)
            yield session, case
        settle(self._room, now)

    def open(self, person: Person, number: str, identities: Sequence[str], now: datetime) -> None:
        """Unseal what is new in a case and enter what the register needs: entries, grounds, kinds.

        A withdrawal is only noted; an officer confirms it with `withdraw`. What is not the code's
        holder's is read, and neither withdraws nor answers.
        """
        with self._room.register.read() as session:
            case = find(session, person, self._room.main_office, number)
        require_handler(person, case)
        objection = objection_of(unseal_file(self._room.envelope(case.lookup), identities))
        fresh = [m.name for m in case.messages if m.name and not m.opened_at]
        messages = _readable(self._room, fresh, identities, objection.speak)
        strange = sum(not voice.counts for _, voice in messages.values())
        with self._act(person, number, now) as (session, case):
            if case.opened_at is None:
                _enter(self._room, case, objection)
                case.opened_at, case.opened_by = now, person.username
            for row in case.messages:
                if row.name in messages and row.opened_at is None:
                    message, voice = messages[row.name]
                    row.opened_at = now
                    if voice.counts:
                        row.kind, row.answers = message.kind.value, message.answers
            record(
                session,
                now,
                person.username,
                Action.OPEN,
                case=number,
                detail={"messages": len(messages), **({"strange": strange} if strange else {})},
            )
        tell_looks(self._room, number)

    def assign(self, person: Person, number: str, username: str, now: datetime) -> None:
        """Hand a case to an officer of the same office."""
        with self._act(person, number, now) as (session, case):
            officer = session.scalar(select(Staff).where(Staff.username == username))
            if officer is None or officer.disabled or officer.office != person.office:
                raise RequestError("只能分办给本单位在岗的经办人员")
            case.assigned_to = username
            record(
                session, now, person.username, Action.ASSIGN, case=number, detail={"to": username}
            )

    def accept(self, person: Person, number: str, now: datetime, keys: Keys = ()) -> None:
        """Accept an objection that came in; it must have been read first."""
        self._move(person, number, CaseState.ACCEPTED, Action.ACCEPT, now, keys=keys)

    def examine(self, person: Person, number: str, now: datetime, keys: Keys = ()) -> None:
        """Begin the examination."""
        self._move(person, number, CaseState.EXAMINING, Action.EXAMINE, now, keys=keys)

    def withdraw(self, person: Person, number: str, now: datetime, keys: Keys = ()) -> None:
        """Confirm the citizen's withdrawal, which releases the entries."""
        with self._act(person, number, now) as (session, case):
            asked = any(message.kind == MessageKind.WITHDRAWAL for message in case.messages)
            if case.channel == "online" and not asked:
                raise RequestError("异议人没有提出撤回，或者提出撤回的材料没有异议人的签名")
            move(case, CaseState.WITHDRAWN)
            case.closed_at = now
            send(
                session, self._room, case, AnswerKind.STATUS, now, author=person.username, keys=keys
            )
            record(session, now, person.username, Action.WITHDRAW, case=number)

    def ask(self, person: Person, number: str, text: str, now: datetime, keys: Keys = ()) -> None:
        """Put a question to the citizen."""
        self._write(person, number, AnswerKind.QUESTION, text, now, keys=keys)

    def reply(self, person: Person, number: str, text: str, now: datetime, keys: Keys = ()) -> None:
        """Send the reply; it meets the reply target."""
        self._write(person, number, AnswerKind.REPLY, text, now, keys=keys)

    def note(
        self,
        person: Person,
        number: str,
        action: Action,
        now: datetime,
        detail: dict[str, str | int],
    ) -> None:
        """Put on record that a phone number was revealed, a file downloaded, or a file exported."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number)
            require_handler(person, case)
            record(session, now, person.username, action, case=number, detail=detail)
        if action in ACTS:
            tell_looks(self._room, number)

    def _move(
        self,
        person: Person,
        number: str,
        target: CaseState,
        action: Action,
        now: datetime,
        *,
        keys: Keys,
    ) -> None:
        with self._act(person, number, now) as (session, case):
            if case.opened_at is None:
                raise RequestError("请先拆封阅读，再办理")
            if target not in (CaseState.ACCEPTED, CaseState.EXAMINING) or reopens(case, target):
                raise RequestError("这一步须两人办理")
            move(case, target)
            send(
                session, self._room, case, AnswerKind.STATUS, now, author=person.username, keys=keys
            )
            record(session, now, person.username, action, case=number)

    def _write(
        self, person: Person, number: str, kind: AnswerKind, text: str, now: datetime, *, keys: Keys
    ) -> None:
        text = text.strip()
        if not text or len(text) > TEXT_LIMIT:
            raise RequestError(f"请填写内容，最多{TEXT_LIMIT}字")
        with self._act(person, number, now) as (session, case):
            if CaseState(case.state) not in _WORKED_ON:
                raise RequestError(f"“{CaseState(case.state).label}”的异议不能再发送询问或答复")
            if waiting(case):
                raise RequestError("有一项提请等待复核，请先由另一人确认，或者收回提请，再发送")
            author = person.username
            send(session, self._room, case, kind, now, author=author, text=text, keys=keys)
            action = Action.ASK
            if kind is AnswerKind.REPLY:
                case.replied_at, action = case.replied_at or now, Action.REPLY
            record(session, now, person.username, action, case=number)


def require_handler(person: Person, case: Case) -> None:
    """Seeing a case in the list is not handling it."""
    if not handles(person, case):
        raise RequestError("这件异议由其他单位办理，您只能查看进度")
    if case.deleted_at:
        raise RequestError("这件异议已按留存期删除")


def move(case: Case, target: CaseState) -> None:
    """Change the state along the domain's transitions."""
    state = CaseState(case.state)
    if target not in state.next:
        raise RequestError(f"“{state.label}”的异议不能转为“{target.label}”，请刷新页面查看最新状态")
    case.state = target.value


def reopens(case: Case, target: CaseState) -> bool:
    """Whether the move takes up an ended case again."""
    return not CaseState(case.state).open and target.open


def settle(room: CaseRoom, now: datetime) -> None:
    """After an act: answers become files, and the holds are exported anew."""
    dispatch(room, now)
    export_holds(room, now)


def _enter(room: CaseRoom, case: Case, objection: Objection) -> None:
    case.kind = objection.objector.kind.value
    case.grounds = ",".join(ground.value for ground in objection.grounds)
    case.privacy = objection.privacy
    case.whole = objection.concerns_list
    keep_address(room, case, objection.notify)
    case.entries = [
        CaseEntry(
            county=entry.county or room.county_name(case),
            name=entry.name,
            category=entry.category,
            employer=entry.employer,
        )
        for entry in objection.entries
    ]
