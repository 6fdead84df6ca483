"""The form for an objection that came on paper, by phone or in person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from portal.casework.registering import Channel
from portal.desk.case.case_forms import Checkboxes, offered
from portal.domain.names import entry_keys
from portal.domain.objection import FACTS_LIMIT, NAME_LIMIT, Grounds, ObjectorKind
from portal.web.form_base import PortalForm

if TYPE_CHECKING:
    from portal.domain.notice import Notice

WHOLE = "名单整体"
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
    entries = Checkboxes("有异议的条目", validate_choice=False)
    coded = BooleanField("给异议人一个查询码，印在回执上，可以在网上查看答复", default=True)
    grounds = Checkboxes("事由", [InputRequired("请至少选一项")], choices=offered(Grounds))
    facts = TextAreaField(
        "事实与理由",
        [
            InputRequired("请填写事实与理由"),
            Length(max=FACTS_LIMIT, message=f"最多{FACTS_LIMIT}字"),
        ],
    )
    scans = MultipleFileField("扫描件")
    held = HiddenField()
    office = RadioField(
        "是否涉及受理单位或其人员",
        [InputRequired("请选择")],
        choices=[SelectChoice("no", "否"), SelectChoice("yes", "是，上转一级办理")],
        default="no",
    )

    def offer(self, notice: Notice | None) -> None:
        """The entries of the chosen notice, and the list as a whole."""
        names = [*entry_keys(notice.entries), WHOLE] if notice else []
        self.entries.choices = [SelectChoice(name) for name in names]
