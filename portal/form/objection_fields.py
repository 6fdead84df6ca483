"""The fields of an objection and their rules; the template states why each is asked."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from portal.domain.identifiers import parse_credit_code
from portal.domain.objection import (
    ADDRESS_LIMIT,
    ENTRIES_LIMIT,
    FACTS_LIMIT,
    NAME_LIMIT,
    Grounds,
    ObjectorKind,
)
from portal.domain.objection_rules import (
    SAY,
    SHORTEST_FACTS,
    WHOLE_LABEL,
    WHOLE_LIST,
    contact_kind,
    is_phone,
    tidy_contact,
    tidy_phone,
)
from portal.web.form_base import PortalForm

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portal.domain.notice import Entry, Notice


def entry_value(entry: Entry) -> str:
    """How an entry is named in the form: stable over revisions that only move rows."""
    apart = f":{entry.apart}" if entry.apart else ""
    return f"{entry.category}:{entry.name}:{entry.county}{apart}"


def _name_in(value: str) -> str:
    """The name in an entry's value, of whatever list."""
    return _one_line(value).split(":")[1][:NAME_LIMIT] if ":" in value else value[:NAME_LIMIT]


def entry_label(entry: Entry) -> str:
    """An entry as the form names it."""
    details = [entry.category, entry.apart]
    return f"{entry.name}（{'，'.join(filter(None, details))}）"


def _one_line(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def _phone(text: str | None) -> str:
    return tidy_phone(text or "")


def _contact(text: str | None) -> str:
    return tidy_contact(text or "")


def _credit(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").upper().split())


def prose(text: str | None) -> str:
    """Typed text of several lines, tidied."""
    return unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").strip()


def _trap_label() -> str:
    return "此项请留空（用于识别自动程序）"


class _Needed:
    """Marks a field as compulsory for the label; the form's own rules check it."""

    field_flags = {"required": True}  # noqa: RUF012 - as WTForms reads it

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing: what is missing depends on other fields."""


NEEDED = [_Needed()]
_MOST_NAMED = 5


class Checkboxes(SelectMultipleField):  # type: ignore[misc]  # no types are published
    """Several of a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HumanForm(PortalForm):
    """What every sending form carries: the token, and a field that people leave empty."""

    token = HiddenField()
    homepage = StringField(_trap_label())

    def validate_homepage(self, field: Any) -> None:
        """Programs fill in every field."""
        if field.data:
            field.errors = [*field.errors, SAY["trap"]]


class ObjectionForm(HumanForm):
    """One objection; which fields are needed depends on who objects."""

    entries = Checkboxes("对哪些条目有异议", NEEDED, validate_choice=False)
    kind = RadioField("以什么身份提出", NEEDED, validate_choice=False)
    name = StringField("姓名", NEEDED, filters=[_one_line])
    phone = StringField("联系电话", NEEDED, filters=[_phone])
    address = StringField("地址（到镇、街道）", filters=[_one_line])
    unit = StringField("单位名称", NEEDED, filters=[_one_line])
    credit_code = StringField("统一社会信用代码", NEEDED, filters=[_credit])
    contact = StringField("联系人", NEEDED, filters=[_one_line])
    unit_phone = StringField("联系人电话", NEEDED, filters=[_phone])
    scan = MultipleFileField("加盖公章的扫描件或者照片", NEEDED)
    grounds = Checkboxes(
        "异议的理由", NEEDED, choices=[SelectChoice(g.value, g.label) for g in Grounds]
    )
    facts = TextAreaField("事实和说明", NEEDED, filters=[prose])
    files = MultipleFileField("证据文件")
    notify = StringField("有新进展时通知我", filters=[_contact])
    sensitive = BooleanField("证据中含有健康、未成年人等敏感个人信息，确有必要提交")
    concerns_office = BooleanField("这件异议涉及受理单位或者其工作人员")
    privacy = HiddenField()
    remove = Checkboxes("移除已上传的文件", validate_choice=False)

    def offer(
        self, notice: Notice, *, anonymous: bool, tells: Collection[str] = ("mail", "sms")
    ) -> None:
        """Set what can be chosen for a notice, and by which ways (`tells`) the desk tells news."""
        self.tells = tells
        self.notify.data = self.notify.data if tells else ""
        self.entries.choices = [
            *(SelectChoice(entry_value(e), entry_label(e)) for e in notice.entries),
            SelectChoice(WHOLE_LIST, WHOLE_LABEL),
        ]
        kinds = [ObjectorKind.PERSON, ObjectorKind.UNIT]
        if anonymous:
            kinds.append(ObjectorKind.ANONYMOUS)
        self.kind.choices = [SelectChoice(kind.value, kind.label) for kind in kinds]

    def validate_entries(self, field: Any) -> None:
        """At least one, all of them on the list."""
        known = {choice.value for choice in field.choices}
        gone = [value for value in field.data or [] if value not in known]
        field.data = [value for value in field.data or [] if value in known]
        if gone:
            names = "、".join(f"“{_name_in(value)}”" for value in gone[:_MOST_NAMED])
            _fault(field, f"名单已经修订，{names}不在现在的名单上，已取消选择；请核对其余的选择")
        elif not field.data:
            _fault(field, SAY["entries"])
        elif sum(value != WHOLE_LIST for value in field.data) > ENTRIES_LIMIT:
            _fault(field, f"一次最多选择{ENTRIES_LIMIT}个条目，其余的请另行提出")

    def validate_kind(self, field: Any) -> None:
        """One of the kinds the office takes."""
        if field.data not in {choice.value for choice in field.choices}:
            _fault(field, SAY["kind"])

    def validate_grounds(self, field: Any) -> None:
        """At least one."""
        if not field.data:
            _fault(field, SAY["grounds"])

    def validate_notify(self, field: Any) -> None:
        """Left out, or one address."""
        if field.data and contact_kind(field.data) not in self.tells:
            _fault(field, SAY["notify"])

    def validate_facts(self, field: Any) -> None:
        """Long enough to be looked into, short enough to be read."""
        length = len(field.data)
        if not length:
            _fault(field, SAY["facts"])
        elif length < SHORTEST_FACTS:
            _fault(field, SAY["facts_short"])
        elif length > FACTS_LIMIT:
            _fault(
                field,
                f"事实和说明最多{FACTS_LIMIT}字，现在是{length}字，请删减，或者作为证据文件上传",
            )

    def validate(self, extra_validators: Any = None) -> bool:
        """Rules of single fields, then those that depend on who objects."""
        super().validate(extra_validators)
        if self.kind.data == ObjectorKind.PERSON:
            _need(self.name, SAY["name"], NAME_LIMIT)
            _need_phone(self.phone)
            _at_most(self.address, ADDRESS_LIMIT)
        elif self.kind.data == ObjectorKind.UNIT:
            _need(self.unit, SAY["unit"], NAME_LIMIT)
            _need(self.contact, SAY["contact"], NAME_LIMIT)
            _need_phone(self.unit_phone)
            _check_credit_code(self.credit_code)
        return not self.errors


def _fault(field: Any, message: str) -> None:
    field.errors = [*field.errors, message]


def _need(field: Any, message: str, limit: int) -> None:
    if not field.data:
        _fault(field, message)
    _at_most(field, limit)


def _at_most(field: Any, limit: int) -> None:
    if len(field.data) > limit:
        _fault(field, f"“{field.label.text}”最多{limit}字")


def _need_phone(field: Any) -> None:
    if not field.data:
        _fault(field, SAY["phone"])
    elif not is_phone(field.data):
        _fault(field, SAY["phone_form"])


def _check_credit_code(field: Any) -> None:
    if not field.data:
        _fault(field, SAY["credit"])
        return
    try:
        parse_credit_code(field.data)
    except ValueError:
        _fault(field, SAY["credit_form"])


def faults_of(field: Any, messages: Sequence[str]) -> None:
    """Add errors found outside the form, as with files."""
    field.errors = [*field.errors, *messages]
