"""Sending: seal, store, and only then show the receipt; every failure says what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request
from markupsafe import Markup
from wtforms import StringField

from portal.domain.objection import ObjectorKind
from portal.domain.receipt_code import grouped
from portal.errors import PortalError, UnreadableError
from portal.intake.answers import files_of, objection_of
from portal.intake.intake_contexts import ReceiptContext
from portal.intake.objection_form import SendForm
from portal.intake.sealed_steps import SealedSteps
from portal.intake.service import Again
from portal.intake.uploads import as_uploads
from portal.render.qr import secret_qr_svg
from portal.submission.form_drafts import Draft, code_of
from portal.submission.submitting import (
    Acknowledged,
    AlreadySentError,
    NotReadyError,
    WindowShutError,
)
from portal.web.form_base import FieldError, errors_of

if TYPE_CHECKING:
    from portal.domain.notice import Notice
    from portal.form.objection_fields import ObjectionForm
    from portal.intake.form_steps import FormSteps
    from portal.intake.form_tokens import FormToken
    from portal.intake.service import Intake, Window

_SENT = (
    "这份异议先前已经提交成功，没有重复提交。查询码只在提交成功时显示，请用当时记下的查询码查询。"
    "如果您提交以后又改动了内容，这次的改动没有接收：要补充或者更正，请用查询码查询，在查询页提交。"
)
_SWEPT = "这份草稿已经失效，没有提交。为保护您的信息，草稿只在服务器上加密保存半天。"
_FAILED = "服务器没能把异议保存好，所以没有接收。您填写的内容还在，请返回上一页再提交一次。"


@dataclass(frozen=True)
class SendSteps:
    """From the check page to the receipt."""

    forms: FormSteps

    @property
    def intake(self) -> Intake:
        """What the views share."""
        return self.forms.intake

    def sent_before(self, notice: Notice, token: FormToken) -> Response | None:
        """The answer to a draft that has been stored already, whatever the window says now."""
        try:
            known = self.intake.submissions.repeat(code_of(token.secret), self.intake.clock())
        except AlreadySentError:
            return self.intake.refused("已经提交过了", _SENT, notice=notice)
        if known is None:
            return None
        # A sent draft is forgotten: one that lies here was filled in afterwards.
        return self.show_receipt(
            notice, known, filled=self.intake.drafts.load(token.secret) is not None
        )

    def attempt(self, window: Window, token_text: str, token: FormToken) -> Response:
        """Send, and turn each way it can fail into a page that says what is kept and what to do."""
        intake, notice = self.intake, window.notice
        try:
            return self.send(window, token_text, token)
        except WindowShutError:
            intake.drafts.discard(token.secret)  # nothing is half taken
            return intake.shut("closed", notice, attempted=True)
        except AlreadySentError:
            return intake.refused("已经提交过了", _SENT, notice=notice)
        except NotReadyError:
            return intake.shut("not-ready", notice, attempted=True)
        except UnreadableError as error:
            return self._mend(notice, token_text, token, error)
        except (PortalError, OSError):
            return intake.refused("没有提交成功", _FAILED, notice=notice)

    def _mend(
        self, notice: Notice, token_text: str, token: FormToken, error: UnreadableError
    ) -> Response:
        """The form again, at the field that the desk could not read."""
        draft = self.intake.drafts.load(token.secret) or Draft({})
        form = self.forms.from_draft(notice, draft, token_text)
        wrong = (FieldError(_control_of(form, error.field), str(error)),)
        return self.forms.show_form(
            notice, form, draft.files, wrong, HTTPStatus.UNPROCESSABLE_ENTITY
        )

    def send(self, window: Window, token_text: str, token: FormToken) -> Response:
        """Seal, store, and only then show the receipt."""
        intake, notice = self.intake, window.notice
        draft = intake.drafts.load(token.secret)
        if draft is None:
            return intake.refused("草稿已经失效", _SWEPT, notice=notice)
        form = self.forms.from_draft(notice, draft, token_text)
        files = files_of(form, draft.files)
        if not form.validate():
            return self.forms.show_form(
                notice, form, draft.files, errors_of(form), HTTPStatus.UNPROCESSABLE_ENTITY
            )
        confirmation = SendForm(formdata=request.form)
        if not confirmation.validate():
            return self.forms.show_check(window, form, files, errors_of(confirmation))
        office = intake.route(notice, concerns_office=bool(form.concerns_office.data))
        if office is None:
            return intake.shut("not-ready", notice, attempted=True)
        over = self._over_quota(window, token_text)
        if over is not None:
            return over
        site = intake.catalogue().site
        acknowledged = intake.submissions.submit(
            objection_of(form, notice, site.county_name(notice.county), window.now),
            as_uploads(intake.drafts, token.secret, files),
            notice=notice,
            office=office,
            code=code_of(token.secret),
            decide=lambda: intake.decide(notice),
            copied=bool(confirmation.copied.data),
        )
        intake.drafts.discard(token.secret)
        return self.show_receipt(notice, acknowledged)

    def _over_quota(self, window: Window, token_text: str) -> Response | None:
        """The page of a used-up quota, unless proof of work came along; it goes only so far."""
        intake, notice = self.intake, window.notice
        refusal = intake.over_quota(window, request.form.get("work", ""))
        if refusal is None:
            return None
        challenge = intake.work.challenge(notice.slug, window.now)
        again = Again(intake.url(notice.slug, "check"), token_text, challenge)
        return intake.over(refusal, notice, again)

    def show_receipt(
        self, notice: Notice, acknowledged: Acknowledged, *, filled: bool = False
    ) -> Response:
        """The receipt."""
        intake, header = self.intake, acknowledged.header
        assert header.received is not None
        code, address = grouped(acknowledged.code), intake.catalogue().site.lookup_address
        context = ReceiptContext(
            page=intake.head("异议已经收到", demonstration=notice.demonstration),
            notice=notice,
            code=code,
            qr=Markup(secret_qr_svg(f"{address}#{code}")),  # noqa: S704 - ours
            number=header.number,
            received=header.received,
            signed=acknowledged.signed or "",
            download=intake.url("receipt"),
            leave=intake.url("leave"),
            signers=SealedSteps(intake).signers(notice),
            status_url=intake.url("status"),
            status_address=address,
            repeated=acknowledged.repeated,
            filled=filled,
        )
        return intake.page(context)


def _control_of(form: ObjectionForm, field: str) -> str:
    """The form's control for a field of the document; empty where it has none of its own."""
    if form.kind.data == ObjectorKind.UNIT:
        field = {"name": "unit", "phone": "unit_phone"}.get(field, field)
    return field if field in form and isinstance(form[field], StringField) else ""
