"""What to do next on a case, in one sentence: from its state and what has arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.dates import write_day
from portal.domain.objection import AnswerKind, CaseState, MessageKind

if TYPE_CHECKING:
    from portal.casework.models import Case
    from portal.desk.case.case_contexts import CasePage

_BY_STATE = {
    CaseState.RECEIVED: "受理；不符合条件的，提请不予受理",
    CaseState.ACCEPTED: "开始核查；材料不清楚的，请异议人补充",
    CaseState.EXAMINING: "查清以后，写好答复，提请办结",
    CaseState.CLOSED: "没有要办的；发现新情况的，可以提请重新核查",
    CaseState.NOT_ACCEPTED: "没有要办的；发现新情况的，可以提请重新核查",
    CaseState.WITHDRAWN: "没有要办的",
}

_UNOPENABLE = (
    "这件打不开：先请密钥保管人核对密钥是不是这次公示的，再试一次；仍然打不开的，"
    "在“信封无法读取”提请结束（两人办理），请异议人重新提出"
)


def next_step(view: CasePage) -> str:
    """One sentence without its full stop; empty for a case whose contents were deleted."""
    case, state = view.line.case, view.line.state
    if case.deleted_at:
        return ""
    if view.waiting:
        return f"{view.waiting_label}等待复核" if view.may_confirm else "等另一位经办人员复核"
    if not view.handles:
        return f"由{view.line.office}办理" if state.open else "没有要办的"
    if view.withdrawal:
        return "异议人提出撤回，确认撤回"
    return _of_handler(view, case, state)


def _of_handler(view: CasePage, case: Case, state: CaseState) -> str:
    if view.deletable:
        return "留存期已满，提请删除材料"
    if view.unopenable and state.open:
        return _UNOPENABLE
    if not case.opened_at:
        return "拆封阅读；先看是否涉及本单位或者自己，涉及的转上一级"
    if state.open and not view.unlocked:
        return f"输入密钥口令，解锁以后{_BY_STATE[state]}"
    if state.open and view.fresh:
        return f"拆封新材料{view.fresh}件"
    asked = open_question(case) if state is CaseState.EXAMINING else ""
    return f"等异议人回答{asked}的询问；不等的，{_BY_STATE[state]}" if asked else _BY_STATE[state]


def open_question(case: Case) -> str:
    """The day of the last question that nobody has answered; empty where there is none."""
    asked = [m for m in case.messages if m.kind == AnswerKind.QUESTION]
    answered = {m.answers for m in case.messages if m.kind == MessageKind.ANSWER}
    last = asked[-1] if asked else None
    return write_day(last.at.date()) if last and last.seq not in answered else ""
