"""Every address of the site: what the sitemap lists and what the static build has to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.queries import InWindow
from portal.content.selection import listed_selections
from portal.content.winners import winners_over
from portal.domain.states import SOUGHT_STATES
from portal.domain.window import WindowState
from portal.form.frozen_form import has_form
from portal.render.annex.annex_files import annex_filenames
from portal.render.notice.feeds import FeedFormat, feed_path
from portal.site.data_views import FILES
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
        *former_paths(catalogue),
        *(f"/check/{below}" for below in (check.addresses() if check else ())),
        *(f"/{slug}/" for slug in PROSE if slug in catalogue.pages),
    )


def former_paths(catalogue: Catalogue) -> Iterator[str]:
    """Every page of former editions."""
    for former in catalogue.former:
        yield former.path
        yield from (f"{former.path}guide/{part.slug}/" for part in former.guide)
        if former.questions:
            yield f"{former.path}faq/"


def former_file_paths(catalogue: Catalogue) -> Iterator[str]:
    """Every version of every form of former editions."""
    for former in catalogue.former:
        yield from (f"{former.path}downloads/{n}" for n in annex_filenames(former.annexes))


def winner_paths(catalogue: Catalogue, at: datetime) -> Iterator[str]:
    """The pages of everybody who won."""
    for winner in winners_over(catalogue, at):
        yield winner.path


def data_paths(catalogue: Catalogue) -> Iterator[str]:
    """Open data with its page, and where the entries of each edition's lists come from."""
    yield "/data/"
    for name in FILES:
        yield f"/data/{name}"
    for edition in catalogue.editions:
        yield f"/winners/{edition}/traces/"


def list_paths(catalogue: Catalogue, at: datetime) -> Iterator[str]:
    """Lists of notices with all their pages."""
    for selection in selections(catalogue, at):
        base = list_path(selection)
        yield base
        for number in range(1, catalogue.count_pages(at, selection)):
            yield f"{base}page/{number}/"
    for state in SOUGHT_STATES:
        yield f"/notices/state/{state}/"


def form_paths(catalogue: Catalogue, at: datetime, prefix: str) -> Iterator[str]:
    """The form of each window that is open or will open, once the ledger has its keys."""
    for slug in catalogue.ask(InWindow((WindowState.SCHEDULED, WindowState.OPEN)), at):
        if has_form(catalogue, catalogue.notice(slug)):
            yield f"{prefix}/{slug}/"


def feed_paths(catalogue: Catalogue) -> Iterator[str]:
    """Every feed."""
    for selection in listed_selections(catalogue.site.counties, catalogue.kinds):
        for fmt in FeedFormat:
            yield feed_path(selection, fmt)


def download_paths(catalogue: Catalogue) -> Iterator[str]:
    """Every version of every form."""
    for name in annex_filenames(catalogue.annexes):
        yield f"/downloads/{name}"
    yield from former_file_paths(catalogue)


def machine_paths() -> tuple[str, ...]:
    """Pages that only machines ask for."""
    errors = (f"/{code}.html" for code in (400, 404, 413, 429, 503))
    return ("/sitemap.xml", "/robots.txt", "/ledger.json", *errors)
