"""Passkeys in the browser: signing in with one, one's own passkeys, and what the script asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, g, jsonify, redirect, request, url_for

from portal.desk.entry.code_again import proof_purpose, proved
from portal.desk.entry.gate import live, page_head, person
from portal.desk.entry.sign_in_views import Entrance
from portal.desk.entry.staff_contexts import PasskeysContext
from portal.errors import RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from flask import Response
    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk

_SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class PasskeyPages:
    """One method a view."""

    desk: Desk
    entrance: Entrance

    def sign_in_options(self) -> Response | tuple[Response, int]:
        """What the sign-in page's script needs."""
        passkeys, now = self.desk.passkeys, self.desk.clock()
        return _told(lambda: passkeys.request_options("", _SIGN_IN, now))

    def sign_in(self) -> Answer | tuple[str, int]:
        """Sign in by a passkey alone: the device verified its user."""
        if g.live is not None:
            return redirect(url_for("entrance.home"))
        now = self.desk.clock()
        response = request.form.get("passkey", "")
        try:
            held = self.desk.passkeys.owner(response, _SIGN_IN, now)
            result = self.desk.signing_in.by_passkey(*held, now)
        except RequestError as error:
            return self.entrance.refused(str(error))
        return self.entrance.welcome(result, now)

    def proof_options(self) -> Response | tuple[Response, int]:
        """What the script needs for a grave act of somebody who is signed in."""
        passkeys, now = self.desk.passkeys, self.desk.clock()
        name, purpose = person().username, proof_purpose(live())
        return _told(lambda: passkeys.request_options(name, purpose, now))

    def creation_options(self) -> Response | tuple[Response, int]:
        """What the script needs to make one."""
        passkeys, now, who = self.desk.passkeys, self.desk.clock(), person()
        return _told(lambda: passkeys.creation_options(who, _adding(), now))

    def page(self) -> str:
        """One's own passkeys."""
        return self._page("")

    def add(self) -> Answer | tuple[str, int]:
        """Keep a new one, with a fresh one-time code: an open desk gives nobody a way back in."""
        now = self.desk.clock()
        try:
            made = self.desk.passkeys.made(request.form.get("created", ""), _adding(), now)
            proved(self.desk)
            self.desk.passkeys.keep(person(), made, request.form.get("label", ""), now)
        except RequestError as error:
            return self._page(str(error)), 422
        return redirect(url_for("passkeys.page"))

    def remove(self, key_id: str) -> Answer:
        """Remove one of one's own."""
        self.desk.passkeys.remove(person(), key_id, self.desk.clock())
        return redirect(url_for("passkeys.page"))

    def _page(self, error: str) -> str:
        page = page_head(self.desk, "通行密钥", Crumb("通行密钥"), error=bool(error))
        held = self.desk.passkeys.of(person().username)
        return render(PasskeysContext(page, held, self.desk.passkeys.usable, error))


def _adding() -> str:
    return f"add {live().id_hash}"


def _told(make: Callable[[], Mapping[str, Any]]) -> Response | tuple[Response, int]:
    try:
        return jsonify(make())
    except RequestError as error:
        return jsonify(error=str(error)), 409


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the passkeys."""
    passkeys = Blueprint("passkeys", __name__)
    views = PasskeyPages(desk, Entrance(desk))
    post = ["POST"]
    passkeys.add_url_rule("/sign-in/passkey", "sign_in_options", views.sign_in_options)
    passkeys.add_url_rule("/sign-in/passkey", "sign_in", views.sign_in, methods=post)
    passkeys.add_url_rule("/passkeys", "page", views.page)
    passkeys.add_url_rule("/passkeys", "add", views.add, methods=post)
    passkeys.add_url_rule("/passkeys/new", "creation_options", views.creation_options)
    passkeys.add_url_rule("/passkeys/proof", "proof_options", views.proof_options)
    passkeys.add_url_rule("/passkeys/<key_id>/remove", "remove", views.remove, methods=post)
    return passkeys
