"""Every address of the public site but search and static files, as a build plans them."""

from collections.abc import Iterator
from datetime import datetime

from portal.content.catalogue import Catalogue
from portal.render.notice.formats import notice_paths
from portal.site.paths import (
    data_paths,
    download_paths,
    feed_paths,
    list_paths,
    machine_paths,
    standing_paths,
    winner_paths,
)


def site_paths(catalogue: Catalogue, at: datetime) -> Iterator[str]:
    """Each address once."""
    groups = (
        standing_paths(catalogue),
        winner_paths(catalogue, at),
        data_paths(catalogue),
        list_paths(catalogue, at),
        (path for notice in catalogue.published(at) for path in notice_paths(notice)),
        feed_paths(catalogue),
        download_paths(catalogue),
        machine_paths(),
    )
    yield from dict.fromkeys(path for group in groups for path in group)
