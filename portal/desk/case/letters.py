"""答复函 and 登记回执 as Word documents, for people who are answered on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.desk.case.case_documents import outcome_text
from portal.desk.case.document_writer import Writer
from portal.domain.dates import write_date, write_meta
from portal.domain.objection import AnswerKind, NonAcceptance

if TYPE_CHECKING:
    from datetime import datetime

    from portal.desk.case.case_contexts import CasePage

_REPLY = AnswerKind.REPLY.label


def has_reply(view: CasePage) -> bool:
    """Whether there is anything to write a letter of: a reply, or an end."""
    return bool(view.line.case.closed_at or view.line.case.replied_at)


def reply_letter(view: CasePage, office: str, now: datetime) -> bytes:
    """答复函: what the office replied, and how it ended; nothing that waits for a second person."""
    case = view.line.case
    assert view.objection is not None
    out = Writer("异议答复函", now, demonstration=case.demonstration)
    name = view.objection.objector.name
    out.plain(f"{name}：" if name else "异议人：")
    out.text(
        f"您于{write_date(case.received_at)}就《{case.notice_title}》提出的异议"
        f"（编号{case.number}）已经办理，现答复如下。"
    )
    for item in view.items:
        if item.ours and item.title == _REPLY and item.text:
            out.text(item.text)
    if case.closed_at:
        ended = outcome_text(case)
        if case.reason:
            ended += f"（{NonAcceptance(case.reason).label}）"
        out.text(f"办理结果：{ended}。")
        out.text(case.summary)
    out.right(office)
    out.right(write_date(case.closed_at or case.replied_at or now))
    return out.bytes()


def receipt_letter(view: CasePage, office: str, now: datetime) -> bytes:
    """登记回执: that it came, when, under which number, and by when the office aims to reply."""
    case = view.line.case
    out = Writer("异议登记回执", now, demonstration=case.demonstration)
    rows = [
        ("异议编号", case.number),
        ("公示", case.notice_title),
        ("来源", view.line.channel),
        ("收到时间", write_meta(case.received_at)),
        ("答复目标", case.due.isoformat() if case.due else "待定"),
    ]
    out.grid((35, 120), ("项目", "内容"), rows)
    out.text("询问办理情况，请说明异议编号。")
    out.right(office)
    out.right(write_date(now))
    return out.bytes()
