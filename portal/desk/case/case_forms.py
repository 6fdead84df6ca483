"""Forms of the case pages; each has a prefix, since several stand on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.casework.approvals import SUMMARY_LIMIT
from portal.casework.handling import TEXT_LIMIT
from portal.domain.objection import NonAcceptance, Outcome
from portal.web.form_base import PortalForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_REASON_LIMIT = 100


class _Labelled(Protocol):
    """A member of one of the domain's enumerations."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...


def offered(members: Iterable[_Labelled], first: str = "") -> list[SelectChoice]:
    """Choices of an enumeration; `first` is the text of an empty one before them."""
    empty = [SelectChoice("", first)] if first else []
    return [*empty, *(SelectChoice(member.value, member.label) for member in members)]


class Checkboxes(SelectMultipleField):  # type: ignore[misc]  # no types are published
    """Several of a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _text(label: str, limit: int) -> TextAreaField:
    message = f"最多{limit}字"
    return TextAreaField(label, [InputRequired("请填写内容"), Length(max=limit, message=message)])


class OpenForm(PortalForm):
    """The passphrase of the window's key, when it is still locked."""

    passphrase = PasswordField("密钥口令", [InputRequired("请输入密钥口令")])


class RevealForm(PortalForm):
    """Why the whole phone number is needed."""

    reason = StringField(
        "查看完整电话的事由",
        [InputRequired("请写明事由"), Length(4, _REASON_LIMIT, "请写明事由，4至100字")],
    )


class AssignForm(PortalForm):
    """To whom a case goes."""

    username = SelectField("经办人", [InputRequired("请选择经办人")], validate_choice=False)


class AskForm(PortalForm):
    """A question to the citizen."""

    text = _text("请异议人补充说明", TEXT_LIMIT)


class ReplyForm(PortalForm):
    """The reply; `quoting` confirms that it may quote the objection."""

    text = _text("答复内容", TEXT_LIMIT)
    quoting = BooleanField("我已核对，答复中与异议书相同的文字可以出现")


_SHARED = "让主管单位复核时可以阅读事实与理由、往来和拟送达的答复"


class ConfirmForm(PortalForm):
    """The second person's consent; `unread` says that nothing was read."""

    unread = BooleanField("我没有阅读异议书和答复，仍然复核同意")


class RefuseForm(PortalForm):
    """Not to accept: a fixed reason and a text."""

    reason = SelectField(
        "不予受理的理由",
        [InputRequired("请选择理由")],
        choices=offered(
            (reason for reason in NonAcceptance if reason is not NonAcceptance.UNREADABLE), "请选择"
        ),
    )
    summary = _text("告知异议人的说明", SUMMARY_LIMIT)
    shared = BooleanField(_SHARED)


class UnreadableForm(PortalForm):
    """What the citizen is told about an envelope that nobody can open."""

    summary = _text("告知异议人的说明", SUMMARY_LIMIT)


class CloseForm(PortalForm):
    """How a case ends."""

    outcome = RadioField(
        "办理结果",
        [InputRequired("请选择办理结果")],
        choices=offered(Outcome),
    )
    entries = Checkboxes("异议成立时，不再保留的条目", validate_choice=False)
    reply = TextAreaField("给异议人的答复", [Length(max=TEXT_LIMIT, message=f"最多{TEXT_LIMIT}字")])
    quoting = BooleanField("我已核对，答复中与异议书相同的文字可以出现")
    summary = _text("结论摘要", SUMMARY_LIMIT)
    shared = BooleanField(_SHARED)

    def offer(self, names: Sequence[str]) -> None:
        """The entries that can be removed."""
        self.entries.choices = [SelectChoice(name) for name in names]


class ReopenForm(PortalForm):
    """Why an ended case is taken up again."""

    summary = _text("重新核查的原因", SUMMARY_LIMIT)
    shared = BooleanField(_SHARED)


def blank(form: type[PortalForm], prefix: str, **how: Any) -> Any:
    """A form that ignores the request: for the page that shows all of them."""
    return form(formdata=None, prefix=prefix, **how)
