"""Feeds of the notices: RSS 2.0 and Atom by feedgen, JSON Feed 1.1; the same items in each.

Every act is an item of its own, so that readers that go by the identifier or by the date learn of
it: a notice, each revision and extension of it, and the notices that correct or withdraw it, in
every feed that has the notice. Identifiers are `tag:` URIs (RFC 4151) of the feeds' authority, day
of first publishing and slug: they outlive every change of address. Dates come from the notices
alone: the same input gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from portal.render.links import authority
from portal.render.notice.feed_items import FeedItem, clean, items_of

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.content.selection import Selection

ITEM_LIMIT = 50

# A feed without items still needs a date, and it may not come from the clock.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class FeedFormat(StrEnum):
    """Formats of a feed; the value is the end of its file name."""

    RSS = "rss.xml"
    ATOM = "atom.xml"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """Media type to serve it with, whatever its ending suggests."""
        return _MEDIA_TYPES[self]

    @property
    def label(self) -> str:
        """Name in links."""
        return _LABELS[self]


_MEDIA_TYPES = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.JSON: "application/feed+json",
}
_LABELS = {FeedFormat.RSS: "RSS", FeedFormat.ATOM: "Atom", FeedFormat.JSON: "JSON Feed"}


@dataclass(frozen=True, slots=True)
class _Feed:
    """What every format says of the feed itself."""

    id: str
    url: str
    home: str
    title: str
    description: str
    publisher: str
    updated: datetime
    items: tuple[FeedItem, ...]
    hub: str = ""


def load_library() -> None:
    """Load what XML feeds are written with now, so that processes forked later need not."""
    # In this order: the extension uses a library that only the first one imports.
    for name in ("feedgen.feed", "feedgen.ext.dc"):
        import_module(name)
    import portal.render.notice.rss_changed  # noqa: F401


def feed_path(selection: Selection, fmt: FeedFormat) -> str:
    """Address of a feed inside the site."""
    return f"/feeds/{selection.name}.{fmt.value}"


def feed(catalogue: Catalogue, selection: Selection, at: datetime, fmt: FeedFormat) -> bytes:
    """The feed of a selection as it stands at an instant: the newest items, full text."""
    document = _document(catalogue, selection, at, fmt)
    return _json(document) if fmt is FeedFormat.JSON else _xml(document, fmt)


def _document(catalogue: Catalogue, selection: Selection, at: datetime, fmt: FeedFormat) -> _Feed:
    site = catalogue.site
    base = site.base_url.rstrip("/")
    items = _items(catalogue, selection, at)
    label = selection.label(site.counties)
    # RFC 4151 asks for a date on which the host belonged to the tagger; items carry their own.
    newest = max((item.updated for item in items), default=_NEVER)
    listing = "" if selection.name == "all" else f"{selection.name}/"
    description = f"{site.description}（{label}）" if label else site.description
    return _Feed(
        id=f"tag:{authority(site)},2026:feeds/{selection.name}",
        url=base + feed_path(selection, fmt),
        home=f"{base}/notices/{listing}",
        title=clean(f"{site.name}·{label}" if label else site.name),
        description=clean(description + ("" if label else _ledger_note(catalogue))),
        publisher=clean(site.host),
        updated=newest,
        items=items,
        hub=site.websub_hub,
    )


def _ledger_note(catalogue: Catalogue) -> str:
    """The ledger's head, so that subscribers hold a witness of what was published."""
    heads = "、".join(head[:16] for head in catalogue.ledger.heads)
    return f"发布台账末行指纹：{heads}。" if heads else ""


def _items(catalogue: Catalogue, selection: Selection, at: datetime) -> tuple[FeedItem, ...]:
    """The newest acts of a selection. Which those are, its last changed notices tell."""
    found: dict[str, FeedItem] = {}
    for notice in catalogue.changed(at, selection, ITEM_LIMIT):
        for item in items_of(notice, catalogue, at):
            found.setdefault(item.id, item)
    newest = sorted(found.values(), key=lambda item: (item.published, item.id), reverse=True)
    return tuple(newest[:ITEM_LIMIT])


def _xml(document: _Feed, fmt: FeedFormat) -> bytes:
    from feedgen.feed import FeedGenerator

    from portal.render.notice.rss_changed import ChangedEntry, ChangedFeed

    atom = fmt is FeedFormat.ATOM
    generator = FeedGenerator()
    if not atom:
        generator.load_extension("dc", atom=False)
        generator.register_extension("changed", ChangedFeed, ChangedEntry, atom=False)
    generator.id(document.id)
    generator.title(document.title)
    generator.subtitle(document.description)
    generator.description(document.description)
    generator.language("zh-CN")
    generator.author(name=document.publisher)
    generator.generator("quality-award-portal")
    generator.docs(None)
    # RSS takes the last link as the channel's own, so the page comes after the feed itself.
    generator.link(href=document.url, rel="self", type=fmt.media_type)
    if document.hub and atom:
        generator.link(href=document.hub, rel="hub")
    generator.link(href=document.home, rel="alternate", type="text/html")
    generator.updated(document.updated)
    generator.lastBuildDate(document.updated)
    generator.pubDate(document.updated)
    for item in document.items:
        entry = generator.add_entry(order="append")  # the default puts the newest last
        entry.id(item.id)
        entry.guid(item.id, permalink=False)
        entry.title(item.title)
        entry.link(href=item.url, rel="alternate", type="text/html")
        entry.published(item.published)
        entry.updated(item.updated)
        entry.author(name=item.author)
        if not atom:
            entry.dc.dc_creator(item.author)
            entry.changed.at = item.updated
        entry.category([{"term": term, "label": term} for term in (item.kind, *item.tags)])
        entry.summary(item.summary)
        # "CDATA" would become an invalid type attribute in Atom; "html" is escaped there.
        entry.content(item.html, type="html" if atom else "CDATA")
    out: bytes = generator.atom_str(pretty=True) if atom else generator.rss_str(pretty=True)
    if document.hub and not atom:
        # feedgen writes no other atom:link than the feed's own into RSS.
        hub = f'<atom:link href="{escape(document.hub)}" rel="hub"/>\n    '
        out = out.replace(b"<atom:link", f"{hub}<atom:link".encode(), 1)
    return out


def _json(document: _Feed) -> bytes:
    feed_object: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": document.title,
        "home_page_url": document.home,
        "feed_url": document.url,
        "description": document.description,
        "language": "zh-CN",
        "authors": [{"name": document.publisher}],
        "items": [
            {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "content_html": item.html,
                "date_published": item.published.isoformat(),
                "date_modified": item.updated.isoformat(),
                "authors": [{"name": item.author}],
                "tags": [item.kind, *item.tags],
                "language": "zh-CN",
            }
            for item in document.items
        ],
    }
    if document.hub:
        feed_object["hubs"] = [{"type": "WebSub", "url": document.hub}]
    return (json.dumps(feed_object, ensure_ascii=False, indent=1) + "\n").encode()
