"""人员 / 重置登录: proposed by one person, confirmed by another, handed over on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for
from markupsafe import Markup

from portal.desk.entry.code_again import proved
from portal.desk.entry.gate import page_head, person
from portal.desk.entry.staff_contexts import EnrolmentContext, RecoveryContext
from portal.errors import RequestError
from portal.render.qr import secret_qr_svg
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from portal.casework.models import Staff
    from portal.desk.services import Desk
    from portal.web.page import PageHead


@dataclass(frozen=True, slots=True)
class RecoveryPages:
    """One method a view."""

    desk: Desk

    def page(self, username: str) -> str:
        """What is proposed, or the form to propose it."""
        return self._page(self._staff(username), "")

    def propose(self, username: str) -> Answer | tuple[str, int]:
        """Propose to set the sign-in anew."""
        reason = request.form.get("reason", "")

        def act() -> None:
            proved(self.desk)
            self.desk.recoveries.propose(person(), username, reason, self.desk.clock())

        return self._attempt(username, act)

    def decline(self, username: str) -> Answer | tuple[str, int]:
        """Turn it down, or take it back."""
        return self._attempt(
            username,
            lambda: self.desk.recoveries.decline(person(), username, self.desk.clock()),
        )

    def confirm(self, username: str) -> str | tuple[str, int]:
        """Confirm as the second person, and show what is to be handed over."""
        staff = self._staff(username)
        try:
            self.desk.recoveries.check(person(), username, self.desk.clock())
            proved(self.desk)
            handed = self.desk.recoveries.confirm(person(), username, self.desk.clock())
        except RequestError as error:
            return self._page(staff, str(error)), 422
        title = f"{staff.name}的新登录"
        qr = Markup(secret_qr_svg(handed.address, "二维码：用手机验证器扫描"))  # noqa: S704
        return render(EnrolmentContext(self._head(title, staff), staff.name, handed, qr))

    def _attempt(self, username: str, act: Callable[[], None]) -> Answer | tuple[str, int]:
        staff = self._staff(username)
        try:
            act()
        except RequestError as error:
            return self._page(staff, str(error)), 422
        return redirect(url_for("recovery.page", username=username))

    def _staff(self, username: str) -> Staff:
        found = [one for one in self.desk.accounts.everyone() if one.username == username]
        who, main = person(), self.desk.room.main_office
        if not found or who.office not in (found[0].office, main):
            abort(404)
        return found[0]

    def _page(self, staff: Staff, error: str) -> str:
        waiting = self.desk.recoveries.waiting(staff.username, self.desk.clock())
        mine = waiting is not None and waiting.proposed_by == person().username
        refusal = self.desk.recoveries.refusal(person(), staff)
        head = self._head(f"重置{staff.name}的登录", staff, error=bool(error))
        reason = request.form.get("reason", "") if error else ""
        return render(RecoveryContext(head, staff, waiting, mine, refusal, error, reason))

    def _head(self, title: str, staff: Staff, *, error: bool = False) -> PageHead:
        crumbs = (Crumb("人员", "/staff"), Crumb(title))
        return page_head(self.desk, title, *crumbs, error=error, demonstration=staff.demonstration)


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the recovery."""
    recovery = Blueprint("recovery", __name__, url_prefix="/staff/<username>/recovery")
    views = RecoveryPages(desk)
    recovery.add_url_rule("", "page", views.page)
    for name in ("propose", "confirm", "decline"):
        recovery.add_url_rule(f"/{name}", name, getattr(views, name), methods=["POST"])
    return recovery
