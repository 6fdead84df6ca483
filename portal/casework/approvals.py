"""Two persons: what ends, reopens or deletes a case is proposed by one and confirmed by another.

The second may be of the same office, or of the city's main office, which can confirm a county's
proposal without being able to read the objection. (ASVS 2.3.5)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.casework.audit import Action, record
from portal.casework.cases import find, waiting
from portal.casework.correspondence import send
from portal.casework.decisions import (
    Ending,
    Outgoing,
    keep_reply,
    reason_of,
    send_reply,
    sign_ending,
    signature_of,
    target_of,
)
from portal.casework.handling import TEXT_LIMIT, move, require_handler, settle
from portal.casework.models import Approval, Case, CaseEntry
from portal.casework.retention import delete_files, forget, is_due
from portal.casework.second_reading import keep_copy, require_reading
from portal.casework.unreadable import require_unreadable
from portal.domain.names import entry_keys
from portal.domain.objection import (
    CaseState,
    NonAcceptance,
    Outcome,
)
from portal.domain.personal_numbers import (
    find_bank_cards,
    find_identity_numbers,
    find_mobile_numbers,
)
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.people import Person

SUMMARY_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: `reason` for refusing, `outcome` and `entries` for closing.

    `summary` is the text for the citizen and for publication: it may hold no personal data. `reply`
    is for the citizen alone and goes out with the confirmation. `shared` lets the main office read
    what it rests on.
    """

    ending: Ending
    summary: str = ""
    reply: str = ""
    reason: NonAcceptance | None = None
    outcome: Outcome | None = None
    entries: tuple[str, ...] = ()
    shared: bool = False


class Approvals:
    """Proposals and their confirmation in one case room."""

    def __init__(self, room: CaseRoom) -> None:
        self._room = room

    def propose(
        self,
        person: Person,
        number: str,
        proposal: Proposal,
        now: datetime,
        keys: Sequence[str] = (),
    ) -> None:
        """Propose an ending; RequestError while the case is not ready for it.

        With the case's unlocked identities (`keys`) the office signs now what goes out then.
        """
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            require_handler(person, case)
            if waiting(case):
                raise RequestError("已有一项提请等待复核，请先由另一人确认或者退回")
            if proposal.ending is Ending.UNREADABLE:
                require_unreadable(session, self._room, case)
            _check(self._room, case, proposal, now)
            approval = Approval(
                case_id=case.id,
                action=proposal.ending.value,
                proposed_by=person.username,
                proposed_at=now,
                outcome=proposal.outcome.value if proposal.outcome else "",
                reason=proposal.reason.value if proposal.reason else "",
                entries=json.dumps(proposal.entries, ensure_ascii=False),
                summary=proposal.summary.strip(),
            )
            approval.signed = sign_ending(case, approval, keys, now)
            if reply := proposal.reply.strip():
                keep_reply(self._room, case, approval, reply, keys)
            if proposal.shared:
                keep_copy(self._room, case, approval, reply, keys)
            case.approvals.append(approval)
            action = (
                Action.PROPOSE_DELETE if proposal.ending is Ending.DELETE else Action.PROPOSE_CLOSE
            )
            detail = {"ending": proposal.ending.value}
            if approval.shared:
                detail["shared"] = self._room.main_office
            record(session, now, person.username, action, case=number, detail=detail)

    def decline(self, person: Person, number: str, now: datetime) -> None:
        """Turn a proposal down; also how its author takes it back."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            approval = _waiting(case)
            approval.decided_by, approval.decided_at = person.username, now
            approval.confirmed = False
            approval.reply_copy = approval.reply_payload = approval.shared = None
            detail = {"ending": approval.action}
            record(session, now, person.username, Action.DECLINE, case=number, detail=detail)

    def check(self, person: Person, number: str, *, unread: bool = False) -> None:
        """Whether a person may confirm now; RequestError with the reason where not."""
        with self._room.register.read() as session:
            case = find(session, person, self._room.main_office, number)
            _second(session, person, case, unread=unread)

    def confirm(self, person: Person, number: str, now: datetime, *, unread: bool = False) -> None:
        """Confirm as the second person, and do it; who did not read it says so (`unread`)."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            approval, read = _second(session, person, case, unread=unread)
            approval.decided_by, approval.decided_at = person.username, now
            approval.confirmed, approval.shared = True, None
            ending = Ending(approval.action)
            detail = {"ending": ending.value, **read}
            if ending is Ending.DELETE:
                detail |= forget(session, case, now)
            else:
                self._apply(session, case, approval, ending, now)
            action = Action.CONFIRM_DELETE if ending is Ending.DELETE else Action.CONFIRM_CLOSE
            record(session, now, person.username, action, case=number, detail=detail)
        if ending is Ending.DELETE:
            delete_files(self._room)
        settle(self._room, now)

    def _apply(
        self, session: Session, case: Case, approval: Approval, ending: Ending, now: datetime
    ) -> None:
        if ending is Ending.UNREADABLE:
            require_unreadable(session, self._room, case)
        send_reply(session, self._room, case, approval, now)
        out = Outgoing.ending(case, approval)
        move(case, out.state)
        if ending in (Ending.REFUSE, Ending.UNREADABLE):
            case.reason, case.closed_at = reason_of(approval).value, now
        elif ending is Ending.CLOSE:
            assert out.outcome is not None
            case.outcome, case.closed_at = approval.outcome, now
            _uphold(self._room, case, json.loads(approval.entries), out.outcome)
        else:
            case.outcome, case.reason, case.closed_at = "", "", None
            for entry in case.entries:
                entry.upheld = False
        case.summary = approval.summary
        self._send(session, case, approval, out, now)

    def _send(
        self, session: Session, case: Case, approval: Approval, out: Outgoing, now: datetime
    ) -> None:
        send(
            session,
            self._room,
            case,
            out.kind,
            now,
            author=approval.proposed_by,
            text=out.text,
            reason=out.reason,
            outcome=out.outcome,
            signature=signature_of(approval),
        )


def _second(
    session: Session, person: Person, case: Case, *, unread: bool
) -> tuple[Approval, dict[str, str | int]]:
    """What waits for a person as the second one, and what they have read of it."""
    approval = _waiting(case)
    if approval.proposed_by == person.username:
        raise RequestError("提请人不能自己复核，请由另一位经办人员办理")
    return approval, require_reading(session, person, case, approval, unread=unread)


def _waiting(case: Case) -> Approval:
    approval = waiting(case)
    if approval is None:
        raise RequestError("没有等待复核的提请")
    return approval


def _check(room: CaseRoom, case: Case, proposal: Proposal, now: datetime) -> None:
    state = CaseState(case.state)
    if proposal.ending is Ending.DELETE:
        if state.open or not is_due(case, now, room.retention_days):
            raise RequestError("只有已结束、且留存期满的异议才可以删除材料")
        return
    if target_of(proposal.ending, state) not in state.next:
        raise RequestError(f"“{state.label}”的异议不能办理“{proposal.ending.label}”")
    if case.opened_at is None and proposal.ending is not Ending.UNREADABLE:
        raise RequestError("请先拆封阅读，再办理")
    _check_summary(proposal)
    if proposal.ending is Ending.REFUSE and proposal.reason is None:
        raise RequestError("请选择不予受理的理由")
    if proposal.ending is Ending.CLOSE:
        _check_closing(case, proposal)


def _check_closing(case: Case, proposal: Proposal) -> None:
    if proposal.outcome is None:
        raise RequestError("请选择办理结果")
    if case.replied_at is None and not proposal.reply.strip():
        raise RequestError("请写明给异议人的答复；复核同意后与办结一并送达")
    if len(proposal.reply.strip()) > TEXT_LIMIT:
        raise RequestError(f"答复最多{TEXT_LIMIT}字")
    if proposal.outcome is Outcome.UPHELD and not proposal.entries:
        raise RequestError("异议成立的，请勾选因此不再保留的条目")


def _check_summary(proposal: Proposal) -> None:
    summary = proposal.summary.strip()
    if not summary or len(summary) > SUMMARY_LIMIT:
        raise RequestError(f"请填写结论摘要，最多{SUMMARY_LIMIT}字；它会告知异议人并可用于公开")
    if find_identity_numbers(summary) or find_mobile_numbers(summary) or find_bank_cards(summary):
        raise RequestError("结论摘要中有身份证号、手机号或银行卡号，请删去")


def _uphold(room: CaseRoom, case: Case, names: Sequence[str], outcome: Outcome) -> None:
    """Mark the upheld entries; an objection to the whole list gets rows for those it removes."""
    if outcome is not Outcome.UPHELD:
        return
    known = dict(zip(entry_keys(case.entries), case.entries, strict=True))
    notice = room.notice(case.notice)
    listed = notice.entries if notice else ()
    of_list = dict(zip(entry_keys(listed), listed, strict=True))
    for name in names:
        if name in known:
            known[name].upheld = True
            continue
        entry = of_list.get(name)
        if entry is None:
            raise RequestError(f"名单中没有“{name}”")
        case.entries.append(
            CaseEntry(
                county=entry.county or room.county_name(case),
                name=entry.name,
                category=str(entry.category),
                employer=entry.apart,
                upheld=True,
            )
        )
