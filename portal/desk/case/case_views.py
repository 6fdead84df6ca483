"""The case page: unseal on demand, reveal a phone number, download a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, url_for

from portal.casework.audit import Action
from portal.casework.cases import waiting
from portal.casework.handling import require_handler
from portal.casework.second_reading import may_read_copy, open_copy
from portal.desk.case.case_forms import OpenForm, RevealForm
from portal.desk.case.case_page import case_page, contents_of, load_case
from portal.desk.case.file_download import attachment
from portal.desk.entry.gate import live, person
from portal.errors import SealError
from portal.web.form_base import FieldError, errors_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk


class CaseViews:
    """One method a view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, number: str) -> str:
        """The case as far as this person may see it."""
        return case_page(self._desk, number)

    def open(self, number: str) -> Answer | tuple[str, int]:
        """Unlock the window's key if need be, and unseal what is new."""
        desk, form = self._desk, OpenForm(prefix="open-")
        case = load_case(desk, number)
        require_handler(person(), case)
        try:
            if not desk.keyring.identities(live(), case):
                desk.keyring.unlock(live(), case, form.passphrase.data or "")
                detail: dict[str, str | int] = {"notice": case.notice}
                desk.casework.note(person(), number, Action.UNLOCK, desk.clock(), detail)
            identities = desk.keyring.identities(live(), case)
            desk.casework.open(person(), number, identities, desk.clock())
        except SealError as error:
            locked = not desk.keyring.identities(live(), case)
            failed = Action.UNLOCK_FAILED if locked else Action.UNREADABLE
            desk.casework.note(person(), number, failed, desk.clock(), {})
            target = "open-passphrase" if locked else ""
            return case_page(desk, number, [FieldError(target, str(error))]), 422
        desk.keyring.of(live()).opened.add(number)
        desk.deliver(desk.clock())
        return redirect(url_for("case.page", number=number))

    def read_copy(self, number: str) -> Answer | tuple[str, int]:
        """Open what a county lets the main office read before it confirms."""
        desk, form = self._desk, OpenForm(prefix="copy-")
        case = load_case(desk, number)
        office, approval = desk.room.main_office, waiting(case)
        if approval is None or not may_read_copy(desk.room, person(), case):
            return case_page(desk, number, [FieldError("", "没有可以阅读的复核副本")]), 409
        try:
            if not desk.keyring.identities_of(live(), office, case.notice):
                passphrase = form.passphrase.data or ""
                desk.keyring.unlock_of(live(), office, case.notice, passphrase)
            identities = desk.keyring.identities_of(live(), office, case.notice)
            open_copy(desk.room, person(), number, identities, desk.clock())
        except SealError as error:
            return case_page(desk, number, [FieldError("copy-passphrase", str(error))]), 422
        desk.keyring.of(live()).copies.add(approval.id)
        desk.deliver(desk.clock())
        return redirect(url_for("case.page", number=number, _anchor="waiting"))

    def reveal(self, number: str) -> Answer | tuple[str, int]:
        """Show the whole phone number for the rest of the session; the reason is on record."""
        desk, form = self._desk, RevealForm(prefix="reveal-")
        if not form.validate():
            return case_page(desk, number, errors_of(form), reveal_form=form), 422
        detail: dict[str, str | int] = {"reason": form.reason.data}
        desk.casework.note(person(), number, Action.REVEAL, desk.clock(), detail)
        desk.keyring.of(live()).revealed.add(number)
        return redirect(url_for("case.page", number=number, _anchor="objector"))

    def file(self, number: str, part: str) -> Response:
        """A file of the case, as it was sent."""
        desk = self._desk
        contents = contents_of(desk, load_case(desk, number))
        files = contents.files() if contents else ()
        found = next(((e, unsealed) for name, e, unsealed in files if name == part), None)
        if found is None:
            abort(404)
        evidence, unsealed = found
        data = unsealed.file(evidence)
        detail: dict[str, str | int] = {"file": part}
        desk.casework.note(person(), number, Action.DOWNLOAD, desk.clock(), detail)
        return attachment(evidence.name, data, f"{number}-{part}")


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of one case."""
    case = Blueprint("case", __name__, url_prefix="/cases/<number>")
    views = CaseViews(desk)
    case.add_url_rule("/", "page", views.page)
    case.add_url_rule("/open", "open", views.open, methods=["POST"])
    case.add_url_rule("/copy", "read_copy", views.read_copy, methods=["POST"])
    case.add_url_rule("/reveal", "reveal", views.reveal, methods=["POST"])
    case.add_url_rule("/files/<part>", "file", views.file)
    return case
