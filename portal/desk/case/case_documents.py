"""Word documents of the desk: case file, statement on a publicity window, result table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.casework.registering import Channel
from portal.casework.result_news import about_of
from portal.desk.case.document_writer import Writer
from portal.domain.dates import write_date, write_meta
from portal.domain.objection import CaseState, Grounds, NonAcceptance, ObjectorKind, Outcome
from portal.domain.round_news import WHOLE_LIST
from portal.web.filters import filesize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from portal.casework.models import Case
    from portal.desk.case.case_contexts import CasePage
    from portal.domain.notice import Notice


def case_file(view: CasePage, names: Mapping[str, str], now: datetime) -> bytes:
    """案卷: registration, the objection, the correspondence, the record; phone as it is shown.

    `names` are those of the officers by user name.
    """
    case = view.line.case
    out = Writer(f"异议案卷 {case.number}", now, demonstration=case.demonstration)
    out.head("一、登记")
    out.grid((35, 120), ("项目", "内容"), _registration(view))
    if view.objection:
        out.head("二、异议书")
        out.text(view.objection.facts)
        for file in view.files:
            out.text(
                f"附件：{file.name}（{filesize(file.size)}，{file.report.real_type or '未检查'}）"
            )
    out.head("三、往来")
    for item in view.items:
        out.text(
            f"{write_meta(item.at)}　{names.get(item.who, item.who)}　{item.title}：{item.text}"
        )
        if item.doubt:
            out.text(f"注意：{item.doubt}")
        for file in item.files:
            out.text(f"附件：{file.name}（{filesize(file.size)}）")
    out.head("四、办理记录")
    rows = [(write_meta(at), names.get(who, who), what) for at, who, what in view.history]
    out.grid((45, 50, 60), ("时间", "人员", "事项"), rows)
    out.right(f"导出时间：{write_meta(now)}")
    return out.bytes()


def _registration(view: CasePage) -> list[tuple[str, str]]:
    case, objection = view.line.case, view.objection
    rows = [
        ("编号", case.number),
        ("公示", case.notice_title),
        ("来源", view.line.channel),
        ("收到时间", write_meta(case.received_at)),
        ("答复目标", case.due.isoformat() if case.due else "待定"),
        ("办理单位", view.line.office),
        ("状态", view.line.result),
        ("事由", view.grounds),
        ("信封校验值（SHA-256）", case.sha256),
    ]
    if objection:
        who = objection.objector
        named = [e.name + (f"（{e.employer}）" if e.employer else "") for e in objection.entries]
        named += [WHOLE_LIST] if objection.concerns_list else []
        rows += [
            ("异议人", f"{who.kind.label} {who.name} {who.contact}".strip()),
            ("电话", view.phone),
            ("有异议的条目", "、".join(named)),
        ]
    return rows


def statement(notice: Notice, cases: Sequence[Case], office: str, now: datetime) -> bytes:
    """公示情况说明: window, method, objections and how they ended (docs/domain.md §4)."""
    assert notice.window is not None
    window = notice.window
    running = now < window.closes_at
    title = "公示情况说明（公示期未满）" if running else "公示情况说明"
    out = Writer(title, now, demonstration=notice.demonstration)
    days = (
        f"自{write_date(window.opens)}至{write_date(window.closes)}"
        f"（共{window.words}，{window.rule}）"
    )
    out.text(
        f"《{notice.title}》{days}在质量奖公示平台公示，公示内容为名单{len(notice.entries)}项。"
    )
    for extension in window.extensions:
        out.text(f"公示期延长{window.counting.words(extension.length)}，原因：{extension.reason}。")
    out.text("公示期内，任何单位和个人可以通过平台、书面、电话或者来访提出异议。")
    if running:
        out.text(f"本说明出具时公示期尚未结束，下列情况截至{write_meta(now)}。")
    if not cases:
        out.text("截至此时没有收到异议。" if running else "公示期内没有收到异议。")
    else:
        out.text(f"共收到异议{len(cases)}件：{_tally(cases)}。办理情况见下表。")
        out.grid((12, 35, 45, 30, 35), RESULT_HEADER, result_rows(notice, cases))
        open_cases = sum(1 for case in cases if CaseState(case.state).open)
        if open_cases:
            out.text(f"截至本说明出具时，仍有{open_cases}件在办理中，所涉条目暂缓。")
    out.right(office)
    out.right(write_date(now))
    return out.bytes()


def _tally(cases: Sequence[Case]) -> str:
    counted: dict[str, int] = {}
    for case in cases:
        counted[outcome_text(case)] = counted.get(outcome_text(case), 0) + 1
    return "，".join(f"{label}{number}件" for label, number in counted.items())


def outcome_text(case: Case) -> str:
    """How a case stands or ended, in a word."""
    return Outcome(case.outcome).label if case.outcome else CaseState(case.state).label


RESULT_HEADER = ("序号", "收到日期和来源", "所涉条目", "事由", "办理结果")


def result_rows(notice: Notice, cases: Sequence[Case]) -> list[tuple[str, ...]]:
    """Rows for publication: no number, no objector; persons on the list masked unless removed.

    What the list does not say to be no person is masked too.
    """
    shown = {str(e.category) for e in notice.entries if not e.category.individual}
    return [
        (
            str(position),
            f"{case.received_at.date().isoformat()} {Channel(case.channel).label}",
            about_of(case, shown) if case.opened_at else "尚未拆封",
            "、".join(Grounds(value).label for value in case.grounds.split(",") if value),
            outcome_text(case) + (f"（{NonAcceptance(case.reason).label}）" if case.reason else ""),
        )
        for position, case in enumerate(cases, 1)
    ]


def results(notice: Notice, cases: Sequence[Case], now: datetime) -> bytes:
    """异议办理结果表, for publication."""
    out = Writer("异议办理结果表", now, demonstration=notice.demonstration)
    out.text(f"《{notice.title}》公示期内收到异议{len(cases)}件，办理结果如下。")
    out.grid((12, 35, 45, 30, 35), RESULT_HEADER, result_rows(notice, cases))
    return out.bytes()


REGISTER_HEADER = (
    *("编号", "公示", "来源", "收到时间", "登记时间", "答复目标", "首次答复", "办理单位", "经办人"),
    *("状态", "办理结果", "不予受理理由", "异议人身份", "事由", "所涉条目", "结论摘要", "办结时间"),
)


def register_row(case: Case, office: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """A case in the register's export: what the register holds, nothing sealed; `names` by user."""
    return (
        case.number,
        case.notice_title,
        Channel(case.channel).label,
        write_meta(case.received_at),
        write_meta(case.registered_at),
        case.due.isoformat() if case.due else "",
        write_meta(case.replied_at) if case.replied_at else "",
        office,
        names.get(case.assigned_to, case.assigned_to),
        CaseState(case.state).label,
        Outcome(case.outcome).label if case.outcome else "",
        NonAcceptance(case.reason).label if case.reason else "",
        ObjectorKind(case.kind).label if case.kind else "",
        "、".join(Grounds(value).label for value in case.grounds.split(",") if value),
        "、".join([*(entry.name for entry in case.entries), *([WHOLE_LIST] if case.whole else ())]),
        case.summary,
        write_meta(case.closed_at) if case.closed_at else "",
    )
