"""Entering an objection that came on paper, by phone or in person."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for
from wtforms.fields.choices import SelectChoice

from portal.casework.people import Role
from portal.casework.registering import Channel, Paper, Scan, register_by_hand
from portal.desk.case.paper_form import PaperForm
from portal.desk.desk_contexts import PaperContext
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
from portal.domain.round_news import WHOLE_LIST
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, RequestError
from portal.web.context import render
from portal.web.form_base import FieldError, errors_of
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk
    from portal.domain.notice import Notice

_WHOLE = ("名单整体", WHOLE_LIST)
_MOST_FORMS = 2  # of one session: files of more would fill the memory


def make_blueprint(desk: Desk) -> Blueprint:
    """The view of the entry form."""
    paper = Blueprint("paper", __name__)

    @paper.route("/enter", methods=["GET", "POST"])
    def page() -> Answer | tuple[str, int]:
        form = PaperForm()
        choosable = _notices(desk)
        windows = [SelectChoice(notice.slug, notice.title) for notice in choosable]
        form.notice.choices = [SelectChoice("", "请选择"), *windows]
        held, errors = _held_scans(desk, form) if request.method == "POST" else ((), [])
        if form.validate_on_submit() and not errors:
            try:
                number = _register(desk, form, choosable, held)
            except PortalError as error:
                errors = [FieldError("", str(error))]
            else:
                desk.keyring.of(live()).scans.pop(form.held.data or "", None)
                return redirect(url_for("case.page", number=number))
        elif request.method == "POST":
            errors = [*errors, *errors_of(form)]
        head = page_head(desk, "登记异议", Crumb("登记异议"), error=bool(errors))
        context = PaperContext(head, form, tuple(errors), tuple(TYPES), held)
        return render(context), 422 if errors else 200

    return paper


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
) -> str:
    slug = next((n.slug for n in choosable if n.slug == form.notice.data), "")
    notice = desk.room.notice(slug)
    if notice is None:
        raise RequestError("请选择由本单位受理的公示")
    received = form.received.data.replace(tzinfo=SHANGHAI)
    named = _named(form.entries.data or "")
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
    return register_by_hand(desk.room, person(), paper, scans, desk.clock())


def _objector(form: PaperForm) -> Objector:
    return Objector(
        ObjectorKind(form.kind.data),
        name=(form.name.data or "").strip(),
        contact=(form.contact.data or "").strip(),
        phone=tidy_phone(form.phone.data or ""),
    )


def _named(typed: str) -> list[str]:
    """What is named, once each, in order; names are separated by 、 or new lines."""
    for mark in "，,；;\n":
        typed = typed.replace(mark, "、")
    return list(dict.fromkeys(part.strip() for part in typed.split("、") if part.strip()))


def _entries(notice: Notice, names: Iterable[str]) -> tuple[EntryRef, ...]:
    """The named entries, as they stand on the list."""
    known = dict(zip(entry_keys(notice.entries), notice.entries, strict=True))
    found = []
    for name in names:
        if name not in known:
            raise RequestError(
                f"名单中没有“{name}”，请照公示名单填写，同名的写成“姓名（工作单位）”；"
                "对名单整体有异议的不必填"
            )
        entry = known[name]
        grade = entry.grade or ""
        found.append(EntryRef(entry.name, entry.category, grade, entry.county, entry.apart))
    return tuple(found)
