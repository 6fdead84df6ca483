"""From the form to the objection, and back to what the check page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.names import entry_keys
from portal.domain.objection import (
    FileRole,
    Grounds,
    Message,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.objection_rules import WHOLE_LABEL, WHOLE_LIST
from portal.form.frozen_form import entry_ref
from portal.form.objection_fields import entry_value
from portal.web.filters import filesize

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.domain.notice import Notice
    from portal.form.objection_fields import ObjectionForm
    from portal.submission.form_drafts import DraftFile


def objector_of(form: ObjectionForm) -> Objector:
    """Who objects; what was typed for the other kinds is left out."""
    kind = ObjectorKind(form.kind.data)
    if kind is ObjectorKind.PERSON:
        return Objector(
            kind, form.name.data, phone=form.phone.data, address=form.address.data or ""
        )
    if kind is ObjectorKind.UNIT:
        return Objector(
            kind,
            form.unit.data,
            form.credit_code.data,
            form.contact.data,
            form.unit_phone.data,
        )
    return Objector(kind)


def files_of(form: ObjectionForm, files: Sequence[DraftFile]) -> tuple[DraftFile, ...]:
    """The files that go along: a seal scan only with a unit's objection."""
    unit = form.kind.data == ObjectorKind.UNIT
    return tuple(f for f in files if unit or f.role is not FileRole.SEAL_SCAN)


def objection_of(form: ObjectionForm, notice: Notice, county: str, now: datetime) -> Objection:
    """The objection of a valid form; submission fills in number, time and evidence.

    `county` is the name of the notice's county: county lists may leave that column out.
    """
    chosen = set(form.entries.data)
    return Objection(
        number="",
        notice=notice.slug,
        revision=notice.revision,
        received=now,
        objector=objector_of(form),
        grounds=tuple(Grounds(value) for value in form.grounds.data),
        facts=form.facts.data,
        privacy=form.privacy.data,
        entries=tuple(entry_ref(e, county) for e in notice.entries if entry_value(e) in chosen),
        concerns_office=bool(form.concerns_office.data),
        sensitive=bool(form.sensitive.data),
        whole=WHOLE_LIST in chosen,
        notify=form.notify.data or "",
    )


def _file_line(file: DraftFile) -> str:
    return f"{file.name}（{filesize(file.size)}）"


def rows_of(
    form: ObjectionForm, notice: Notice, files: Sequence[DraftFile]
) -> tuple[tuple[str, str], ...]:
    """Question and answer of the check page, in the order of the form."""
    labels = dict(zip(map(entry_value, notice.entries), entry_keys(notice.entries), strict=True))
    labels[WHOLE_LIST] = WHOLE_LABEL
    objector = objector_of(form)
    rows = [
        ("有异议的条目", "；".join(labels[v] for v in form.entries.data)),
        ("提出身份", objector.kind.label),
    ]
    if objector.kind is ObjectorKind.PERSON:
        rows += [("姓名", objector.name), ("联系电话", objector.phone), ("地址", objector.address)]
    elif objector.kind is ObjectorKind.UNIT:
        scans = "；".join(_file_line(f) for f in files if f.role is FileRole.SEAL_SCAN)
        rows += [
            ("单位名称", objector.name),
            ("统一社会信用代码", objector.credit_code),
            ("联系人", objector.contact),
            ("联系人电话", objector.phone),
            ("盖章扫描件", scans),
        ]
    evidence = "；".join(_file_line(f) for f in files if f.role is FileRole.EVIDENCE)
    rows += [
        ("理由", "；".join(Grounds(v).label for v in form.grounds.data)),
        ("证据文件", evidence or "没有上传"),
        ("敏感个人信息", "含有，确有必要提交" if form.sensitive.data else "不含"),
        ("受理回避", "请上一级处理" if form.concerns_office.data else "不需要"),
    ]
    rows += [("进展通知", form.notify.data)] if form.notify.data else []
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a citizen sent, for the citizen: what it was, when, and each part of it."""

    title: str
    at: datetime
    rows: tuple[tuple[str, str], ...]
    text: str


def own_words(sent: Objection | Message) -> OwnWords:
    """An objection or a later message as its writer reads it again."""
    files = "；".join(f"{file.name}（{filesize(file.size)}）" for file in sent.evidence)
    if isinstance(sent, Message):
        listed = (("文件", files),) if files else ()
        return OwnWords(sent.kind.label, sent.sent, listed, sent.text)
    who = sent.objector
    named = [f"{entry.name}（{entry.category}）" for entry in sent.entries]
    named += [WHOLE_LABEL] if sent.concerns_list else []
    rows = (
        ("有异议的条目", "；".join(named)),
        ("提出身份", "，".join(filter(None, (who.kind.label, who.name, who.contact)))),
        ("联系电话", who.phone),
        ("理由", "；".join(ground.label for ground in sent.grounds)),
        ("文件", files or "没有上传"),
        ("进展通知", sent.notify),
    )
    return OwnWords("异议", sent.received, tuple(row for row in rows if row[1]), sent.facts)
