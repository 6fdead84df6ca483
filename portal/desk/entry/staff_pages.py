"""人员: who may sign in, and the page on which the main office sets who drafts, reviews, signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from portal.casework.people import Right, Role, read_rights
from portal.desk.entry.code_again import proved
from portal.desk.entry.gate import page_head, person
from portal.desk.entry.staff_contexts import RightsContext, StaffContext, StaffLine
from portal.editorial.rights import setting_refusal
from portal.errors import RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.casework.models import Staff
    from portal.desk.services import Desk


class StaffPages:
    """One method a view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self) -> str:
        """Everybody, and what each may do about drafts."""
        lines = [self._line(staff) for staff in self._desk.accounts.everyone()]
        return render(StaffContext(page_head(self._desk, "人员", Crumb("人员")), lines))

    def rights(self, username: str) -> str:
        """One person's rights, to be set."""
        return self._rights(self._staff(username))

    def allow(self, username: str) -> Answer | tuple[str, int]:
        """Set them, with a fresh one-time code."""
        staff, who = self._staff(username), person()
        wanted = read_rights(",".join(request.form.getlist("may")))
        try:
            refused = self._refusal(staff)
            if refused:
                raise RequestError(refused)  # noqa: TRY301 - shown with the rest
            proof = proved(self._desk)
            seen = request.form.get("seen", "")
            self._desk.accounts.allow(username, wanted, proof.at, who.username, seen=seen)
        except RequestError as error:
            return self._rights(staff, wanted=wanted, error=str(error)), 422
        return redirect(url_for("staff.page"))

    def _line(self, staff: Staff) -> StaffLine:
        may = read_rights(staff.may)
        return StaffLine(
            staff,
            Role(staff.role).label,
            self._desk.room.office_name(staff.office),
            "、".join(right.label for right in Right if right in may),
            url_for("staff.rights", username=staff.username) if not self._refusal(staff) else "",
            ""
            if self._desk.recoveries.refusal(person(), staff)
            else url_for("recovery.page", username=staff.username),
        )

    def _staff(self, username: str) -> Staff:
        """Whose rights they are; 404 outside of the main office."""
        if person().office != self._desk.room.main_office:
            abort(404)
        found = [one for one in self._desk.accounts.everyone() if one.username == username]
        if not found:
            abort(404)
        return found[0]

    def _refusal(self, staff: Staff) -> str:
        role = Role(staff.role)
        return setting_refusal(person(), staff.username, role, self._desk.room.main_office)

    def _rights(
        self, staff: Staff, *, wanted: frozenset[Right] | None = None, error: str = ""
    ) -> str:
        held = read_rights(staff.may) if wanted is None else wanted
        return render(
            RightsContext(
                page_head(
                    self._desk,
                    f"{staff.name}的权限",
                    Crumb("人员", url_for("staff.page")),
                    Crumb(f"{staff.name}的权限"),
                    error=bool(error),
                    demonstration=staff.demonstration,
                ),
                self._line(staff),
                [(right.value, right.label, right in held) for right in Right],
                staff.may,
                self._refusal(staff),
                error,
            )
        )


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the staff."""
    blueprint = Blueprint("staff", __name__, url_prefix="/staff")
    views = StaffPages(desk)
    blueprint.add_url_rule("", "page", views.page)
    blueprint.add_url_rule("/<username>/rights", "rights", views.rights)
    blueprint.add_url_rule("/<username>/rights", "allow", views.allow, methods=["POST"])
    return blueprint
