"""The gate before every view: session, access list, cookie, and what every page is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, abort, g, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest

from portal.desk.desk_contexts import DeskFrame
from portal.desk.entry.access import BEFORE_CHANGE, Access, access_of, allows
from portal.desk.entry.late_forms import (
    cookie_name,
    forget_form,
    give_cookie,
    left_forms,
    posted,
    rescued,
)
from portal.desk.entry.sessions import id_hash
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.wrappers import Response as Answer

    from portal.casework.people import Person
    from portal.desk.entry.sessions import Live
    from portal.desk.services import Desk

BAD = 400


def set_cookie(desk: Desk, response: Answer, value: str) -> None:
    """Hand out the session id; it goes with requests from this site only."""
    give_cookie(desk, response, cookie_name(desk), value)


def live() -> Live:
    """The session of this request; the gate made sure that there is one."""
    found: Live = g.live
    return found


def person() -> Person:
    """Who is signed in."""
    return live().person


def session_now(desk: Desk) -> str:
    """The secret of this request's session; empty for who is not signed in."""
    return request.cookies.get(cookie_name(desk), "") if g.get("live") else ""


def init_gate(app: Flask, desk: Desk) -> None:
    """Put the gate before every view of the app, and strict caching behind it."""

    @app.before_request
    def check() -> Answer | None:
        if isinstance(request.routing_exception, BadRequest):  # a host that is none
            raise request.routing_exception
        now = desk.clock()
        desk.keyring.purge(now)
        value = request.cookies.get(cookie_name(desk), "")
        g.live = desk.sessions.find(value, now) if value else None
        if value and g.live is None:
            desk.keyring.forget(id_hash(value))
        who = g.live.person if g.live else None
        away = _turned_away(who)
        return rescued(desk, away, who) if request.method == "POST" else away

    @app.after_request
    def never_keep(response: Response) -> Response:
        if response.location:
            response.data = b""  # Werkzeug's English page about the redirect
        if request.endpoint != "static_file":
            response.headers["Cache-Control"] = "no-store"
        good = request.method == "POST" and response.status_code < BAD
        if good and (place := posted().get("kept")):
            forget_form(desk, response, place)
        return response


def _turned_away(who: Person | None) -> Answer | None:
    """Where somebody is sent who may not go on; None for who may."""
    if request.endpoint is None:  # no such address: only staff are told so
        return None if who else redirect(url_for("entrance.sign_in"))
    access = access_of(request.endpoint)
    if access is None:
        abort(403)
    if access is not Access.PUBLIC and who is None:
        return redirect(url_for("entrance.sign_in"))
    if not allows(access, who):
        abort(403)
    if who and who.must_change and request.endpoint not in BEFORE_CHANGE:
        return redirect(url_for("entrance.password"))
    return None


def page_head(
    desk: Desk, title: str, *crumbs: Crumb, error: bool = False, demonstration: bool = False
) -> PageHead:
    """Head of a page; everything in the demonstration is marked as such."""
    marked = demonstration or desk.settings.demonstration
    return PageHead(title, crumbs=crumbs, error=error, demonstration=marked)


_NAVIGATION = (
    ("待办", "todo.page"),
    ("公告编发", "publishing.page"),
    ("异议办理", "inbox.page"),
    ("统计", "figures.page"),
    ("导出", "exports.page"),
    ("人员", "staff.page"),
    ("审计", "oversight.audit"),
)
_AIDS = (("帮助", "help.page"),)
_LEFT = (("未提交的内容", "entrance.kept"),)


def frame(desk: Desk) -> DeskFrame:
    """Navigation by role, and who is signed in."""
    found = g.get("live")
    if found is None or found.person.must_change:
        return DeskFrame(passkeys=desk.passkeys.usable and found is None)
    who = found.person
    place = desk.room.office_name(who.office) if who.office else who.role.label
    return DeskFrame(
        desk_nav=_links(_NAVIGATION, who),
        aids=_links(_AIDS if not left_forms(desk, who.username) else _LEFT + _AIDS, who),
        officer=f"{who.name}（{place}）",
        names=_names(desk),
        passkeys=desk.passkeys.usable,
    )


def _links(entries: Iterable[tuple[str, str]], who: Person) -> list[tuple[str, str, bool]]:
    return [
        (label, url_for(endpoint), _is_current(endpoint))
        for label, endpoint in entries
        if allows(access_of(endpoint) or Access.STAFF, who)
    ]


def _names(desk: Desk) -> dict[str, str]:
    """Names of the staff; none while the register cannot be read, for that too has a page."""
    try:
        return {staff.username: staff.name for staff in desk.accounts.everyone()}
    except SQLAlchemyError:
        return {}


def _is_current(endpoint: str) -> bool:
    part = (request.endpoint or "").partition(".")[0]
    part = {"case": "inbox", "acts": "inbox", "paper": "inbox", "published": "publishing"}.get(
        part, part
    )
    if part.startswith("draft_") or part in (
        "calendar",
        "content",
        "questions",
        "fields",
        "redact",
    ):
        part = "publishing"
    if part == "oversight":
        return request.endpoint == endpoint
    return endpoint.startswith(f"{part}.")
