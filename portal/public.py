"""The internet-facing app: site and intake joined, with sessions and CSRF for intake only."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config.public_settings import PublicSettings
from portal.config.state_version import accept_state, is_used
from portal.config.watch_settings import WatchSettings
from portal.content.followed import FollowedCatalogue
from portal.domain.workdays import SHANGHAI
from portal.errors import UnreachableError
from portal.intake.form_tokens import Tokens
from portal.intake.intake_app import init_intake
from portal.intake.intake_options import IntakeOptions
from portal.intake.service import Intake
from portal.public_checks import public_checks
from portal.sealed.dropbox import DropBox, closed_folder
from portal.sealed.public_keys import PublicKeys, ReceiptKey
from portal.site import create_app as create_site
from portal.site.site_options import SiteOptions
from portal.submission.counters import Quotas
from portal.submission.form_drafts import DraftStore
from portal.submission.proof_of_work import Work
from portal.submission.submitting import Submissions
from portal.watching.events import log_events
from portal.watching.findings import Remembered
from portal.web.health import Health
from portal.web.measures import Measures
from portal.web.mount import Mounted
from portal.web.shown_again import PageFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from portal.content.catalogue import Catalogue
    from portal.errors import PortalError
    from portal.sealed.boxes import Box
    from portal.submission.counters import Counters
    from portal.web.shown_again import Pages

_log = logging.getLogger(__name__)


def open_box(settings: PublicSettings) -> Box:
    """The drop box: a folder of this machine, or what several machines share in a store."""
    box = settings.shared.box(closed_folder(settings.spool))
    if box is None:
        return DropBox(settings.dropbox).prepare()
    try:
        box.store.require_conditions()
    except UnreachableError:
        _log.warning("the object store is away; objections are refused until it is back")
    return box


class _Places(NamedTuple):
    """Where half-filled forms, answered pages and counters lie."""

    drafts: DraftStore
    pages: Pages
    quotas: Counters


def _places(settings: PublicSettings) -> _Places:
    if not settings.shared.database:
        drafts = DraftStore(settings.spool).prepare()
        pages = PageFolder(settings.spool / "shown")
        return _Places(drafts, pages, Quotas(settings.quotas).prepare())
    from portal.submission.form_database import FormDatabase
    from portal.submission.shared_counters import SharedQuotas
    from portal.submission.shared_drafts import SharedDrafts
    from portal.submission.shared_pages import SharedPages

    database = FormDatabase(settings.shared.database)
    tmp = DraftStore(settings.spool).incoming
    drafts = DraftStore(settings.spool, SharedDrafts(database, tmp)).prepare()
    return _Places(drafts, SharedPages(database), SharedQuotas(database))


def _intake(
    settings: PublicSettings,
    clock: Callable[[], datetime],
    catalogue: Callable[[], Catalogue],
    options: IntakeOptions,
) -> Intake:
    places = _places(settings)
    return Intake(
        catalogue=catalogue,
        clock=clock,
        options=options,
        submissions=Submissions(
            open_box(settings),
            PublicKeys(settings.keys / "public"),
            ReceiptKey(settings.keys).signer(),
        ),
        drafts=places.drafts,
        pages=places.pages,
        quotas=places.quotas,
        tokens=Tokens(settings.secret_key()),
        work=Work(settings.secret_key()),
        pause=time.sleep,
    )


def _failed(error: PortalError) -> None:
    _log.warning("内容有误，继续使用原来的内容：%s", error)


def create_app(
    settings: PublicSettings,
    clock: Callable[[], datetime],
    catalogue: Callable[[], Catalogue] | None = None,
    *,
    development: bool = False,
) -> Flask:
    """Site and form as one WSGI app; the catalogue follows its files unless one is given.

    `development` adds the style guide.
    """
    is_used(settings.paths.state)  # refuses a newer one
    known = catalogue or FollowedCatalogue(
        settings.paths.content,
        settings.paths.notices,
        ticks=time.monotonic,
        failed=_failed,
        base_url=settings.base_url or None,
        unrecorded=settings.paths.unrecorded,
        kept=settings.notices,
    )
    accept_state(settings.paths.state)  # content was read: this is no wrong folder
    site = SiteOptions(
        known().site.base_url,
        objections_url="/objections",
        search_folder=settings.search,
        development=development,
    )
    app = create_site(known, site, clock)
    options = IntakeOptions(
        root=site.root,
        privacy=settings.privacy,
        supervisor=settings.supervisor or None,
        anonymous=settings.anonymous,
        tells=settings.tells,
        limits=settings.limits,
    )
    intake = _intake(settings, clock, known, options)
    init_intake(app, intake, settings.secret_key(), secure=settings.proxies > 0)
    if site.root:
        app.wsgi_app = Mounted(app.wsgi_app, site.root)  # type: ignore[method-assign]
    checks = Remembered(public_checks(settings, known), clock, time.monotonic)
    measures, networks = Measures(app, checks), WatchSettings().networks
    app.wsgi_app = Health(  # type: ignore[method-assign]
        app.wsgi_app, checks, measures, networks, forwarded=settings.proxies > 0
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's documents do it
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    return app


def from_environment() -> Flask:
    """What a WSGI server is given: `portal.public:from_environment()`."""
    log_events()
    return create_app(PublicSettings(), lambda: datetime.now(SHANGHAI))  # noqa: TID251 - the factory
