"""Routes of one objection: the form, check your answers, the receipt as a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from portal.errors import VerificationError
from portal.intake.form_steps import FormSteps
from portal.intake.send_steps import SendSteps
from portal.sealed.receipts import verify_receipt
from portal.sealed.signed_answers import is_signed_answer, read_signed, signed_by

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from portal.intake.service import Intake


def add_form_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/<slug>/new`."""
    forms = FormSteps(intake)

    @blueprint.get("/<slug>/new")
    def new(slug: str) -> Response:
        window = forms.open_window(slug)
        return window if isinstance(window, Response) else forms.first(window)

    @blueprint.post("/<slug>/new")
    def collect(slug: str) -> Response:
        window = forms.open_window(slug, attempted=True)
        if isinstance(window, Response):
            return window
        if not intake.room():
            return intake.full(window.notice)
        refusal = intake.quotas.take(intake.draft_limits(), window.now)
        return intake.over(refusal, window.notice) if refusal else forms.collect(window)


def add_send_routes(blueprint: Blueprint, intake: Intake) -> None:
    """`/<slug>/check` and `/receipt`."""
    forms = FormSteps(intake)
    sending = SendSteps(forms)

    @blueprint.get("/<slug>/check")
    def check_again(slug: str) -> AnyResponse:
        return redirect(intake.url(slug, "new"), HTTPStatus.SEE_OTHER)

    @blueprint.post("/<slug>/check")
    def check(slug: str) -> AnyResponse:
        text = request.form.get("token", "")
        token = intake.tokens.read(slug, text)
        send = request.form.get("action") == "send"
        notice = intake.catalogue().by_slug.get(slug)
        if token and notice and send and (before := sending.sent_before(notice, token)):
            return before
        window = forms.open_window(slug, attempted=True)
        if isinstance(window, Response):
            if token is not None:
                intake.drafts.discard(token.secret)  # nothing is half taken
            return window
        if token is None:
            return redirect(intake.url(slug, "new"), HTTPStatus.SEE_OTHER)
        if send:
            return sending.attempt(window, text, token)
        return forms.change(window, text, token)

    @blueprint.post("/receipt")
    def receipt() -> Response:
        text = request.form.get("receipt", "")
        try:
            name = _sound(text, intake)
        except VerificationError as error:
            return intake.refused("回执不能下载", str(error), code=HTTPStatus.BAD_REQUEST)
        body = "".join(f"{line.strip()}\n" for line in text.strip().splitlines())
        disposition = f'attachment; filename="{name}.txt"'
        return Response(body, mimetype="text/plain", headers={"Content-Disposition": disposition})


def add_posted_routes(blueprint: Blueprint, intake: Intake) -> None:
    """GET of what only a form leads to: it would be taken for the name of a notice."""

    @blueprint.get("/receipt")
    @blueprint.get("/leave")
    def posted() -> Response:
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": intake.url("status")})


def _sound(text: str, intake: Intake) -> str:
    """Name of the file of a receipt or an answer that is signed; VerificationError of any other."""
    if not is_signed_answer(text.encode()):
        return verify_receipt(text, intake.submissions.signer.public_pem()).number
    read = read_signed(text)
    public = intake.submissions.keys.signs(read.office, read.notice)
    if public is None or not signed_by(read.body, read.signature, public):
        raise VerificationError("签名不成立：内容被改动过，或者不是受理单位签发")
    return f"{read.number}-{read.at[:10]}"
