"""What the office sends: sealed to the citizen, copied to the office, through an outbox.

The sealed answer is stored in the same transaction as the act; `dispatch` turns stored answers into
files afterwards and may be repeated, so an answer is never half sent and never sent twice.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.casework.answer_signing import signed_answer
from portal.casework.models import Case, CaseMessage
from portal.casework.telling import queue_news
from portal.domain.exchange import checked, read_answer, write_answer
from portal.domain.objection import (
    Answer,
    AnswerKind,
    CaseState,
    NonAcceptance,
    Outcome,
    Signature,
)
from portal.sealed.dropbox import SEALED, names_of_case, publish_bytes
from portal.sealed.envelope import Header, container

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
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


def next_seq(room: CaseRoom, case: Case) -> int:
    """The number after all that the register and the files know: a restored register lacks some."""
    known = [message.seq or 0 for message in case.messages]
    names = names_of_case(room.folders.outgoing, case.lookup)
    numbers = [name.split(".")[1] for name in names]
    return max((*known, *(int(n) for n in numbers if len(n) == _SEQ_DIGITS)), default=0) + 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer as it is kept: its number, the office's copy, what goes to the citizen."""

    answer: Answer
    copy: bytes | None
    payload: bytes | None


def prepare(room: CaseRoom, case: Case, answer: Answer) -> Prepared:
    """Number an answer and seal it to the citizen, and to the office.

    An objection that came on paper has no reply key: only the office's copy is kept.
    """
    answer = replace(answer, seq=next_seq(room, case))
    payload = _sealed(room.citizen_sealer(case), answer, case.lookup) if case.reply_key else None
    return Prepared(answer, _copy_of(room, case, answer), payload)


def aimed_day(case: Case, state: CaseState) -> date | None:
    """The day by which the office aims to reply to a case in a state; none once it has."""
    return case.due if state.open and not case.replied_at else None


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
    keys: Sequence[str] = (),
    by: str = "",
    signature: Signature | None = None,
) -> CaseMessage:
    """Seal an answer and put it into the outbox; it becomes a file with the next `dispatch`.

    It is signed by the case's office, or `by` another, where identities are unlocked (`keys`), or
    has the `signature` that was given when it was proposed.
    """
    at, state = now.replace(microsecond=0), CaseState(case.state)
    due = None if kind is AnswerKind.REPLY else aimed_day(case, state)
    answer = Answer(0, at, kind, state, text, reason, outcome, office, signature, due)
    answer = signed_answer(
        answer,
        number=case.number,
        notice=case.notice,
        office=by or case.office,
        identities=keys,
        at=now,
    )
    return enter(session, case, prepare(room, case, answer), author, now)


def enter(
    session: Session, case: Case, prepared: Prepared, author: str, now: datetime
) -> CaseMessage:
    """Put a prepared answer into the outbox."""
    answer = prepared.answer
    message = CaseMessage(
        case_id=case.id,
        kind=answer.kind.value,
        at=now,
        author=author,
        seq=answer.seq,
        copy=prepared.copy,
        payload=prepared.payload,
    )
    case.messages.append(message)
    queue_news(session, case, now)
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
