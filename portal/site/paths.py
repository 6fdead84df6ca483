"""Every address of the site: what the sitemap lists and what the static build has to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.selection import listed_selections
from portal.domain.states import SOUGHT_STATES
from portal.render.annex.annex_files import annex_filenames
from portal.render.notice.feeds import FeedFormat, feed_path
from portal.site.list_views import list_path, selections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue

_FIXED = ("/", "/guide/", "/downloads/", "/faq/", "/notices/", "/winners/", "/press/")
PROSE = ("about", "privacy", "accessibility")


def standing_paths(catalogue: Catalogue) -> tuple[str, ...]:
    """Pages for readers that are there whatever has been published."""
    check = catalogue.self_check
    return (
        *_FIXED,
        *(f"/guide/{part.slug}/" for part in catalogue.guide),
        *(f"/winners/{edition}/" for edition in catalogue.editions),
        *(f"/check/{below}" for below in (check.addresses() if check else ())),
        *(f"/{slug}/" for slug in PROSE if slug in catalogue.pages),
    )


def list_paths(catalogue: Catalogue, at: datetime) -> Iterator[str]:
    """Lists of notices with all their pages."""
    for selection in selections(catalogue, at):
        base = list_path(selection)
        yield base
        for number in range(1, catalogue.count_pages(at, selection)):
            yield f"{base}page/{number}/"
    for state in SOUGHT_STATES:
        yield f"/notices/state/{state}/"


def feed_paths(catalogue: Catalogue) -> Iterator[str]:
    """Every feed."""
    for selection in listed_selections(catalogue.site.counties, catalogue.kinds):
        for fmt in FeedFormat:
            yield feed_path(selection, fmt)


def download_paths(catalogue: Catalogue) -> Iterator[str]:
    """Every version of every form."""
    for name in annex_filenames(catalogue.annexes):
        yield f"/downloads/{name}"


def machine_paths() -> tuple[str, ...]:
    """Pages that only machines ask for."""
    errors = (f"/{code}.html" for code in (400, 404, 413, 429, 503))
    return ("/sitemap.xml", "/robots.txt", "/ledger.json", *errors)
