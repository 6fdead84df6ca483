"""The case page: unseal on demand, reveal a phone number, download a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, url_for

from portal.casework.audit import Action
from portal.casework.cases import waiting
from portal.casework.handling import require_handler
from portal.casework.safety import look_into
from portal.casework.second_reading import may_read_copy, open_copy
from portal.desk.case.case_contexts import LookContext
from portal.desk.case.case_forms import OpenForm, RevealForm
from portal.desk.case.case_page import case_page, contents_of, load_case
from portal.desk.case.file_download import attachment
from portal.desk.case.file_preview import PICTURES, redrawn, shown_as, words_of
from portal.desk.entry.gate import live, page_head, person
from portal.domain.filetypes import clean_name
from portal.errors import SealError
from portal.web.context import render
from portal.web.form_base import FieldError, errors_of
from portal.web.page import Crumb

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk
    from portal.domain.objection import Evidence


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
        evidence, data = self._taken(number, part)
        self._note(number, part)
        return attachment(evidence.name, data, f"{number}-{part}")

    def look(self, number: str, part: str) -> Response | str | tuple[str, int]:
        """A file of the case drawn anew, or its words: nothing of the file itself is opened."""
        evidence, data = self._taken(number, part)
        real_type = look_into(data).real_type
        if not shown_as(real_type):
            abort(404)
        self._note(number, part)
        picture = redrawn(data) if real_type in PICTURES else ""
        if isinstance(picture, bytes):
            response = Response(picture, mimetype="image/jpeg")
            response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return response
        words = picture or words_of(real_type, data)
        parts, trouble = ((), words) if isinstance(words, str) else (words, "")
        crumbs = (Crumb("收件", "/inbox/"), Crumb(number, f"/cases/{number}/"), Crumb("附件"))
        head = page_head(self._desk, f"附件：{clean_name(evidence.name)}", *crumbs)
        return render(LookContext(head, number, parts, trouble))

    def _taken(self, number: str, part: str) -> tuple[Evidence, bytes]:
        """A file that this session may have; 404 otherwise."""
        desk = self._desk
        contents = contents_of(desk, load_case(desk, number))
        files = contents.files() if contents else ()
        found = next(((f.evidence, opened) for name, f, opened in files if name == part), None)
        if found is None:
            abort(404)
        evidence, unsealed = found
        return evidence, unsealed.file(evidence)

    def _note(self, number: str, part: str) -> None:
        detail: dict[str, str | int] = {"file": part}
        now = self._desk.clock()
        self._desk.casework.note(person(), number, Action.DOWNLOAD, now, detail)


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of one case."""
    case = Blueprint("case", __name__, url_prefix="/cases/<number>")
    views = CaseViews(desk)
    case.add_url_rule("/", "page", views.page)
    case.add_url_rule("/open", "open", views.open, methods=["POST"])
    case.add_url_rule("/copy", "read_copy", views.read_copy, methods=["POST"])
    case.add_url_rule("/reveal", "reveal", views.reveal, methods=["POST"])
    case.add_url_rule("/files/<part>", "file", views.file)
    case.add_url_rule("/files/<part>/look", "look", views.look)
    return case
