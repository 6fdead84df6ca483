"""What the office sends: sealed to the citizen, copied to the office, through an outbox.

The sealed answer is stored in the same transaction as the act; `dispatch` turns stored answers into
files afterwards and may be repeated, so an answer is never half sent and never sent twice.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.casework.models import Case, CaseMessage
from portal.domain.exchange import write_answer
from portal.domain.objection import Answer, AnswerKind, CaseState, Outcome
from portal.sealed.dropbox import SEALED, publish_bytes
from portal.sealed.envelope import Header, container

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.sealed.sealing import Sealer


def _sealed(sealer: Sealer, answer: Answer, lookup: str) -> bytes:
    header = Header("answer", lookup, seq=answer.seq)
    target = io.BytesIO()
    sealer.seal(header, container("answer.json", write_answer(answer, header.bound)), target)
    return target.getvalue()


def send(
    session: Session,
    room: CaseRoom,
    case: Case,
    kind: AnswerKind,
    now: datetime,
    *,
    author: str = "",
    text: str = "",
    reason: str = "",
    outcome: Outcome | None = None,
    office: str = "",
) -> CaseMessage:
    """Seal an answer and put it into the outbox; it becomes a file with the next `dispatch`.

    An objection that came on paper has no reply key: only the office's copy is kept.
    """
    seq = max((message.seq or 0 for message in case.messages), default=0) + 1
    answer = Answer(
        seq,
        now.replace(microsecond=0),
        kind,
        CaseState(case.state),
        text=text,
        reason=reason,
        outcome=outcome,
        office=office,
    )
    message = CaseMessage(
        case_id=case.id,
        kind=kind.value,
        at=now,
        author=author,
        seq=seq,
        copy=_sealed(room.office_sealer(case.office, case.notice), answer, case.lookup),
        payload=_sealed(room.citizen_sealer(case), answer, case.lookup) if case.reply_key else None,
    )
    case.messages.append(message)
    session.flush()
    return message


def dispatch(room: CaseRoom, now: datetime) -> int:
    """Write every stored answer that is not yet a file; returns how many."""
    waiting = (
        select(CaseMessage, Case.lookup)
        .join(Case, Case.id == CaseMessage.case_id)
        .where(CaseMessage.payload.is_not(None), CaseMessage.dispatched_at.is_(None))
        .options(undefer(CaseMessage.payload))
        .order_by(CaseMessage.id)
    )
    with room.register.read() as session:
        rows = session.execute(waiting).all()
    for message, lookup in rows:
        target = room.folders.outgoing / f"{lookup}.{message.seq:04d}{SEALED}"
        if not target.exists():
            publish_bytes(room.folders.tmp, target, message.payload or b"")
        with room.register.write() as session:
            session.get_one(CaseMessage, message.id).dispatched_at = now
    return len(rows)
