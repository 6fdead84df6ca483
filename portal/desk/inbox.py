"""The inbox: filters, search by number, counts, collecting, unsent mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, session, url_for

from portal.casework.cases import Query, counts, handles, search, to_confirm, visible
from portal.casework.mail import waiting
from portal.casework.retention import due_for_deletion
from portal.desk.desk_contexts import InboxContext, case_line
from portal.desk.entry.gate import page_head, person
from portal.domain.objection import CaseState
from portal.errors import PortalError
from portal.sealed.courier import in_words
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk

_TROUBLES = 20
_STATES = (
    ("open", "办理中"),
    ("overdue", "超期未答复"),
    *((state.value, state.label) for state in CaseState),
    ("all", "全部"),
)


def _query() -> Query:
    args = request.args
    state = args.get("state", "open")
    page = args.get("page", "1")
    return Query(
        state="" if state == "all" or args.get("q") else state,
        notice=args.get("notice", ""),
        assigned=args.get("assigned", ""),
        text=args.get("q", "")[:40],
        page=max(1, int(page)) if page.isdecimal() and len(page) < len("10000") else 1,
    )


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the inbox."""
    inbox = Blueprint("inbox", __name__, url_prefix="/inbox")

    @inbox.get("/")
    def page() -> str:
        today = desk.clock().date()
        who, query, room = person(), _query(), desk.room
        with room.register.read() as register:
            found = search(register, who, room.main_office, query, today)
            numbers = counts(register, visible(who, room.main_office), today)
            unsent = len(waiting(register))
            second = to_confirm(register, who, room.main_office)
            kept = due_for_deletion(register, desk.clock(), room.retention_days)
            expired = [case for case in kept if handles(who, case)]
        lines = [case_line(case, room.office_name(case.office), today) for case in found.cases]
        context = InboxContext(
            page_head(desk, "收件", Crumb("收件")),
            query,
            found,
            lines,
            numbers,
            [(n.slug, n.title) for n in room.catalogue().windowed()],
            [(s.username, s.name) for s in desk.accounts.everyone() if s.office == who.office],
            _STATES,
            unsent,
            second,
            expired,
            session.pop("collected", ""),
            desk.troubles[:_TROUBLES],
        )
        return render(context)

    @inbox.post("/collect")
    def collect() -> Answer:
        try:
            done = desk.collect(desk.clock())
        except (PortalError, OSError) as error:
            desk.troubles[:] = [f"收取没有完成，稍后会自动再试：{in_words(error)}"]
            return redirect(url_for("inbox.page"))
        session["collected"] = f"已收取：新异议{done.cases}件，补充材料{done.messages}件"
        return redirect(url_for("inbox.page"))

    @inbox.post("/mail")
    def mail() -> Answer:
        desk.send_mail(desk.clock())
        return redirect(url_for("inbox.page"))

    return inbox
