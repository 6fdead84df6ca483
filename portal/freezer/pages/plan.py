"""Plan: every artifact of the static site, computed from the catalogue and never discovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.freezer.artifacts import Artifact
from portal.freezer.groups import DATA, FEEDS, FORMS, HTML, SEARCH
from portal.site.paths import (
    data_paths,
    download_paths,
    feed_paths,
    form_paths,
    list_paths,
    machine_paths,
    standing_paths,
    winner_paths,
)
from portal.web.assets import Assets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portal.content.index import Index
    from portal.freezer.record.recorded_catalogue import RecordedCatalogue

_SEARCH_PAGE = "/search/"
_SITEMAP = "/sitemap.xml"


def plan(
    catalogue: RecordedCatalogue,
    index: Index,
    groups: frozenset[str] | None,
    searched: Mapping[str, str],
    objections_url: str | None = None,
) -> Iterator[Artifact]:
    """Every artifact of the chosen groups (None: all of them).

    What is likely to show the same notices stands together, so that a worker unpacks few twice.
    `searched` leads from each URL of search data to what names its content; `objections_url` is the
    prefix of the objection form, where it is offered.
    """
    yield from _of_content(catalogue, index, groups)
    yield from _of_notices(index, groups)
    if groups is None or HTML in groups:
        for path in _by_age(list_paths(catalogue, index.at)):
            yield Artifact(path, HTML, timeless=True, single=True)
        for path in form_paths(catalogue, index.at, objections_url) if objections_url else ():
            yield Artifact(path, HTML, timeless=True, single=True)
    if groups is None or FEEDS in groups:
        for path in feed_paths(catalogue):
            # XML is made by a library that loads another; JSON takes neither.
            yield Artifact(path, FEEDS, timeless=True, slow=path.endswith(".xml"))
    for url, content in searched.items():
        yield Artifact(url, SEARCH, content=content)


def _of_content(
    catalogue: RecordedCatalogue, index: Index, groups: frozenset[str] | None
) -> Iterator[Artifact]:
    """The pages and files that do not belong to one notice."""
    if groups is None or HTML in groups:
        yield from (Artifact(path, HTML) for path in standing_paths(catalogue))
        for path in winner_paths(catalogue, index.at):
            yield Artifact(path, HTML, timeless=True)
        yield Artifact(_SEARCH_PAGE, HTML)
        for path in machine_paths():
            yield Artifact(path, HTML, timeless=path == _SITEMAP)
        yield from (Artifact(path, HTML) for path in Assets("").paths)
    if groups is None or DATA in groups:
        yield from (Artifact(path, DATA, timeless=True) for path in data_paths(catalogue))
    if groups is None or FORMS in groups:
        yield from (Artifact(path, FORMS) for path in download_paths(catalogue))


def _of_notices(index: Index, groups: frozenset[str] | None) -> Iterator[Artifact]:
    pages = groups is None or HTML in groups
    chosen: dict[str, list[tuple[str, str]]] = {}  # most are published in the same formats
    for head in index.public:
        base = f"/notices/{head.slug}/"
        if head.own not in chosen:
            lines = (line.partition(" ") for line in head.own.split("\n") if line)
            chosen[head.own] = [(g, path) for g, _, path in lines if groups is None or g in groups]
        if pages:
            yield Artifact(base, HTML, timeless=True, single=True)
        for group, path in chosen[head.own]:
            yield Artifact(base + path, group, timeless=True, single=True)


def _by_age(paths: Iterable[str]) -> list[str]:
    """List pages ordered by their place between the oldest and the newest of their list."""
    numbered: dict[str, list[str]] = {}
    for path in paths:
        numbered.setdefault(path.partition("page/")[0], []).append(path)
    # The front page comes first in its list, then the oldest page, the second oldest, and so on.
    placed = [
        (position / len(pages), path)
        for pages in numbered.values()
        for position, path in enumerate([*pages[1:], pages[0]])
    ]
    return [path for _, path in sorted(placed)]
