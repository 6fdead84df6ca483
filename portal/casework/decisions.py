"""What a proposal ends in, and what goes to the citizen when it is confirmed.

Both are known when somebody proposes it, and the office signs them then: the second person may be
of another office, which holds no key of this one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.casework.answer_signing import signed_answer
from portal.casework.correspondence import Prepared, aimed_day, enter, next_seq, prepare
from portal.domain.objection import (
    Answer,
    AnswerKind,
    CaseState,
    NonAcceptance,
    Outcome,
    Signature,
)
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.models import Approval, Case


class Ending(StrEnum):
    """What takes two persons."""

    REFUSE = "refuse"
    CLOSE = "close"
    REOPEN = "reopen"
    DELETE = "delete"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The act's Chinese name."""
        return {
            "refuse": "不予受理",
            "close": "办结",
            "reopen": "重新核查",
            "delete": "删除材料",
            "unreadable": "信封无法读取",
        }[self.value]


def target_of(ending: Ending, state: CaseState) -> CaseState:
    """The state after an ending."""
    if ending is Ending.CLOSE:
        return CaseState.CLOSED
    if ending is Ending.REOPEN:
        refused = state is CaseState.NOT_ACCEPTED
        return CaseState.ACCEPTED if refused else CaseState.EXAMINING
    return CaseState.NOT_ACCEPTED


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes to the citizen with a confirmation: known, and signed, when it is proposed."""

    kind: AnswerKind
    state: CaseState
    text: str
    reason: str = ""
    outcome: Outcome | None = None

    @classmethod
    def ending(cls, case: Case, approval: Approval) -> Outgoing:
        """The state after it, with the reason or the outcome."""
        ending = Ending(approval.action)
        refused = ending in (Ending.REFUSE, Ending.UNREADABLE)
        return cls(
            AnswerKind.STATUS,
            target_of(ending, CaseState(case.state)),
            approval.summary,
            reason_of(approval).label if refused else "",
            Outcome(approval.outcome) if ending is Ending.CLOSE else None,
        )


def reason_of(approval: Approval) -> NonAcceptance:
    """Why it is not accepted."""
    return NonAcceptance(approval.reason or NonAcceptance.UNREADABLE)


def sign_ending(case: Case, approval: Approval, keys: Sequence[str], now: datetime) -> str:
    """The office's signature under the state after a proposal; empty where nothing is unlocked."""
    if not keys or approval.action == Ending.DELETE:
        return ""
    out = Outgoing.ending(case, approval)
    due = aimed_day(case, out.state)
    answer = Answer(0, now, out.kind, out.state, out.text, out.reason, out.outcome, due=due)
    signed = _signed(case, answer, keys, now).signature
    assert signed is not None
    return json.dumps([signed.office, signed.at.isoformat(), signed.value])


def signature_of(approval: Approval) -> Signature | None:
    """The signature given with a proposal."""
    if not approval.signed:
        return None
    office, at, value = json.loads(approval.signed)
    return Signature(office, datetime.fromisoformat(at), value)


def keep_reply(
    room: CaseRoom, case: Case, approval: Approval, text: str, keys: Sequence[str]
) -> None:
    """Seal the reply that goes out with the confirmation, as it will go out."""
    at = approval.proposed_at.replace(microsecond=0)
    answer = Answer(0, at, AnswerKind.REPLY, CaseState(case.state), text)
    prepared = prepare(room, case, _signed(case, answer, keys, approval.proposed_at))
    approval.reply_seq = prepared.answer.seq
    approval.reply_copy, approval.reply_payload = prepared.copy, prepared.payload


def send_reply(
    session: Session, room: CaseRoom, case: Case, approval: Approval, now: datetime
) -> None:
    """Put the kept reply into the outbox; RequestError where something was sent since."""
    if approval.reply_copy is None or approval.reply_seq is None:
        return
    if next_seq(room, case) != approval.reply_seq:
        raise RequestError("提请以后又有往来，请退回，由提请人重新提请")
    answer = Answer(approval.reply_seq, now, AnswerKind.REPLY, CaseState(case.state))
    prepared = Prepared(answer, approval.reply_copy, approval.reply_payload)
    enter(session, case, prepared, approval.proposed_by, now)
    approval.reply_copy = approval.reply_payload = None
    case.replied_at = case.replied_at or now


def _signed(case: Case, answer: Answer, keys: Sequence[str], now: datetime) -> Answer:
    return signed_answer(
        answer,
        number=case.number,
        notice=case.notice,
        office=case.office,
        identities=keys,
        at=now,
    )
