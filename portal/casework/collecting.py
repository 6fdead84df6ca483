"""From envelopes to the register: every envelope collected becomes a row, each exactly once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import SYSTEM, Action, record
from portal.casework.mail import queue_notice
from portal.casework.models import Case, CaseMessage
from portal.domain.objection import CaseState
from portal.errors import SealError
from portal.sealed.courier import in_words
from portal.sealed.dropbox import SEALED, digest, sealed_names
from portal.sealed.envelope import read_header
from portal.sealed.sealing import Sealed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.sealed.envelope import Header


@dataclass(slots=True)
class Imported:
    """What an import found: new cases, new messages, and envelopes that need a person."""

    cases: int = 0
    messages: int = 0
    troubles: list[str] = field(default_factory=list)


def import_envelopes(room: CaseRoom, now: datetime) -> Imported:
    """Register every envelope that has no row yet; one that cannot be read is reported and stays.

    Objections come before their messages, since a message without its case waits for the next time.
    """
    done = Imported()
    with room.register.read() as session:
        known = set(session.scalars(select(Case.lookup)))
        known |= {name for name in session.scalars(select(CaseMessage.name)) if name}
    names = [name.removesuffix(SEALED) for name in sealed_names(room.folders.envelopes)]
    for name in sorted((n for n in names if n not in known), key=lambda n: ("." in n, n)):
        try:
            path = room.envelope(name)
            with path.open("rb") as stream:
                header = read_header(stream)
            _register(room, header, name, now, done)
        except Exception as error:  # noqa: BLE001 - whatever one envelope does, the others go on
            done.troubles.append(f"{name}：{in_words(error)}")
    return done


def _register(room: CaseRoom, header: Header, name: str, now: datetime, done: Imported) -> None:
    path = room.envelope(name)
    sealed = Sealed(path.stat().st_size, digest(path))
    with room.register.write() as session:
        if header.kind == "objection":
            if session.scalar(select(Case.id).where(Case.lookup == header.lookup)) is None:
                case = add_case(session, room, header, sealed, now, channel="online")
                queue_notice(session, case, now, "收到一件新的异议")
                done.cases += 1
        elif header.kind == "message":
            done.messages += _add_message(session, header, name, sealed, now)
        else:
            raise SealError("信封的种类不符")


def add_case(
    session: Session,
    room: CaseRoom,
    header: Header,
    sealed: Sealed,
    now: datetime,
    *,
    channel: str,
    actor: str = SYSTEM,
) -> Case:
    """A new row for an objection's envelope, with its reply target and its line of audit."""
    if header.received is None or not header.number:
        raise SealError("信封头部缺少编号或者收到时间")
    notice = room.notice(header.notice)
    office = room.catalogue().site.offices.get(header.office)
    case = Case(
        number=header.number,
        lookup=header.lookup,
        channel=channel,
        reply_key=header.reply,
        sha256=sealed.sha256,
        size=sealed.size,
        notice=header.notice,
        notice_title=notice.title if notice else header.notice,
        edition=notice.edition if notice else "",
        county=(notice.county or "") if notice else "",
        office=header.office,
        office_county=(office.county or "") if office else "",
        state=CaseState.RECEIVED.value,
        received_at=header.received,
        registered_at=now,
        due=room.due(header.received),
        demonstration=header.demonstration,
    )
    session.add(case)
    session.flush()
    action = Action.COLLECT if channel == "online" else Action.REGISTER
    detail = {"channel": channel, "sha256": sealed.sha256}
    record(session, now, actor, action, case=case.number, detail=detail)
    return case


def _add_message(session: Session, header: Header, name: str, sealed: Sealed, now: datetime) -> int:
    """A new row under the name of the file, which differs where two had one (`same_name`)."""
    case = session.scalar(select(Case).where(Case.lookup == header.lookup))
    if case is None:
        raise SealError("补充材料的原件尚未收到，留待下次收取")
    if session.scalar(select(CaseMessage.id).where(CaseMessage.name == name)):
        return 0
    at = header.received or now
    session.add(
        CaseMessage(case_id=case.id, name=name, sha256=sealed.sha256, size=sealed.size, at=at)
    )
    record(session, now, SYSTEM, Action.ANSWER, case=case.number, detail={"sha256": sealed.sha256})
    queue_notice(session, case, now, "一件异议有新的补充材料")
    return 1
