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
    from datetime import datetime

    from flask import Response

    from portal.content.catalogue import Catalogue
    from portal.domain.window import WindowDay
    from portal.site.views import Views

NEWEST = 8


def panels_of(catalogue: Catalogue, at: datetime) -> tuple[list[EditionPanel], list[EditionPanel]]:
    """The editions that are going on, or else the one with the newest notice; and all others."""
    panels = [edition_panel(catalogue, e, at) for e in catalogue.editions.values()]
    panels.sort(key=lambda panel: (panel.demonstration, -_newest(panel)))
    going_on = [panel for panel in panels if panel.progress.current]
    shown = going_on or sorted(panels, key=_newest)[-1:]
    return shown, [panel for panel in panels if panel not in shown]


def _newest(panel: EditionPanel) -> float:
    return panel.newest.timestamp() if panel.newest else 0


def only_window(catalogue: Catalogue, panel: EditionPanel) -> tuple[WindowDay, ...] | None:
    """The days of the one window that is open; None where there is none or more than one."""
    paths = [action.path for action in panel.actions if action.moments]
    if len(paths) != 1 or not paths[0].startswith("/notices/"):
        return None
    notice = catalogue.notice(paths[0].split("/")[2])
    return notice.window.days if notice and notice.window else None


def make_blueprint(views: Views) -> Blueprint:
    """`/`."""
    blueprint = Blueprint("home", __name__)

    @blueprint.get("/")
    def home() -> Response:
        catalogue, at = views.now()
        editions, earlier = panels_of(catalogue, at)
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
            demonstration=any(panel.demonstration for panel in (*editions, *earlier)),
        )
        return views.page(
            HomeContext(
                page=page,
                editions=tuple(editions),
                earlier=tuple(earlier),
                days={
                    panel.slug: days
                    for panel in editions
                    if (days := only_window(catalogue, panel))
                },
                newest=newest,
                cards=download_cards(catalogue),
                office=site.main_office,
            )
        )

    return blueprint
