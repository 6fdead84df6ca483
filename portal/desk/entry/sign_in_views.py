"""Sign-in, sign-out, and changing one's password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, request, session, url_for

from portal.desk.desk_contexts import KeptContext, KeptLines, PasswordContext, SignInContext
from portal.desk.entry.form_writer import begin_writing
from portal.desk.entry.gate import live, page_head, person, set_cookie
from portal.desk.entry.late_forms import anything_left, cookie_name, forget_form, left_forms
from portal.desk.entry.passwords import MINIMUM
from portal.desk.entry.sign_in_forms import PasswordForm, SignInForm
from portal.desk.entry.signin import SignedIn
from portal.domain.dates import write_clock
from portal.errors import RequestError, SealError
from portal.web.context import render
from portal.web.form_base import FieldError, errors_of
from portal.web.page import Crumb

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response as Answer

    from portal.casework.people import Role
    from portal.desk.entry.kept_forms import KeptForm
    from portal.desk.services import Desk

_ASCII = "\x7f"
_SAME_ANSWER = "用户名、密码或动态口令不正确；同一个动态口令只能用一次，请等下一个"


class Entrance:
    """One method a view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def home(self) -> Answer:
        """To where the person's work begins."""
        return redirect(url_for(_start(person().role)))

    def sign_in(self) -> Answer | tuple[str, int]:
        """Name, password and code together."""
        if g.live is not None:
            return redirect(url_for("entrance.home"))
        form = SignInForm()
        if not form.validate_on_submit():
            return self._sign_in_page(form, (), 422 if form.is_submitted() else 200)
        now = self._desk.clock()
        try:
            result = self._desk.signing_in.attempt(
                form.username.data,
                form.password.data,
                form.code.data,
                now,
                request.remote_addr or "",
            )
        except SealError as error:  # the desk's secret is not the one of the register
            return self._sign_in_page(form, (FieldError("", str(error)),), 409)
        if isinstance(result, SignedIn):
            return self.welcome(result, now)
        if result.retry_at:
            wait = f"尝试过于频繁，请于{write_clock(result.retry_at)}之后再试"
            return self._sign_in_page(form, (FieldError("", wait),), 429)
        return self._sign_in_page(form, (FieldError("username", _SAME_ANSWER),), 422)

    def welcome(self, result: SignedIn, now: datetime) -> Answer:
        """A fresh session, and on to where the person's work begins."""
        session.clear()  # the form's token from before signing in dies here
        begin_writing(result.person.username)
        for ended in self._desk.sessions.sweep(now):
            self._desk.keyring.forget(ended)
        back = left_forms(self._desk, result.person.username)
        response = redirect(url_for("entrance.kept" if back else _start(result.person.role)))
        set_cookie(self._desk, response, self._desk.sessions.open(result.staff_id, now))
        return response

    def refused(self, told: str) -> tuple[str, int]:
        """The sign-in page with what was wrong."""
        return self._sign_in_page(SignInForm(formdata=None), (FieldError("", told),), 422)

    def sign_out(self) -> Answer:
        """End the session, here and on the server."""
        desk = self._desk
        desk.keyring.forget(live().id_hash)
        desk.sessions.end(live(), desk.clock())
        session.clear()
        response = redirect(url_for("entrance.sign_in"))
        response.delete_cookie(
            cookie_name(desk), secure=not desk.settings.plain_http, samesite="Strict"
        )
        return response

    def kept(self) -> Answer | str:
        """What was being written when the session ended, to be sent on or dropped."""
        left = left_forms(self._desk, person().username)
        if not left and not anything_left(self._desk):
            return redirect(url_for("entrance.home"))
        page = page_head(self._desk, "您登录前填写的内容还在", Crumb("登录前填写的内容"))
        return render(KeptContext(page, [_shown(form) for form in left]))

    def drop(self) -> Answer:
        """Drop what was being written."""
        response = redirect(url_for("entrance.home"))
        forget_form(self._desk, response, request.form.get("drop", ""))
        return response

    def password(self) -> Answer | tuple[str, int]:
        """Change one's own password."""
        form = PasswordForm()
        if not form.validate_on_submit():
            return _password_page(
                self._desk, form, errors_of(form), 422 if form.is_submitted() else 200
            )
        if form.new.data != form.again.data:
            return _password_page(
                self._desk, form, (FieldError("again", "两次填写的新密码不一致"),), 422
            )
        try:
            self._desk.accounts.change_password(
                person().username,
                form.old.data,
                form.new.data,
                self._desk.clock(),
                keep=live().id_hash,
            )
        except RequestError as error:
            return _password_page(self._desk, form, (FieldError("new", str(error)),), 422)
        left = left_forms(self._desk, person().username)
        return redirect(url_for("entrance.kept" if left else "entrance.home"))

    def _sign_in_page(
        self, form: SignInForm, errors: tuple[FieldError, ...], status: int
    ) -> tuple[str, int]:
        errors = errors or errors_of(form)
        page = page_head(self._desk, "登录", error=bool(errors))
        helped = self._desk.demonstration_codes()
        left = anything_left(self._desk)
        return render(SignInContext(page, form, errors, helped, left)), status


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the entrance."""
    entrance = Blueprint("entrance", __name__)
    views = Entrance(desk)
    both = ["GET", "POST"]
    entrance.add_url_rule("/", "home", views.home)
    entrance.add_url_rule("/sign-in", "sign_in", views.sign_in, methods=both)
    entrance.add_url_rule("/sign-out", "sign_out", views.sign_out, methods=["POST"])
    entrance.add_url_rule("/kept", "kept", views.kept)
    entrance.add_url_rule("/kept/drop", "drop", views.drop, methods=["POST"])
    entrance.add_url_rule("/password", "password", views.password, methods=both)
    return entrance


def _shown(form: KeptForm) -> KeptLines:
    shown = [(name, text) for name, text in form.fields if _is_text(text)]
    hidden = [(name, text) for name, text in form.fields if not _is_text(text)]
    return KeptLines(form.path, form.at, form.place, shown, hidden)


def _is_text(text: str) -> bool:
    """Whether somebody typed it: choices, sums and numbers are short and in letters."""
    return any(character > _ASCII for character in text) or " " in text.strip()


def _start(role: Role) -> str:
    return "todo.page" if role.officer else "figures.page"


def _password_page(
    desk: Desk, form: PasswordForm, errors: tuple[FieldError, ...], status: int
) -> tuple[str, int]:
    page = page_head(desk, "修改密码", Crumb("修改密码"), error=bool(errors))
    who = person()
    return render(
        PasswordContext(page, form, errors, MINIMUM, who.username, who.must_change)
    ), status
