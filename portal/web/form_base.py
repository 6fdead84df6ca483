"""Base of every form that writes: Chinese messages, and errors as data for the error summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    FileField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.meta import DefaultMeta

from portal.domain.characters import clean

if TYPE_CHECKING:
    from wtforms import Field
    from wtforms.fields.core import UnboundField

CSRF_EXPIRED = "页面停留时间过长或浏览器未接受 Cookie，为保护您的填报，请再提交一次"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error of a form; `target` is the id of the control to go to, empty for the whole form."""

    target: str
    message: str


def _is_typed(kind: type[Field]) -> bool:
    return issubclass(kind, StringField) and not issubclass(kind, HiddenField | PasswordField)


def _hygiene(text: Any) -> Any:
    return clean(text).text if isinstance(text, str) else text


class PortalForm(FlaskForm):  # type: ignore[misc]  # no types are published
    """A form in Chinese; `errors_of` lists what is wrong with it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms settings: its own messages in Chinese."""

        locales = ("zh",)

        def get_translations(self, form: Any) -> Any:
            """WTForms' own catalogue; Flask-WTF would ask flask-babel, which is not used here."""
            return DefaultMeta.get_translations(self, form)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Texts for the fields of text and files for those of files; Flask-WTF mixes them."""
            given = super().wrap_formdata(form, formdata)
            if given is formdata or given is None:
                return given
            taken: MultiDict[str, Any] = MultiDict(request.form)
            for field in form:
                if isinstance(field, FileField):
                    taken.setlist(field.name, request.files.getlist(field.name))
            return taken

        def bind_field(self, form: Any, unbound: UnboundField, options: dict[str, Any]) -> Any:
            """Every field that people type in gets the one hygiene, before its own filters."""
            if _is_typed(unbound.field_class):
                own = unbound.kwargs.get("filters", ())
                options = {**options, "filters": [_hygiene, *own]}
            return super().bind_field(form, unbound, options)

    def validate(self, extra_validators: Any = None) -> bool:
        """The form's own rules, and no character that cannot be read elsewhere."""
        sound = bool(super().validate(extra_validators))
        for field in self:
            if not _is_typed(type(field)) or not isinstance(field.data, str):
                continue
            if refused := clean(field.data).refused:
                field.errors = [*field.errors, refused[0].message]
                sound = False
        return sound


def control_id(field: Field) -> str:
    """Id of the control that an error points to: of a group, its first member."""
    grouped = isinstance(field, RadioField | SelectMultipleField)
    return f"{field.id}-0" if grouped else str(field.id)


def _flatten(messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [text for part in messages.values() for text in _flatten(part)]
    if isinstance(messages, list | tuple):
        return [text for part in messages for text in _flatten(part)]
    return [str(messages)]


def errors_of(form: FlaskForm) -> tuple[FieldError, ...]:
    """Every error in the order of the fields, the first message of each; a lost token in words."""
    found = []
    for field in form:
        messages = _flatten(field.errors)
        if not messages:
            continue
        if field.name == "csrf_token":
            found.append(FieldError("", CSRF_EXPIRED))
        else:
            found.append(FieldError(control_id(field), messages[0]))
    found.extend(FieldError("", text) for text in _flatten(form.form_errors))
    return tuple(found)
