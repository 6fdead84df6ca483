"""The forms at the entrance: signing in, and changing one's own password."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from portal.web.form_base import PortalForm


class SignInForm(PortalForm):
    """All three at once, so that a refusal does not tell which one was wrong."""

    username = StringField("用户名", [InputRequired("请填写用户名")])
    password = PasswordField("密码", [InputRequired("请填写密码")])
    code = StringField("动态口令", [InputRequired("请填写动态口令")])


class PasswordForm(PortalForm):
    """The old password and the new one twice."""

    old = PasswordField("原密码", [InputRequired("请填写原密码")])
    new = PasswordField("新密码", [InputRequired("请填写新密码")])
    again = PasswordField("再填一次新密码", [InputRequired("请再填一次新密码")])
