"""Plan: every URL of the static site, computed from the catalogue and never discovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.freezer.groups import FEEDS, FORMS, HTML
from portal.site.paths import (
    download_paths,
    feed_paths,
    list_paths,
    machine_paths,
    standing_paths,
)
from portal.web.assets import Assets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portal.content.index import Index
    from portal.freezer.record.recorded_catalogue import RecordedCatalogue

_SEARCH_PAGE = "/search/"


def planned_urls(
    catalogue: RecordedCatalogue, index: Index, groups: frozenset[str] | None
) -> list[str]:
    """Every URL of the chosen groups (None: all of them), each once, unquoted.

    What is likely to show the same notices stands together, so that a worker unpacks few twice.
    """
    urls: list[str] = []
    if groups is None or HTML in groups:
        urls += standing_paths(catalogue)
        urls.append(_SEARCH_PAGE)
        urls += (path for path in machine_paths() if path not in urls)
        urls += Assets("").paths
    if groups is None or FORMS in groups:
        urls += download_paths(catalogue)
    urls += _of_notices(index, groups)
    if groups is None or HTML in groups:
        urls += _by_age(list_paths(catalogue, index.at))
    if groups is None or FEEDS in groups:
        urls += feed_paths(catalogue)
    return list(dict.fromkeys(urls))


def _of_notices(index: Index, groups: frozenset[str] | None) -> Iterator[str]:
    pages = groups is None or HTML in groups
    chosen: dict[str, list[str]] = {}  # most notices are published in the same formats
    for head in index.public:
        base = f"/notices/{head.slug}/"
        if head.own not in chosen:
            lines = (line.partition(" ") for line in head.own.split("\n") if line)
            chosen[head.own] = [p for group, _, p in lines if groups is None or group in groups]
        if pages:
            yield base
        for path in chosen[head.own]:
            yield base + path


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
