"""Entering an objection that came on paper, by phone or in person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import Blueprint, redirect, render_template, request, url_for
from wtforms import (
    DateTimeLocalField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from portal.casework.people import Role
from portal.casework.registering import Channel, Paper, Scan, register_by_hand
from portal.desk.case.case_forms import Checkboxes, offered
from portal.desk.entry.gate import page_head, person
from portal.domain.objection import (
    FACTS_LIMIT,
    FILES_LIMIT,
    NAME_LIMIT,
    EntryRef,
    Grounds,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, RequestError
from portal.sealed.filetypes import TYPES, clean_name, extension_of, fault_of
from portal.web.form_base import FieldError, PortalForm, errors_of
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as Answer

    from portal.desk.services import Desk
    from portal.domain.notice import Notice

_BY_HAND = (Channel.PAPER, Channel.PHONE, Channel.VISIT)


class _NameUnlessAnonymous:
    """A name is asked of everybody but the anonymous."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Stop at an empty name; an anonymous tip has none."""
        if (field.data or "").strip():
            return
        if form.kind.data == ObjectorKind.ANONYMOUS:
            field.errors = []
            raise StopValidation
        raise StopValidation("请填写异议人的姓名或者单位名称；确为匿名的请选“匿名”")


class PaperForm(PortalForm):
    """The same questions as the citizen's form, and how and when it came in."""

    notice = SelectField("公示", [InputRequired("请选择公示")], validate_choice=False)
    channel = RadioField(
        "来源",
        [InputRequired("请选择来源")],
        choices=offered(_BY_HAND),
    )
    received = DateTimeLocalField(
        "收到时间", [InputRequired("请填写收到的日期和时间")], format="%Y-%m-%dT%H:%M"
    )
    kind = RadioField(
        "异议人",
        [InputRequired("请选择异议人的身份")],
        choices=offered(ObjectorKind),
    )
    name = StringField("姓名或者单位名称", [_NameUnlessAnonymous(), Length(max=NAME_LIMIT)])
    contact = StringField("联系人（单位）", [Optional(), Length(max=NAME_LIMIT)])
    phone = StringField("电话", [Optional(), Length(max=30)])
    entries = StringField("有异议的条目", [Optional(), Length(max=500, message="最多500字")])
    grounds = Checkboxes("事由", [InputRequired("请至少选一项")], choices=offered(Grounds))
    facts = TextAreaField(
        "事实与理由",
        [
            InputRequired("请填写事实与理由"),
            Length(max=FACTS_LIMIT, message=f"最多{FACTS_LIMIT}字"),
        ],
    )
    scans = MultipleFileField("扫描件")
    office = RadioField(
        "是否涉及受理单位或其人员",
        [InputRequired("请选择")],
        choices=[SelectChoice("no", "否"), SelectChoice("yes", "是，上转一级办理")],
        default="no",
    )


def make_blueprint(desk: Desk) -> Blueprint:
    """The view of the entry form."""
    paper = Blueprint("paper", __name__)

    @paper.route("/enter", methods=["GET", "POST"])
    def page() -> Answer | tuple[str, int]:
        form = PaperForm()
        choosable = _notices(desk)
        windows = [SelectChoice(notice.slug, notice.title) for notice in choosable]
        form.notice.choices = [SelectChoice("", "请选择"), *windows]
        errors: Sequence[FieldError] = ()
        if form.validate_on_submit():
            try:
                number = _register(desk, form, choosable)
            except PortalError as error:
                errors = [FieldError("", str(error))]
            else:
                return redirect(url_for("case.page", number=number))
        elif request.method == "POST":
            errors = errors_of(form)
        head = page_head(desk, "登记异议", Crumb("登记异议"), error=bool(errors))
        body = render_template(
            "paper.html", page=head, form=form, errors=tuple(errors), types=tuple(TYPES)
        )
        return body, 422 if errors else 200

    return paper


def _notices(desk: Desk) -> list[Notice]:
    """Publicity notices whose objections are this office's to receive."""
    who = person()
    windows = [n for n in desk.room.catalogue().notices if n.window]
    if who.role is Role.COUNTY:
        return [n for n in windows if n.county == who.county]
    return windows


def _register(desk: Desk, form: PaperForm, choosable: Sequence[Notice]) -> str:
    notice = next((n for n in choosable if n.slug == form.notice.data), None)
    if notice is None:
        raise RequestError("请选择由本单位受理的公示")
    received = form.received.data.replace(tzinfo=SHANGHAI)
    objection = Objection(
        number="",
        notice=notice.slug,
        revision=notice.revision,
        received=received,
        objector=_objector(form),
        grounds=tuple(Grounds(value) for value in form.grounds.data),
        facts=form.facts.data,
        privacy="",
        entries=_entries(notice, form.entries.data or ""),
        concerns_office=form.office.data == "yes",
    )
    paper = Paper(objection, Channel(form.channel.data))
    return register_by_hand(desk.room, person(), paper, _scans(), desk.clock())


def _objector(form: PaperForm) -> Objector:
    return Objector(
        ObjectorKind(form.kind.data),
        name=(form.name.data or "").strip(),
        contact=(form.contact.data or "").strip(),
        phone=(form.phone.data or "").strip(),
    )


def _entries(notice: Notice, typed: str) -> tuple[EntryRef, ...]:
    """The named entries, as they stand on the list; names are separated by 、 or new lines."""
    for mark in "，,；;\n":
        typed = typed.replace(mark, "、")
    known = {entry.name: entry for entry in notice.entries}
    found = []
    for name in dict.fromkeys(part.strip() for part in typed.split("、") if part.strip()):
        if name not in known:
            raise RequestError(f"名单中没有“{name}”，请照公示名单填写；对名单整体有异议的不必填")
        entry = known[name]
        grade = entry.grade.value if entry.grade else ""
        found.append(EntryRef(name, entry.category.value, grade, entry.county))
    return tuple(found)


def _scans() -> list[Scan]:
    scans = []
    for upload in request.files.getlist("scans"):
        if not upload.filename:
            continue
        name, data = clean_name(upload.filename), upload.read()
        fault = fault_of(name, data[:1024])
        if fault:
            raise RequestError(fault)
        scans.append(Scan(name, extension_of(name), data))
    if len(scans) > FILES_LIMIT:
        raise RequestError(f"一次最多{FILES_LIMIT}个文件")
    return scans
