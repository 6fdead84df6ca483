"""Putting the case page together: what may be shown of a case to whom."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import undefer
from wtforms.fields.choices import SelectChoice

from portal.casework.audit import SYSTEM, Action
from portal.casework.cases import find, handles, waiting
from portal.casework.decisions import Ending
from portal.casework.handling import Contents, read_contents
from portal.casework.handover import office_above
from portal.casework.models import AuditLine, CaseMessage
from portal.casework.page_findings import findings_of
from portal.casework.retention import is_due
from portal.casework.second_reading import (
    Reading,
    can_share,
    may_read_copy,
    reading_of,
    rests_on_content,
    shared_parts,
)
from portal.casework.unreadable import cannot_be_opened
from portal.casework.unsealing import answer_of, unseal
from portal.desk.case import case_forms
from portal.desk.case.case_contexts import CaseContext, CasePage, Item
from portal.desk.case.file_lines import FileLines
from portal.desk.case.next_step import next_step
from portal.desk.desk_contexts import case_line, grounds_of
from portal.desk.entry.gate import live, page_head, person
from portal.domain.masking import mask_mobile
from portal.domain.names import entry_keys
from portal.domain.objection import ENTRIES_LIMIT, AnswerKind, CaseState, MessageKind
from portal.errors import SealError
from portal.sealed.spoken import Voice
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.casework.models import Approval, Case
    from portal.casework.second_reading import Part
    from portal.desk.services import Desk
    from portal.web.form_base import FieldError

_UNREAD = (
    "还没有拆封，或者打不开：密钥不符，或者信封已损坏。请再拆封一次；"
    "仍然打不开的，用电话向异议人核实。"
)


def load_case(desk: Desk, number: str) -> Case:
    """The case of this request, with the office's copies of what it sent."""
    with desk.room.register.read() as session:
        case = find(session, person(), desk.room.main_office, number)
        copies = select(CaseMessage).where(CaseMessage.case_id == case.id)
        session.scalars(copies.options(undefer(CaseMessage.copy))).all()
        return case


def contents_of(desk: Desk, case: Case) -> Contents | None:
    """What the citizen sent, if this session has unsealed it; else None."""
    held = desk.keyring.of(live())
    identities = desk.keyring.identities(live(), case)
    if case.number not in held.opened or not identities or not handles(person(), case):
        return None
    return read_contents(desk.room, case, identities)


def case_page(desk: Desk, number: str, errors: Sequence[FieldError] = (), **filled: Any) -> str:
    """The whole page; `filled` forms keep what was typed when something was wrong with it."""
    case = load_case(desk, number)
    contents = contents_of(desk, case)
    view = case_view(desk, case, contents)
    shown = {**_blank_forms(desk, case), **filled}
    head = page_head(
        desk,
        f"异议 {case.number}",
        Crumb("收件", "/inbox/"),
        Crumb(case.number),
        error=bool(errors),
        demonstration=case.demonstration,
    )
    return render(
        CaseContext(page=head, view=view, next_step=next_step(view), errors=tuple(errors), **shown)
    )


def entry_names(desk: Desk, case: Case) -> list[str]:
    """Entries that upholding can remove: those objected to, and the whole list if it is too."""
    named = entry_keys(case.entries)
    if len(named) > ENTRIES_LIMIT:  # no form sends so many: what is made up cannot be removed
        notice = desk.room.notice(case.notice)
        known = set(entry_keys(notice.entries if notice else ()))
        named = [name for name in named if name in known]
    if named and not case.whole:
        return named
    notice = desk.room.notice(case.notice)
    return list(dict.fromkeys([*named, *entry_keys(notice.entries if notice else ())]))


def _blank_forms(desk: Desk, case: Case) -> dict[str, Any]:
    close = case_forms.blank(case_forms.CloseForm, "close-")
    close.offer(entry_names(desk, case))
    assign = case_forms.blank(case_forms.AssignForm, "assign-")
    officers = [s for s in desk.accounts.everyone() if s.office == case.office and not s.disabled]
    names = [SelectChoice(staff.username, staff.name) for staff in officers]
    assign.username.choices = [SelectChoice("", "未分办"), *names]
    assign.username.data = case.assigned_to
    return {
        "open_form": case_forms.blank(case_forms.OpenForm, "open-"),
        "over_form": case_forms.blank(case_forms.OpenForm, "over-"),
        "reveal_form": case_forms.blank(case_forms.RevealForm, "reveal-"),
        "copy_form": case_forms.blank(case_forms.OpenForm, "copy-"),
        "confirm_form": case_forms.blank(case_forms.ConfirmForm, "confirm-"),
        "assign_form": assign,
        "ask_form": case_forms.blank(case_forms.AskForm, "ask-"),
        "reply_form": case_forms.blank(case_forms.ReplyForm, "reply-"),
        "refuse_form": case_forms.blank(case_forms.RefuseForm, "refuse-"),
        "unreadable_form": case_forms.blank(case_forms.UnreadableForm, "unreadable-"),
        "close_form": close,
        "reopen_form": case_forms.blank(case_forms.ReopenForm, "reopen-"),
        "quotes": (),
        "close_quotes": (),
    }


def case_view(desk: Desk, case: Case, contents: Contents | None) -> CasePage:
    """Everything the page and the case file show of a case."""
    now = desk.clock()
    held = desk.keyring.of(live())
    mine = handles(person(), case)
    approval = waiting(case)
    objector = contents.objection.objector if contents else None
    phone = objector.phone if objector else ""
    revealed = case.number in held.revealed
    above = office_above(desk.room, case.office)
    files = FileLines(held.examined)
    return CasePage(
        line=case_line(case, desk.room.office_name(case.office), now.date()),
        handles=mine,
        grounds=grounds_of(case),
        objection=contents.objection if contents else None,
        phone=phone if revealed else mask_mobile(phone),
        revealed=revealed,
        files=tuple(files.of(contents, 0)) if contents else (),
        findings=findings_of(desk.room, case, contents) if contents else (),
        items=_items(desk, case, contents, files),
        unlocked=bool(desk.keyring.identities(live(), case)),
        fresh=sum(1 for m in case.messages if m.name and not m.opened_at),
        waiting=approval,
        waiting_entries=tuple(json.loads(approval.entries or "[]")) if approval else (),
        waiting_reply=_waiting_reply(desk, case, approval),
        waiting_label=Ending(approval.action).label if approval else "",
        may_confirm=bool(approval and approval.proposed_by != person().username),
        unread=_unread(desk, case, approval),
        readable_copy=may_read_copy(desk.room, person(), case),
        copy=_copy(desk, case, approval),
        main_unlocked=bool(desk.keyring.identities_of(live(), desk.room.main_office, case.notice)),
        shares_with=desk.room.office_name(desk.room.main_office)
        if mine and can_share(desk.room, case)
        else "",
        above=desk.room.office_name(above) if above else "",
        history=_history(desk, case.number),
        deletable=mine and is_due(case, now, desk.room.retention_days),
        withdrawal=CaseState(case.state).open
        and any(m.kind == MessageKind.WITHDRAWAL for m in case.messages),
        unspoken=any(m.voice is Voice.UNKNOWN for m in contents.messages) if contents else False,
        unopenable=_unopenable(desk, case),
    )


def _unopenable(desk: Desk, case: Case) -> bool:
    with desk.room.register.read() as session:
        return cannot_be_opened(session, desk.room, case)


def _waiting_reply(desk: Desk, case: Case, approval: Approval | None) -> str | None:
    """The reply that goes out with a confirmation; empty to who cannot open it, None without."""
    if approval is None or approval.reply_copy is None:
        return None
    identities = desk.keyring.identities(live(), case)
    if not identities or not handles(person(), case):
        return ""
    try:
        return answer_of(unseal(io.BytesIO(approval.reply_copy), identities)).text
    except SealError:
        return ""


def _unread(desk: Desk, case: Case, approval: Approval | None) -> bool:
    """Whether this person has read nothing of what waits, though there is something to read."""
    if approval is None or not rests_on_content(approval):
        return False
    with desk.room.register.read() as session:
        return reading_of(session, person(), case, approval) is Reading.NONE


def _copy(desk: Desk, case: Case, approval: Approval | None) -> tuple[Part, ...]:
    """What the county lets the main office read, once this session has opened it."""
    if approval is None or approval.id not in desk.keyring.of(live()).copies:
        return ()
    if not may_read_copy(desk.room, person(), case):
        return ()
    identities = desk.keyring.identities_of(live(), desk.room.main_office, case.notice)
    return shared_parts(case, approval, identities)


def _items(desk: Desk, case: Case, contents: Contents | None, files: FileLines) -> tuple[Item, ...]:
    opened = {message.row.id: message for message in contents.messages} if contents else {}
    items = []
    for position, row in enumerate(case.messages):
        if not row.name:
            items.append(_ours(desk, case, row, readable=contents is not None))
        elif contents and row.id in opened:
            message = opened[row.id]
            lines = tuple(files.of(contents, contents.messages.index(message) + 1))
            label, text = message.message.kind.label, message.message.text
            doubt = message.voice.doubt
            items.append(Item(row.at, "异议人", label, text, ours=False, files=lines, doubt=doubt))
        else:
            title = MessageKind(row.kind).label if row.kind else f"新材料（第{position + 1}件）"
            items.append(Item(row.at, "异议人", title, _UNREAD if contents else "", ours=False))
    return tuple(items)


def _ours(desk: Desk, case: Case, row: CaseMessage, *, readable: bool) -> Item:
    kind = AnswerKind(row.kind)
    sent = row.dispatched_at is not None or not case.reply_key
    author = row.author or SYSTEM
    if not readable or row.copy is None:
        return Item(row.at, author, kind.label, "", ours=True, sent=sent)
    try:
        answer = answer_of(unseal(io.BytesIO(row.copy), desk.keyring.identities(live(), case)))
    except SealError:
        return Item(row.at, author, kind.label, "（副本无法读取）", ours=True, sent=sent)
    text = answer.text or answer.reason
    return Item(row.at, author, kind.label, text, ours=True, state=answer.state.label, sent=sent)


def _history(desk: Desk, number: str) -> Sequence[tuple[datetime, str, str]]:
    query = select(AuditLine).where(AuditLine.case_number == number).order_by(AuditLine.seq)
    with desk.room.register.read() as session:
        lines = session.scalars(query).all()
    return [(line.at, line.actor, _told(line)) for line in lines]


_READ = {Reading.COPY: "（阅读了复核副本）", Reading.NONE: "（没有阅读材料）"}


def _told(line: AuditLine) -> str:
    """An act in words; of a confirmation also what the second person had read."""
    label = Action(line.action).label
    if line.action != Action.CONFIRM_CLOSE:
        return label
    read = json.loads(line.detail).get("read", Reading.CASE)
    return label + _READ.get(read, "")
