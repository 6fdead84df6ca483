"""The site with a draft in it, asked from within the desk: pages and files as they will be."""

from __future__ import annotations

from collections import OrderedDict
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from flask import Response, abort, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.site import create_app
from portal.site.site_options import SiteOptions
from portal.web.security import CSP

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask

    from portal.content.catalogue import Catalogue

_KEPT = 8
FRAMING = CSP.replace("default-src 'none'", "default-src 'none'; frame-src 'self'")
# A draft's page is shown beside the officer's session: nothing of it may run or send a form there.
_SHOWN = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
_SHOWN += "; sandbox allow-same-origin allow-downloads allow-popups"
_PASSED = {"Content-Type", "Content-Disposition", "ETag", "Vary"}


class PreviewSites:
    """One app for each text, the last few kept; with `marked` every page says that it is none."""

    def __init__(self, clock: Callable[[], datetime], *, marked: bool = False) -> None:
        self._clock, self._marked = clock, marked
        self._sites: OrderedDict[tuple[str, str], Flask] = OrderedDict()
        self._lock = Lock()

    def answer(
        self, digest: str, root: str, path: str, make: Callable[[], Catalogue | None]
    ) -> Response:
        """An address of the site below `root`; 404 for one that it has not, or for no site."""
        app = self._site(digest, root, make)
        if app is None:
            abort(404)
        # Asked for as it is, never compressed: the desk reads what it answers (`server_paths`).
        builder = EnvironBuilder(f"/{path}")
        found, status, headers = run_wsgi_app(app.wsgi_app, builder.get_environ())
        body = b"".join(found)
        if int(status.split()[0]) != HTTPStatus.OK:
            abort(404)
        kept = {name: text for name, text in headers.items() if name in _PASSED}
        if kept.get("Content-Type", "").startswith("text/html"):
            kept["Content-Security-Policy"] = _SHOWN  # browsers that read it ignore X-Frame-Options
        return Response(body, headers=kept)

    def _site(self, digest: str, root: str, make: Callable[[], Catalogue | None]) -> Flask | None:
        base = request.host_url.rstrip("/") + root
        key = (base, digest)
        with self._lock:
            if key not in self._sites:
                catalogue = make()
                if catalogue is None:
                    return None
                options = SiteOptions(base, preview=self._marked)
                self._sites[key] = create_app(lambda: catalogue, options, self._clock)
                while len(self._sites) > _KEPT:
                    self._sites.popitem(last=False)
            return self._sites[key]
