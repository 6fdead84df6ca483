"""The staff app: sign-in, inbox, cases, exports; its own cookie, secret and process."""

from __future__ import annotations

import io
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flask import Flask, Request
from flask_wtf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError

import portal.desk.exports
import portal.desk.figures
import portal.desk.help_pages
import portal.desk.inbox
import portal.desk.oversight
import portal.desk.todo
from portal.casework.cases import NoSuchCaseError
from portal.config.desk_settings import DeskSettings
from portal.config.watch_settings import WatchSettings
from portal.desk.case import acts, case_views, register_by_hand
from portal.desk.desk_checks import desk_checks
from portal.desk.entry import passkey_pages, recovery_pages, sign_in_views, staff_pages
from portal.desk.entry.gate import frame, init_gate, session_now
from portal.desk.publishing import blueprints
from portal.desk.request_clock import one_instant_a_request
from portal.desk.rounds import Rounds
from portal.desk.services import open_desk
from portal.domain.workdays import SHANGHAI
from portal.watching.events import log_events
from portal.watching.findings import Remembered
from portal.web import init_web
from portal.web.error_pages import NOT_FOUND, error_page
from portal.web.health import Health
from portal.web.measures import Measures
from portal.web.server_paths import init_server_paths
from portal.web.shown_again import PageFolder, ShownAgain, init_shown_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.content.catalogue import Catalogue

_VIEWS = (
    sign_in_views,
    passkey_pages,
    portal.desk.todo,
    portal.desk.inbox,
    case_views,
    acts,
    register_by_hand,
    portal.desk.figures,
    portal.desk.exports,
    portal.desk.oversight,
    staff_pages,
    recovery_pages,
    portal.desk.help_pages,
)
_LARGEST = 105 * 1024 * 1024  # five files of 20 MB


class _InMemoryRequest(Request):
    """Uploads stay in memory: Werkzeug would spool scans in the clear to the temp folder."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        return io.BytesIO()


class _DeskApp(Flask):
    """Flask with in-memory uploads."""

    request_class = _InMemoryRequest


def wall_clock() -> datetime:
    """The time now, in China."""
    return datetime.now(SHANGHAI)  # noqa: TID251 - a factory's default


def create_app(
    settings: DeskSettings,
    clock: Callable[[], datetime] = wall_clock,
    catalogue: Callable[[], Catalogue] | None = None,
    *,
    new_register: bool = False,
) -> Flask:
    """The desk as a WSGI app; run it in one process, since unlocked keys live in its memory."""
    clock = one_instant_a_request(clock)
    desk = open_desk(settings, clock, catalogue, new_register=new_register)
    app = _DeskApp(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        SESSION_COOKIE_NAME="desk-form" if settings.plain_http else "__Host-desk-form",
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=_LARGEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session, which ends by itself
    )
    init_web(app, frame=lambda: frame(desk), failures=(SQLAlchemyError,))
    init_server_paths(app, _folders(settings))
    init_gate(app, desk)
    kept = ShownAgain(
        PageFolder(settings.folder / "shown"),
        lambda: clock().timestamp(),
        lambda: session_now(desk),
    )
    init_shown_again(app, kept)
    CSRFProtect(app)
    for module in _VIEWS:
        app.register_blueprint(module.make_blueprint(desk))
    for blueprint in blueprints(desk):
        app.register_blueprint(blueprint)
    app.register_error_handler(NoSuchCaseError, lambda _error: (error_page(404, NOT_FOUND), 404))
    app.extensions["portal.desk"] = desk
    checks = Remembered(desk_checks(desk), clock, time.monotonic)
    app.wsgi_app = Health(  # type: ignore[method-assign]  # as Flask's documents do it
        app.wsgi_app, checks, Measures(app, checks), WatchSettings().networks
    )
    return app


def _folders(settings: DeskSettings) -> dict[Path, str]:
    """The folders that errors may name, with what they are called in a browser."""
    paths = settings.paths
    own = dict.fromkeys((paths.state, settings.keys, settings.dropbox, settings.folder), "")
    texts = dict.fromkeys(paths.content, "content") | dict.fromkeys(paths.notices, "notices")
    return own | texts | {Path(tempfile.gettempdir()): ""}


def app_of_environment() -> Flask:
    """What a WSGI server is given: `portal.desk:from_environment()`, with one worker process."""
    log_events()
    app = create_app(DeskSettings())
    Rounds(app.extensions["portal.desk"]).start()
    return app
