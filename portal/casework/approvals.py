"""Two persons: what ends, reopens or deletes a case is proposed by one and confirmed by another.

The second may be of the same office, or of the city's main office, which can confirm a county's
proposal without being able to read the objection. (ASVS 2.3.5)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.casework.audit import Action, record
from portal.casework.cases import find
from portal.casework.correspondence import send
from portal.casework.handling import move, require_handler, settle
from portal.casework.models import Approval, Case, CaseEntry
from portal.casework.retention import delete_files, forget, is_due
from portal.casework.unreadable import require_unreadable
from portal.domain.names import entry_keys
from portal.domain.objection import AnswerKind, CaseState, NonAcceptance, Outcome
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


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: `reason` for refusing, `outcome` and `entries` for closing.

    `summary` is the text for the citizen and for publication: it may hold no personal data.
    """

    ending: Ending
    summary: str = ""
    reason: NonAcceptance | None = None
    outcome: Outcome | None = None
    entries: tuple[str, ...] = ()


def waiting(case: Case) -> Approval | None:
    """The proposal that waits for its second person."""
    return next((approval for approval in case.approvals if approval.confirmed is None), None)


class Approvals:
    """Proposals and their confirmation in one case room."""

    def __init__(self, room: CaseRoom) -> None:
        self._room = room

    def propose(self, person: Person, number: str, proposal: Proposal, now: datetime) -> None:
        """Propose an ending; RequestError while the case is not ready for it."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            require_handler(person, case)
            if waiting(case):
                raise RequestError("已有一项提请等待复核，请先由另一人确认或者退回")
            if proposal.ending is Ending.UNREADABLE:
                require_unreadable(session, self._room, case)
            _check(self._room, case, proposal, now)
            case.approvals.append(
                Approval(
                    case_id=case.id,
                    action=proposal.ending.value,
                    proposed_by=person.username,
                    proposed_at=now,
                    outcome=proposal.outcome.value if proposal.outcome else "",
                    reason=proposal.reason.value if proposal.reason else "",
                    entries=json.dumps(proposal.entries, ensure_ascii=False),
                    summary=proposal.summary.strip(),
                )
            )
            action = (
                Action.PROPOSE_DELETE if proposal.ending is Ending.DELETE else Action.PROPOSE_CLOSE
            )
            detail = {"ending": proposal.ending.value}
            record(session, now, person.username, action, case=number, detail=detail)

    def decline(self, person: Person, number: str, now: datetime) -> None:
        """Turn a proposal down; also how its author takes it back."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            approval = _waiting(case)
            approval.decided_by, approval.decided_at = person.username, now
            approval.confirmed = False
            detail = {"ending": approval.action}
            record(session, now, person.username, Action.DECLINE, case=number, detail=detail)

    def confirm(self, person: Person, number: str, now: datetime) -> None:
        """Confirm as the second person, and do it."""
        with self._room.register.write() as session:
            case = find(session, person, self._room.main_office, number, lock=True)
            approval = _waiting(case)
            if approval.proposed_by == person.username:
                raise RequestError("提请人不能自己复核，请由另一位经办人员办理")
            approval.decided_by, approval.decided_at, approval.confirmed = (
                person.username,
                now,
                True,
            )
            ending = Ending(approval.action)
            detail: dict[str, str | int] = {"ending": ending.value}
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
        reason, outcome = "", None
        if ending is Ending.REFUSE:
            move(case, CaseState.NOT_ACCEPTED)
            reason = NonAcceptance(approval.reason).label
            case.reason, case.closed_at = approval.reason, now
        elif ending is Ending.UNREADABLE:
            require_unreadable(session, self._room, case)
            move(case, CaseState.NOT_ACCEPTED)
            reason = NonAcceptance.UNREADABLE.label
            case.reason, case.closed_at = NonAcceptance.UNREADABLE.value, now
        elif ending is Ending.CLOSE:
            move(case, CaseState.CLOSED)
            outcome = Outcome(approval.outcome)
            case.outcome, case.closed_at = approval.outcome, now
            _uphold(self._room, case, json.loads(approval.entries), outcome)
        else:
            reopened = case.state == CaseState.NOT_ACCEPTED
            move(case, CaseState.ACCEPTED if reopened else CaseState.EXAMINING)
            case.outcome, case.reason, case.closed_at = "", "", None
            for entry in case.entries:
                entry.upheld = False
        case.summary = approval.summary
        send(
            session,
            self._room,
            case,
            AnswerKind.STATUS,
            now,
            author=approval.proposed_by,
            text=approval.summary,
            reason=reason,
            outcome=outcome,
        )


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
    target = {
        Ending.REFUSE: CaseState.NOT_ACCEPTED,
        Ending.UNREADABLE: CaseState.NOT_ACCEPTED,
        Ending.CLOSE: CaseState.CLOSED,
        Ending.REOPEN: CaseState.ACCEPTED
        if state is CaseState.NOT_ACCEPTED
        else CaseState.EXAMINING,
    }[proposal.ending]
    if target not in state.next:
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
    if case.replied_at is None:
        raise RequestError("请先向异议人答复，再提请办结")
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
