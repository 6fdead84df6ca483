"""Conflict routing (回避): a case goes one level up, sealed anew to the office that takes it over.

The envelopes keep their header lines, to which the documents inside are bound; only the keys
change. The former office's envelopes are removed, with tombstones so that no carrier brings them
back, and the citizen is told which office has the case now.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.casework.audit import Action, record
from portal.casework.cases import find, waiting
from portal.casework.correspondence import send
from portal.casework.handling import require_handler, settle
from portal.casework.looks import tell_looks
from portal.casework.mail import queue_notice
from portal.casework.models import Case, CaseMessage
from portal.domain.objection import AnswerKind
from portal.errors import RequestError, SealError
from portal.sealed.dropbox import GONE, publish, publish_bytes, remove_envelope
from portal.sealed.envelope import read_header
from portal.sealed.suites import suite_named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import BinaryIO

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.people import Person
    from portal.sealed.sealing import Sealed, Sealer


def office_above(room: CaseRoom, office: str) -> str | None:
    """The office one level up: county → main office → supervisor; None where there is none."""
    if office == room.supervisor:
        return None
    return room.supervisor if office == room.main_office else room.main_office


def hand_over(
    room: CaseRoom, person: Person, number: str, identities: Sequence[str], now: datetime
) -> str:
    """Hand a case to the office one level up; returns its slug. Nobody reads it for that."""
    with room.register.write() as session:
        case = find(session, person, room.main_office, number, lock=True)
        require_handler(person, case)
        office = office_above(room, case.office)
        if office is None:
            raise RequestError("没有设置上一级办理单位（PORTAL_SUPERVISOR），请改由书面渠道移送")
        sealer = room.office_sealer(office, case.notice)
        resealed = [_reseal_file(room, case.lookup, sealer, identities)]
        case.sha256, case.size = resealed[0].sha256, resealed[0].size
        for message in _messages(session, case):
            if message.name:
                sealed = _reseal_file(room, message.name, sealer, identities)
                message.sha256, message.size = sealed.sha256, sealed.size
            if message.copy:
                message.copy = _reseal_bytes(message.copy, sealer, identities)
        if pending := waiting(case):  # what the former office proposed is no longer its to decide
            pending.decided_by, pending.decided_at = person.username, now
            pending.confirmed, pending.shared = False, None
            pending.reply_copy = pending.reply_payload = None
        former = case.office
        _assign_office(room, case, office)
        send(session, room, case, AnswerKind.STATUS, now, office=office, keys=identities, by=former)
        record(
            session,
            now,
            person.username,
            Action.CONFLICT,
            case=number,
            detail={"from": former, "to": office},
        )
        queue_notice(session, case, now, "收到一件上转办理的异议")
        names = [case.lookup, *(m.name for m in case.messages if m.name)]
    for name in names:
        _bury(room, name)
    settle(room, now)
    tell_looks(room, number)
    return office


def _assign_office(room: CaseRoom, case: Case, office: str) -> None:
    known = room.catalogue().site.offices.get(office)
    case.office, case.office_county = office, (known.county or "") if known else ""
    case.assigned_to, case.handed_over = "", True


def _messages(session: Session, case: Case) -> Sequence[CaseMessage]:
    query = select(CaseMessage).where(CaseMessage.case_id == case.id)
    return session.scalars(query.options(undefer(CaseMessage.copy))).all()


def _reseal(source: BinaryIO, target: BinaryIO, sealer: Sealer, keys: Sequence[str]) -> Sealed:
    header = read_header(source)
    plain = io.BytesIO()
    suite_named(header.suite).open(source, plain, keys)
    plain.seek(0)
    return sealer.seal(header, plain, target)


def _reseal_file(room: CaseRoom, name: str, sealer: Sealer, identities: Sequence[str]) -> Sealed:
    path = room.envelope(name)
    if not path.exists():
        raise SealError("信封文件不在，不能移送")
    with path.open("rb") as source:
        return publish(
            room.folders.tmp,
            room.resealed / f"{name}.sealed",
            lambda target: _reseal(source, target, sealer, identities),
        )


def _reseal_bytes(data: bytes, sealer: Sealer, identities: Sequence[str]) -> bytes:
    target = io.BytesIO()
    _reseal(io.BytesIO(data), target, sealer, identities)
    return target.getvalue()


def _bury(room: CaseRoom, name: str) -> None:
    path = room.folders.envelopes / f"{name}.sealed"
    publish_bytes(room.folders.tmp, path.with_suffix(GONE), b"")
    remove_envelope(path)
