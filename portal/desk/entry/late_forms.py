"""Forms that come from a page of a session that is over: kept, and given back after signing in.

The browser holds the keys of what it left here, newest first, in one cookie; each opens for who
wrote it, and for nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from wtforms.validators import ValidationError

from portal.desk.entry.access import BEFORE_CHANGE, Access, access_of
from portal.desk.entry.form_writer import writer_of
from portal.desk.entry.kept_forms import place_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.casework.people import Person
    from portal.desk.entry.kept_forms import KeptForm
    from portal.desk.services import Desk

_BETWEEN = "."
_MOST = 20
"""Keys in the cookie, which has room for no more than four thousand characters."""


def cookie_name(desk: Desk) -> str:
    """The `__Host-` prefix binds the cookie to this host and to HTTPS."""
    return "desk" if desk.settings.plain_http else "__Host-desk"


def give_cookie(desk: Desk, response: Answer, name: str, value: str) -> None:
    """A cookie that goes with requests from this site only, and that no script reads."""
    response.set_cookie(
        name,
        value,
        secure=not desk.settings.plain_http,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def rescued(desk: Desk, away: Answer | None, who: Person | None) -> Answer | None:
    """The answer, once what came in a form of a session that is over has been kept.

    `away` is where the gate sends the request. A form of another session that is over, sent in one
    that holds, goes to be looked at first: its token is not this session's.
    """
    if access_of(request.endpoint) in (None, Access.PUBLIC) or request.endpoint in BEFORE_CHANGE:
        return away
    form = posted()
    token = form.get("csrf_token", "")
    wrote = writer_of(token)
    if not wrote:
        return away
    if away is None:
        if who is None or _of_this_session(token):
            return None
        away = redirect(url_for("entrance.kept"))
    if "autosave" in form:  # what saves itself is still in its page
        return away
    key = desk.kept.keep(wrote, request.full_path.rstrip("?"), form.items(multi=True), desk.clock())
    if key:
        _give(desk, away, [key, *_keys(desk)])
    return away


def posted() -> MultiDict[str, str]:
    """The fields of the form; none of a body that cannot be read, which the gate does not judge."""
    try:
        return request.form
    except (HTTPException, ValueError, OSError):
        return MultiDict()


def _of_this_session(token: str) -> bool:
    try:
        validate_csrf(token)
    except ValidationError:
        return False
    return True


def left_forms(desk: Desk, username: str) -> list[KeptForm]:
    """What this person left here by this browser, newest first."""
    now = desk.clock()
    found = (desk.kept.find(key, username, now) for key in _keys(desk))
    return [form for form in found if form]


def anything_left(desk: Desk) -> bool:
    """Whether somebody, who may not be signed in, left a form here by this browser."""
    return any(desk.kept.holds(key) for key in _keys(desk))


def forget_form(desk: Desk, answer: Answer, place: str) -> None:
    """Forget one of the forms that this browser has left here."""
    for key in _keys(desk):
        if place_of(key) == place:
            desk.kept.drop(key)
    _give(desk, answer, [key for key in _keys(desk) if place_of(key) != place])


def _cookie(desk: Desk) -> str:
    return f"{cookie_name(desk)}-kept"


def _keys(desk: Desk) -> list[str]:
    return [key for key in request.cookies.get(_cookie(desk), "").split(_BETWEEN) if key]


def _give(desk: Desk, answer: Answer, keys: list[str]) -> None:
    held = [key for key in keys if desk.kept.holds(key)][:_MOST]
    if held:
        give_cookie(desk, answer, _cookie(desk), _BETWEEN.join(held))
    else:
        secure = not desk.settings.plain_http
        answer.delete_cookie(_cookie(desk), secure=secure, samesite="Strict")
