"""Exports: the register as XLSX and CSV, a case file, the statement and the result table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort
from sqlalchemy import select

from portal.casework.audit import Action, record
from portal.casework.cases import visible
from portal.casework.models import Case
from portal.casework.people import Role
from portal.desk.case import case_documents
from portal.desk.case.case_page import case_view, contents_of, load_case
from portal.desk.case.file_download import document
from portal.desk.case.letters import has_reply, receipt_letter, reply_letter
from portal.desk.desk_contexts import ExportsContext
from portal.desk.entry.gate import page_head, person
from portal.desk.sheets import CSV, XLSX, csv_bytes, xlsx_bytes
from portal.render.word import MEDIA_TYPE as DOCX
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.desk.services import Desk
    from portal.domain.notice import Notice


_LETTERS = {"reply": (reply_letter, "异议答复函"), "receipt": (receipt_letter, "异议登记回执")}


class Exports:
    """One method an export; each is on record."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self) -> str:
        """What can be exported."""
        head = page_head(self._desk, "导出", Crumb("导出"))
        return render(ExportsContext(head, self._notices()))

    def register(self, form: str) -> Response:
        """The register as the person sees it."""
        cases = self._cases()
        names, office = self._names(), self._desk.room.office_name
        rows = [case_documents.register_row(case, office(case.office), names) for case in cases]
        self._note("register", form)
        if form == "csv":
            data = csv_bytes(case_documents.REGISTER_HEADER, rows)
            return document("异议登记簿.csv", data, CSV)
        data = xlsx_bytes("异议登记簿", case_documents.REGISTER_HEADER, rows)
        return document("异议登记簿.xlsx", data, XLSX)

    def statement(self, slug: str) -> Response:
        """公示情况说明 of a publicity notice."""
        notice = self._notice(slug)
        office = self._desk.room.office_full_name(person().office)
        now = self._desk.clock()
        data = case_documents.statement(notice, self._cases(slug), office, now)
        self._note("statement", slug)
        return document(f"公示情况说明-{slug}.docx", data, DOCX)

    def results(self, slug: str, form: str) -> Response:
        """异议办理结果表 of a publicity notice, for publication."""
        notice, cases = self._notice(slug), self._cases(slug)
        self._note("results", slug)
        if form == "csv":
            rows = case_documents.result_rows(notice, cases)
            data = csv_bytes(case_documents.RESULT_HEADER, rows)
            return document(f"异议办理结果表-{slug}.csv", data, CSV)
        data = case_documents.results(notice, cases, self._desk.clock())
        return document(f"异议办理结果表-{slug}.docx", data, DOCX)

    def case_file(self, number: str) -> Response:
        """案卷 of a case that this session has unsealed."""
        case = load_case(self._desk, number)
        contents = contents_of(self._desk, case)
        if contents is None:
            abort(404)
        view = case_view(self._desk, case, contents)
        now, names = self._desk.clock(), self._names()
        self._desk.casework.note(person(), number, Action.EXPORT, now, {"what": "case-file"})
        return document(f"案卷-{number}.docx", case_documents.case_file(view, names, now), DOCX)

    def letter(self, number: str, letter: str) -> Response:
        """答复函 or 登记回执 of a case that this session has unsealed."""
        case = load_case(self._desk, number)
        contents = contents_of(self._desk, case)
        if contents is None:
            abort(404)
        view, now = case_view(self._desk, case, contents), self._desk.clock()
        if letter == "reply" and not has_reply(view):
            abort(404)
        office = self._desk.room.office_full_name(case.office)
        write, name = _LETTERS[letter]
        self._desk.casework.note(person(), number, Action.EXPORT, now, {"what": letter})
        return document(f"{name}-{number}.docx", write(view, office, now), DOCX)

    def _names(self) -> dict[str, str]:
        return {staff.username: staff.name for staff in self._desk.accounts.everyone()}

    def _notices(self) -> list[Notice]:
        who = person()
        notices = self._desk.room.catalogue().windowed()
        county = who.role is Role.COUNTY
        return [n for n in notices if not county or n.county == who.county]

    def _notice(self, slug: str) -> Notice:
        mine = any(notice.slug == slug for notice in self._notices())
        return (self._desk.room.notice(slug) if mine else None) or abort(404)

    def _cases(self, slug: str = "") -> Sequence[Case]:
        room = self._desk.room
        query = select(Case).where(visible(person(), room.main_office)).order_by(Case.received_at)
        with room.register.read() as session:
            return session.scalars(query.where(Case.notice == slug) if slug else query).all()

    def _note(self, what: str, which: str) -> None:
        now = self._desk.clock()
        with self._desk.room.register.write() as session:
            detail = {"what": what, "which": which}
            record(session, now, person().username, Action.EXPORT, detail=detail)


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the exports."""
    exports = Blueprint("exports", __name__, url_prefix="/exports")
    views = Exports(desk)
    exports.add_url_rule("/", "page", views.page)
    exports.add_url_rule("/register.<any(csv, xlsx):form>", "register", views.register)
    exports.add_url_rule("/<slug>/statement.docx", "statement", views.statement)
    exports.add_url_rule("/<slug>/results.<any(csv, docx):form>", "results", views.results)
    exports.add_url_rule("/cases/<number>.docx", "case_file", views.case_file)
    letters = "/cases/<number>/<any(reply, receipt):letter>.docx"
    exports.add_url_rule(letters, "letter", views.letter)
    return exports
