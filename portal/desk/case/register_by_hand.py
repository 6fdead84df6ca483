"""Entering an objection that came on paper, by phone or in person."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice

from portal.casework.people import Role
from portal.casework.registering import Channel, Paper, Registered, Scan, register_by_hand
from portal.desk.case.paper_form import WHOLE, PaperForm
from portal.desk.desk_contexts import PaperContext, PaperReceiptContext
from portal.desk.entry.gate import live, page_head, person
from portal.domain.filetypes import (
    HEAD,
    TYPES,
    clean_name,
    extension_of,
    fault_of,
    named_by_content,
)
from portal.domain.names import entry_keys
from portal.domain.objection import (
    FILES_LIMIT,
    EntryRef,
    Grounds,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.objection_rules import tidy_phone
from portal.domain.receipt_code import grouped
from portal.domain.round_news import WHOLE_LIST
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, RequestError
from portal.render.qr import secret_qr_svg
from portal.web.context import render
from portal.web.form_base import FieldError, errors_of
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk
    from portal.domain.notice import Notice

_WHOLE = (WHOLE, WHOLE_LIST)
_MOST_FORMS = 2  # of one session: files of more would fill the memory


def make_blueprint(desk: Desk) -> Blueprint:
    """The view of the entry form."""
    paper = Blueprint("paper", __name__)

    @paper.route("/enter", methods=["GET", "POST"])
    def page() -> Answer | str | tuple[str, int]:
        form = PaperForm()
        choosable = _notices(desk)
        windows = [SelectChoice(notice.slug, notice.title) for notice in choosable]
        form.notice.choices = [SelectChoice("", "请选择"), *windows]
        if request.method == "GET":
            wanted = request.args.get("notice", choosable[0].slug if len(choosable) == 1 else "")
            form.notice.data = wanted
            return _page(desk, form, (), ())
        held, errors = _held_scans(desk, form)
        if "choose" in request.form:  # only to show that list; nothing typed is lost
            return _page(desk, form, errors, held), 422 if errors else 200
        if form.validate_on_submit() and not errors:
            try:
                done = _register(desk, form, choosable, held)
            except PortalError as error:
                errors = [FieldError("", str(error))]
            else:
                desk.keyring.of(live()).scans.pop(form.held.data or "", None)
                desk.deliver(desk.clock())
                return _done(desk, form, done)
        else:
            errors = [*errors, *errors_of(form)]
        return _page(desk, form, errors, held), 422

    return paper


def _page(desk: Desk, form: PaperForm, errors: Sequence[FieldError], held: tuple[Scan, ...]) -> str:
    chosen = next((n.slug for n in _notices(desk) if n.slug == form.notice.data), "")
    form.offer(desk.room.notice(chosen))
    head = page_head(desk, "登记异议", Crumb("登记异议"), error=bool(errors))
    return render(PaperContext(head, form, tuple(errors), tuple(TYPES), held))


def _done(desk: Desk, form: PaperForm, done: Registered) -> Answer | str:
    """To the case; or first to the receipt, whose code is shown this once."""
    if done.code is None:
        return redirect(url_for("case.page", number=done.number))
    notice = desk.room.notice(form.notice.data)
    assert notice is not None
    received = form.received.data.replace(tzinfo=SHANGHAI)
    address = desk.room.catalogue().site.lookup_address
    code = grouped(done.code)
    qr = Markup(secret_qr_svg(f"{address}#{code}"))  # noqa: S704 - made here
    head = page_head(desk, "异议登记回执", Crumb("登记异议", "/enter"), Crumb("回执"))
    due = desk.room.due(received)
    office = desk.room.office_full_name(person().office)
    return render(
        PaperReceiptContext(
            head, done.number, notice.title, received, due, office, code, address, qr
        )
    )


def _notices(desk: Desk) -> list[Notice]:
    """Publicity notices whose objections are this office's to receive, without their texts."""
    who = person()
    county = who.role is Role.COUNTY
    windows = desk.room.catalogue().windowed()
    return [n for n in windows if not county or n.county == who.county]


def _held_scans(desk: Desk, form: PaperForm) -> tuple[tuple[Scan, ...], list[FieldError]]:
    """The scans of this form so far, in the session's memory, and what is wrong with new ones.

    A fault of the form, or of one of them, costs none of the others.
    """
    kept = desk.keyring.of(live()).scans
    removed = set(request.form.getlist("remove"))
    held = [scan for scan in kept.pop(form.held.data or "", ()) if scan.name not in removed]
    errors = []
    for upload in request.files.getlist("scans"):
        if not upload.filename:
            continue
        name, data = clean_name(upload.filename), upload.read()
        fault = fault_of(name, data[:HEAD])
        name = named_by_content(name, data[:HEAD]) or name
        if not fault and len(held) >= FILES_LIMIT:
            fault = f"一次最多{FILES_LIMIT}个文件，“{name}”没有保存"
        if fault:
            errors.append(FieldError("scans", fault))
        elif not any(scan.name == name and scan.data == data for scan in held):
            held.append(Scan(name, extension_of(name), data))
    while len(kept) >= _MOST_FORMS:
        kept.pop(next(iter(kept)))
    form.held.data = secrets.token_hex(8)
    kept[form.held.data] = tuple(held)
    return tuple(held), errors


def _register(
    desk: Desk, form: PaperForm, choosable: Sequence[Notice], scans: Sequence[Scan]
) -> Registered:
    slug = next((n.slug for n in choosable if n.slug == form.notice.data), "")
    notice = desk.room.notice(slug)
    if notice is None:
        raise RequestError("请选择由本单位受理的公示")
    received = form.received.data.replace(tzinfo=SHANGHAI)
    named = list(dict.fromkeys(form.entries.data or ()))
    objection = Objection(
        number="",
        notice=notice.slug,
        revision=notice.revision,
        received=received,
        objector=_objector(form),
        grounds=tuple(Grounds(value) for value in form.grounds.data),
        facts=form.facts.data,
        privacy="",
        entries=_entries(notice, [name for name in named if name not in _WHOLE]),
        concerns_office=form.office.data == "yes",
        whole=any(name in _WHOLE for name in named),
    )
    paper = Paper(objection, Channel(form.channel.data))
    return register_by_hand(
        desk.room, person(), paper, scans, desk.clock(), coded=bool(form.coded.data)
    )


def _objector(form: PaperForm) -> Objector:
    return Objector(
        ObjectorKind(form.kind.data),
        name=(form.name.data or "").strip(),
        contact=(form.contact.data or "").strip(),
        phone=tidy_phone(form.phone.data or ""),
    )


def _entries(notice: Notice, names: Iterable[str]) -> tuple[EntryRef, ...]:
    """The named entries, as they stand on the list."""
    known = dict(zip(entry_keys(notice.entries), notice.entries, strict=True))
    found = []
    for name in names:
        if name not in known:
            raise RequestError(f"名单中没有“{name}”，请按“显示名单”，重新勾选")
        entry = known[name]
        grade = entry.grade or ""
        found.append(EntryRef(entry.name, entry.category, grade, entry.county, entry.apart))
    return tuple(found)
