"""Intake: citizens object, keep a receipt, come back for the answer. The only pages that write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from portal.errors import UnreachableError
from portal.intake.form_steps import FormSteps
from portal.intake.form_tokens import FormSessions
from portal.intake.key_pages import add_key_routes
from portal.intake.objecting import add_form_routes, add_posted_routes, add_send_routes
from portal.intake.opening import add_opening_routes
from portal.intake.piece_steps import add_piece_routes
from portal.intake.sealed_status import add_sealed_status_routes
from portal.intake.sealed_steps import add_sealed_routes
from portal.intake.status_views import add_case_routes
from portal.intake.uploads import spooling_request
from portal.web.shown_again import ShownAgain, init_shown_again

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from portal.intake.service import Intake

MAX_REQUEST = 126 * 1024 * 1024
_DAY = 24 * 3600
FROZEN = "form.show"
"""The site's view of a form as one file."""

_AWAY = (
    "网站后面的存储设备正在维护或者出了故障，刚才的一步没有完成。已经提交成功的异议不受影响；"
    "请过几分钟再试一次。"
)


def make_blueprint(intake: Intake) -> Blueprint:
    """Everything below the prefix; nothing of it is ever cached."""
    blueprint = Blueprint(
        "intake", __name__, url_prefix=intake.options.prefix, template_folder="templates"
    )
    add_form_routes(blueprint, intake)
    add_send_routes(blueprint, intake)
    add_posted_routes(blueprint, intake)
    add_sealed_routes(blueprint, intake)
    add_piece_routes(blueprint, intake)
    add_key_routes(blueprint, intake)
    add_case_routes(blueprint, intake)
    add_sealed_status_routes(blueprint, intake)
    add_opening_routes(blueprint, intake)

    @blueprint.after_request
    def keep_nothing(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint


def init_intake(app: Flask, intake: Intake, secret_key: str, *, secure: bool) -> None:
    """Add the form to an app: encrypted spool, limits, a session that holds the CSRF token only.

    The session lasts a day, so that nobody who types or uploads for an hour loses the page.
    """
    app.request_class = spooling_request(intake.drafts)
    app.secret_key = secret_key
    app.session_interface = FormSessions()
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=400,
        SESSION_COOKIE_NAME="form",
        SESSION_COOKIE_PATH=f"{intake.options.root}{intake.options.prefix}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=_DAY,
    )

    @app.after_request
    def send_no_referrer(response: Response) -> Response:
        """No page of the form, errors too, tells the next one that somebody came from there."""
        if request.path.startswith(intake.options.prefix):
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.before_request
    def step_in() -> AnyResponse | None:
        """The site's page of a form stands while the window does."""
        if request.endpoint != FROZEN:
            return None
        shown = FormSteps(intake).instead((request.view_args or {})["slug"])
        if shown is not None:
            shown.headers["Cache-Control"] = "no-store"
        return shown

    app.extensions["portal.intake"] = intake
    kept = ShownAgain(intake.pages, lambda: intake.clock().timestamp())
    init_shown_again(app, kept, intake.options.prefix)
    app.register_blueprint(make_blueprint(intake))

    @app.errorhandler(UnreachableError)
    def away(_error: UnreachableError) -> Response:
        return intake.refused("暂时不能使用", _AWAY)
