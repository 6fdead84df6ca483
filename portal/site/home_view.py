"""The home page: where each edition stands, what can be done about it, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from portal.content.selection import EVERYTHING
from portal.render.notice.feeds import FeedFormat, feed_path
from portal.site.download_views import download_cards
from portal.site.page_contexts import HomeContext
from portal.site.shown import notice_line
from portal.site.stages import EditionPanel, edition_panel
from portal.web.page import Link, PageHead

if TYPE_CHECKING:
    from flask import Response

    from portal.site.views import Views

NEWEST = 8


def _order(panel: EditionPanel) -> tuple[bool, float]:
    """Real editions first; among equals the one with the newest notice."""
    return panel.demonstration, -(panel.newest.timestamp() if panel.newest else 0)


def make_blueprint(views: Views) -> Blueprint:
    """`/`."""
    blueprint = Blueprint("home", __name__)

    @blueprint.get("/")
    def home() -> Response:
        catalogue, at = views.now()
        panels = [edition_panel(catalogue, e, at) for e in catalogue.editions.values()]
        newest = tuple(notice_line(catalogue, n, at) for n in catalogue.listed(at, limit=NEWEST))
        site = catalogue.site
        page = PageHead(
            title=site.name,
            path="/",
            section="home",
            description=site.description,
            column="首页",
            column_type="首页",
            data={
                "@context": "https://schema.org",
                "@type": "WebSite",
                "name": site.name,
                "url": f"{views.options.base_url.rstrip('/')}/",
                "publisher": {"@type": "GovernmentOrganization", "name": site.host},
            },
            links=tuple(
                Link("alternate", feed_path(EVERYTHING, f), f.media_type, f"全部公告（{f.label}）")
                for f in FeedFormat
            ),
            demonstration=any(panel.demonstration for panel in panels),
        )
        return views.page(
            HomeContext(
                page=page,
                editions=tuple(sorted(panels, key=_order)),
                newest=newest,
                cards=download_cards(catalogue),
                office=site.main_office,
            )
        )

    return blueprint
