"""The read-only public app: pages, feeds, downloads; no session, no secret key."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from portal.site import (
    data_views,
    download_views,
    feed_views,
    form_views,
    former_views,
    home_view,
    list_views,
    machine_views,
    notice_views,
    prose_views,
    search_views,
    self_check_views,
    winner_views,
)
from portal.site.views import Views
from portal.web import init_web
from portal.web.chrome import SiteFrame, build_chrome
from portal.web.compression import compress, to_be_compressed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.places import Site
    from portal.site.site_options import SiteOptions

_VIEWS = (
    home_view,
    prose_views,
    download_views,
    self_check_views,
    former_views,
    list_views,
    notice_views,
    form_views,
    winner_views,
    data_views,
    feed_views,
    search_views,
    machine_views,
)


def create_app(
    catalogue: Callable[[], Catalogue], options: SiteOptions, clock: Callable[[], datetime]
) -> Flask:
    """The site as a WSGI app: every public page, feed and file is a URL of it."""
    app = Flask(__name__, static_folder=None)
    kept: list[tuple[Site, SiteFrame]] = []

    def frame() -> SiteFrame:
        known = catalogue()
        check = known.has_self_check
        if not kept or kept[0][0] is not known.site or kept[0][1].chrome.check is not check:
            chrome = build_chrome(
                app.jinja_env,
                known.site,
                options.base_url,
                objections_url=options.objections_url,
                check=check,
                preview=options.preview,
            )
            kept[:] = [(known.site, SiteFrame(chrome))]
        return kept[0][1]

    init_web(app, root=options.root, frame=frame)
    if (prefix := options.objections_url) is not None:
        # The form's pages name the digest of each script, which the signed ledger names too.
        app.jinja_env.globals["guarded"] = lambda: request.path.startswith(prefix)
    views = Views(catalogue, clock, options, app.jinja_env)
    for module in _VIEWS:
        app.register_blueprint(module.make_blueprint(views))
    if options.development:
        from portal.site import styleguide

        app.register_blueprint(styleguide.make_blueprint(views))
    app.extensions["portal.site"] = views
    _answer_unchanged(app)
    return app


def _answer_unchanged(app: Flask) -> None:
    """Give every good answer a fingerprint, answer 304 to who has it already, else compress it."""

    @app.after_request
    def conditional(response: Response) -> Response:
        if request.method in ("GET", "HEAD") and response.status_code == HTTPStatus.OK:
            if not response.headers.get("ETag"):
                response.add_etag()
            response.headers.setdefault("Cache-Control", "no-cache")
            small = to_be_compressed(response, request)
            response.make_conditional(request)
            if small and response.status_code == HTTPStatus.OK:
                return compress(response)
        return response
