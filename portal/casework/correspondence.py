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
from portal.domain.exchange import checked, read_answer, write_answer
from portal.domain.objection import Answer, AnswerKind, CaseState, NonAcceptance, Outcome
from portal.sealed.dropbox import SEALED, names_of_case, publish_bytes
from portal.sealed.envelope import Header, container

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.sealed.sealing import Sealer


_SEQ_DIGITS = 4  # what stands beside the answers has a longer name


def _sealed(sealer: Sealer, answer: Answer, lookup: str) -> bytes:
    header = Header("answer", lookup, seq=answer.seq)
    target = io.BytesIO()
    document = checked(answer, header.bound, write_answer, read_answer)
    sealer.seal(header, container("answer.json", document), target)
    return target.getvalue()


def _next_seq(room: CaseRoom, case: Case) -> int:
    """The number after all that the register and the files know: a restored register lacks some."""
    known = [message.seq or 0 for message in case.messages]
    names = names_of_case(room.folders.outgoing, case.lookup)
    numbers = [name.split(".")[1] for name in names]
    return max((*known, *(int(n) for n in numbers if len(n) == _SEQ_DIGITS)), default=0) + 1


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
    seq = _next_seq(room, case)
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
        copy=_copy_of(room, case, answer),
        payload=_sealed(room.citizen_sealer(case), answer, case.lookup) if case.reply_key else None,
    )
    case.messages.append(message)
    session.flush()
    return message


def _copy_of(room: CaseRoom, case: Case, answer: Answer) -> bytes | None:
    """The office's copy; none for a case that ends because its key is lost."""
    if case.reason == NonAcceptance.UNREADABLE and not room.keys.public.recipients(
        case.office, case.notice
    ):
        return None
    return _sealed(room.office_sealer(case.office, case.notice), answer, case.lookup)


def dispatch(room: CaseRoom, now: datetime) -> int:
    """Write every stored answer that is not yet a file; returns how many there were."""
    rows = _waiting(room)
    for message, lookup in rows:
        target = _target(room, lookup, message)
        if not target.exists():
            publish_bytes(room.folders.tmp, target, message.payload or b"")
        elif target.read_bytes() != message.payload:
            continue  # another answer has this number: `undelivered` tells
        with room.register.write() as session:
            session.get_one(CaseMessage, message.id).dispatched_at = now
    return len(rows)


def undelivered(room: CaseRoom) -> list[str]:
    """Answers that cannot go out, since another file has their name."""
    return [
        f"{lookup}.{message.seq:04d}：已有一份同名而内容不同的答复，这一份没有发出"
        for message, lookup in _waiting(room)
        if _target(room, lookup, message).exists()
        and _target(room, lookup, message).read_bytes() != message.payload
    ]


def _target(room: CaseRoom, lookup: str, message: CaseMessage) -> Path:
    return room.folders.outgoing / f"{lookup}.{message.seq:04d}{SEALED}"


def _waiting(room: CaseRoom) -> list[tuple[CaseMessage, str]]:
    """Every stored answer that is not yet a file, with its case's lookup."""
    waiting = (
        select(CaseMessage, Case.lookup)
        .join(Case, Case.id == CaseMessage.case_id)
        .where(CaseMessage.payload.is_not(None), CaseMessage.dispatched_at.is_(None))
        .options(undefer(CaseMessage.payload))
        .order_by(CaseMessage.id)
    )
    with room.register.read() as session:
        return [(row[0], row[1]) for row in session.execute(waiting)]
