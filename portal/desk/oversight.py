"""Oversight: the audit trail for the auditor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from sqlalchemy import func, select

from portal.casework.audit import Action, Head, verify
from portal.casework.decisions import Ending
from portal.casework.models import AuditLine
from portal.casework.people import Right, Role, read_rights
from portal.casework.registering import Channel
from portal.desk.case.file_download import document
from portal.desk.desk_contexts import AuditContext
from portal.desk.entry.gate import page_head
from portal.desk.sheets import CSV, csv_bytes
from portal.errors import VerificationError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from sqlalchemy import Select

    from portal.desk.services import Desk

_PAGE = 100
_HEADER = ("序号", "时间", "人员", "事项", "异议编号", "说明", "校验值")


class Oversight:
    """One method a view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def audit(self) -> str:
        """The trail, newest first, with its state."""
        action, text = request.args.get("action", ""), request.args.get("q", "")[:40]
        number = request.args.get("page", "1")
        page = max(1, int(number)) if number.isdecimal() and len(number) < len("100000") else 1
        query = _filtered(action, text)
        newest = query.order_by(AuditLine.seq.desc()).limit(_PAGE).offset((page - 1) * _PAGE)
        with self._desk.room.register.read() as session:
            lines = session.scalars(newest).all()
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            fault, newest_head = _state(self._desk)
        head = page_head(self._desk, "审计记录", Crumb("审计记录"))
        context = AuditContext(
            page=head,
            lines=[(line, Action(line.action).label, _in_words(line.detail)) for line in lines],
            total=total,
            number=page,
            pages=max(1, -(-total // _PAGE)),
            head=newest_head,
            fault=fault,
            actions=[(a.value, a.label) for a in Action],
            action=action,
            text=text,
        )
        return render(context)

    def export(self) -> Response:
        """The whole trail."""
        with self._desk.room.register.read() as session:
            lines = session.scalars(select(AuditLine).order_by(AuditLine.seq)).all()
        rows = [
            (
                str(line.seq),
                line.at.isoformat(),
                line.actor,
                Action(line.action).label,
                line.case_number,
                line.detail,
                line.hash,
            )
            for line in lines
        ]
        return document("审计记录.csv", csv_bytes(_HEADER, rows), CSV)


def make_blueprint(desk: Desk) -> Blueprint:
    """Views of the oversight."""
    oversight = Blueprint("oversight", __name__)
    views = Oversight(desk)
    oversight.add_url_rule("/audit", "audit", views.audit)
    oversight.add_url_rule("/audit.csv", "export", views.export)
    return oversight


def _filtered(action: str, text: str) -> Select[AuditLine]:
    query = select(AuditLine)
    if action in set(Action):
        query = query.where(AuditLine.action == action)
    if text:
        query = query.where(
            AuditLine.case_number.contains(text.upper(), autoescape=True)
            | AuditLine.actor.contains(text.lower(), autoescape=True)
        )
    return query


_WORDS = {
    "channel": "来源",
    "ending": "事项",
    "envelopes": "信封",
    "file": "附件",
    "from": "原单位",
    "may": "权限",
    "messages": "新材料",
    "notice": "公示",
    "office": "单位",
    "reason": "事由",
    "role": "角色",
    "sha256": "信封校验值",
    "to": "转交",
    "try": "第几次",
    "user": "用户",
    "what": "内容",
    "which": "范围",
}

_LABELLED: dict[str, type[Channel | Ending | Role]] = {
    "channel": Channel,
    "ending": Ending,
    "role": Role,
}


def _in_words(detail: str) -> str:
    """A line's detail as an auditor reads it."""
    parts = json.loads(detail).items()
    return "；".join(
        f"{_WORDS.get(key, key)}：{_told(key, value)}" for key, value in parts if value != ""
    )


def _told(key: str, value: object) -> object:
    """The label of a value that stands for one; a value unknown today is shown as it is."""
    if key == "may":
        held = read_rights(str(value))
        return "、".join(right.label for right in Right if right in held)
    labels = {member.value: member.label for member in _LABELLED.get(key, ())}
    return labels.get(str(value), value)


def _state(desk: Desk) -> tuple[str, Head]:
    """Whether the chain holds now, and its head to be noted on paper."""
    with desk.room.register.read() as session:
        try:
            return "", verify(session)
        except VerificationError as error:
            return str(error), Head(0, "")
