"""Who has looked: each look at what a citizen sent is told to the citizen, sealed to their key.

The audit trail is what is told from: a file that is missing, since somebody pulled the plug, is
written with the next look. Its name follows from the hash of its audit line, so that none is told
twice; it stands outside the numbered answers, whose readers pass over it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import Action
from portal.casework.models import AuditLine, Case, Staff
from portal.casework.people import Role
from portal.domain.exchange import checked, read_look, write_look
from portal.domain.objection import Look, LookAct
from portal.errors import SealError
from portal.sealed.dropbox import GONE, SEALED, publish_bytes
from portal.sealed.envelope import Header, container
from portal.sealed.sealing import Sealer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom

ACTS = {
    Action.OPEN: LookAct.OPEN,
    Action.READ_COPY: LookAct.SECOND,
    Action.REVEAL: LookAct.REVEAL,
    Action.DOWNLOAD: LookAct.DOWNLOAD,
    Action.EXPORT: LookAct.EXPORT,
    Action.CONFLICT: LookAct.HAND_OVER,
}
_ID = 16


def tell_looks(room: CaseRoom, number: str) -> int:
    """Write what the citizen of a case has not been told yet; returns how many looks there were."""
    told = 0
    with room.register.read() as session:
        case = session.scalar(select(Case).where(Case.number == number))
        if case is None or not case.reply_key:
            return 0  # on paper there is nobody to tell by code
        if (room.folders.outgoing / f"{case.lookup}{GONE}").exists():
            return 0
        acts = [action.value for action in ACTS]
        query = select(AuditLine).where(AuditLine.case_number == number, AuditLine.action.in_(acts))
        for line in session.scalars(query.order_by(AuditLine.seq)):
            header = Header("look", case.lookup, id=line.hash[:_ID])
            target = room.folders.outgoing / f"{header.name}{SEALED}"
            if target.exists():
                continue
            look = Look(
                line.at.replace(microsecond=0),
                ACTS[Action(line.action)],
                _by(session, room, case, line.actor),
            )
            publish_bytes(room.folders.tmp, target, _sealed(room, case, header, look))
            told += 1
    return told


def _by(session: Session, room: CaseRoom, case: Case, actor: str) -> str:
    """Office and role; the name of an officer is no citizen's business."""
    staff = session.scalar(select(Staff).where(Staff.username == actor))
    if staff is None:
        return room.office_name(case.office)
    return f"{room.office_name(staff.office)}，{Role(staff.role).label}人员"


def _sealed(room: CaseRoom, case: Case, header: Header, look: Look) -> bytes:
    target = io.BytesIO()
    document = checked(look, header.bound, write_look, read_look)
    try:
        sealer = room.citizen_sealer(case)
    except SealError:  # the audit trail has it too: no lost escrow key keeps it from the citizen
        sealer = Sealer((case.reply_key,))
    sealer.seal(header, container("look.json", document), target)
    return target.getvalue()
