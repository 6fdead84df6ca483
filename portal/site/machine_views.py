"""Pages for machines: sitemap.xml, robots.txt, ledger.json, and the static site's error pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from portal.proof.ledger_json import ledger_json
from portal.site.data_views import DATA
from portal.web.error_pages import NOT_FOUND, TEXTS, error_page

if TYPE_CHECKING:
    from portal.site.views import Views

# Requests that the server in front refuses itself, and what it says when the app is stopped.
_STOPPED = 503
FAILURES = (400, 413, 429, _STOPPED)


def make_blueprint(views: Views) -> Blueprint:
    """`/sitemap.xml`, `/robots.txt`, `/ledger.json`, `/404.html` and its like."""
    blueprint = Blueprint("machine", __name__)

    @blueprint.get("/sitemap.xml")
    def sitemap() -> Response:
        from portal.site.paths import data_paths, standing_paths, winner_paths

        catalogue, at = views.now()
        base = views.options.base_url.rstrip("/")
        data = data_paths(catalogue) if views.options.gives(DATA) else ()
        lines = [
            f"<url><loc>{escape(base + path, quote=False)}</loc></url>"
            for path in (*standing_paths(catalogue), *winner_paths(catalogue, at), *data)
        ]
        lines += [
            f"<url><loc>{escape(f'{base}/notices/{slug}/', quote=False)}</loc>"
            f"<lastmod>{updated.isoformat()}</lastmod></url>"
            for slug, updated in catalogue.timestamps(at)
        ]
        body = "\n".join(lines)
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}\n</urlset>\n'
        )
        return Response(text, content_type="application/xml; charset=utf-8")

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        base, root = views.options.base_url.rstrip("/"), views.options.root
        forbidden = views.options.objections_url
        lines = ["User-agent: *"]
        # The form may be found while a window is open; what needs a code may not.
        private = [f"{root}{forbidden}/{page}" for page in ("status", "receipt")]
        lines += [f"Disallow: {path}" for path in private] if forbidden else ["Disallow:"]
        lines += [f"Sitemap: {base}/sitemap.xml", ""]
        return Response("\n".join(lines), content_type="text/plain; charset=utf-8")

    @blueprint.get("/ledger.json")
    def ledger() -> Response:
        return Response(ledger_json(views.catalogue()), content_type="application/json")

    @blueprint.get("/404.html")
    def not_found() -> str:
        return error_page(404, NOT_FOUND)

    def failed(code: int) -> str:
        """What the server in front shows when a request does not reach the app."""
        office = views.catalogue().site.main_office if code == _STOPPED else None
        return error_page(code, TEXTS[code], office)

    for code in FAILURES:
        blueprint.add_url_rule(f"/{code}.html", f"failed_{code}", failed, defaults={"code": code})

    return blueprint
