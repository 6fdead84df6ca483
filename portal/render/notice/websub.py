"""Telling a WebSub hub that feeds have changed, so that subscribers hear of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from portal.content.selection import listed_selections
from portal.errors import RequestError, reason_of
from portal.render.notice.feeds import FeedFormat, feed_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.domain.notice import Kind
    from portal.domain.places import Site

_TIMEOUT_SECONDS = 20


def ping_hub(site: Site, kinds: Iterable[Kind]) -> int:
    """Announce every feed of the site; returns how many. RequestError when the hub refuses."""
    if not site.websub_hub:
        raise RequestError("site.toml 没有写 websub-hub，没有可以通知的枢纽")
    base = site.base_url.rstrip("/")
    urls = [
        base + feed_path(selection, fmt)
        for selection in listed_selections(site.counties, kinds)
        for fmt in FeedFormat
    ]
    form = [("hub.mode", "publish"), *(("hub.url", url) for url in urls)]
    # The address comes from site.toml, where only http and https are accepted.
    request = Request(site.websub_hub, urlencode(form).encode(), method="POST")  # noqa: S310
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
            return len(urls)
    except (URLError, OSError) as error:
        raise RequestError(f"通知枢纽 {site.websub_hub} 没有成功：{reason_of(error)}") from error
