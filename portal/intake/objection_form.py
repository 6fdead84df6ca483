"""The forms beside the objection itself: a later message, the look-up, the last step."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    StringField,
    TextAreaField,
)

from portal.form.objection_fields import NEEDED, Checkboxes, HumanForm, prose
from portal.web.form_base import PortalForm


class MessageForm(HumanForm):
    """A later message: an answer, more evidence, or a withdrawal. The code travels in the form."""

    code = HiddenField()
    text = TextAreaField("说明", filters=[prose])
    files = MultipleFileField("补充的证据文件")
    remove = Checkboxes("移除已上传的文件", validate_choice=False)


class CodeForm(PortalForm):
    """The look-up form."""

    code = StringField("查询码", NEEDED)


class SendForm(PortalForm):
    """The check-your-answers page: the token, and whether to keep a copy."""

    token = HiddenField()
    copied = BooleanField("留一份副本，凭查询码可以再看到自己写的文字")
