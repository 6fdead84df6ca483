"""Feeds of the notices: RSS 2.0 and Atom by feedgen, JSON Feed 1.1; the same items in each.

Every act is an item of its own, so that readers that go by the identifier or by the date learn of
it: a notice, each revision and extension of it, and the notices that correct or withdraw it, in
every feed that has the notice. Identifiers are `tag:` URIs (RFC 4151) of the feeds' authority, day
of first publishing and slug: they outlive every change of address. Dates come from the notices
alone: the same input gives the same bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from portal.domain.dates import write_date
from portal.render.links import authority, issuer_name, page_address, permalink, tag_uri
from portal.render.notice.list_data import list_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.content.catalogue import Catalogue
    from portal.content.selection import Selection
    from portal.domain.history import History, LaterAct
    from portal.domain.notice import Notice

ITEM_LIMIT = 50

# A feed without items still needs a date, and it may not come from the clock.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# XML 1.0 section 2.2 has no way to write these, and lxml refuses them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r'(\s(?:href|src)=")([^"]*)(")')


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
class _Item:
    """What every format says of a notice."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    author: str
    kind: str
    tags: tuple[str, ...]


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
    items: tuple[_Item, ...]
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
        title=_clean(f"{site.name}·{label}" if label else site.name),
        description=_clean(description + ("" if label else _ledger_note(catalogue))),
        publisher=_clean(site.host),
        updated=newest,
        items=items,
        hub=site.websub_hub,
    )


def _ledger_note(catalogue: Catalogue) -> str:
    """The ledger's head, so that subscribers hold a witness of what was published."""
    heads = "、".join(head[:16] for head in catalogue.ledger.heads)
    return f"发布台账末行指纹：{heads}。" if heads else ""


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _items(catalogue: Catalogue, selection: Selection, at: datetime) -> tuple[_Item, ...]:
    """The newest acts of a selection. Which those are, its last changed notices tell."""
    found: dict[str, _Item] = {}
    for notice in catalogue.changed(at, selection, ITEM_LIMIT):
        for item in _acts(notice, catalogue, at):
            found.setdefault(item.id, item)
    newest = sorted(found.values(), key=lambda item: (item.published, item.id), reverse=True)
    return tuple(newest[:ITEM_LIMIT])


def _acts(notice: Notice, catalogue: Catalogue, at: datetime) -> Iterator[_Item]:
    """A notice's publishing and everything that came later, each as an item."""
    yield _item(notice, catalogue, at)
    for later in catalogue.history(notice, at).acts:
        if later.by:
            yield _item(catalogue.by_slug[later.by], catalogue, at)
        elif later.revision > 1:
            yield _item(notice, catalogue, at, later)


def _item(
    notice: Notice, catalogue: Catalogue, at: datetime, later: LaterAct | None = None
) -> _Item:
    """The item of a notice's publishing, or of one of its own later texts."""
    history = catalogue.history(notice, at)
    office = catalogue.site.offices.get(notice.issuer)
    mark = history.mark if later is None or history.withdrawn else later.mark
    demonstration = "【演示】" if notice.demonstration else ""
    summary = _summary(notice, catalogue)
    url = permalink(notice, catalogue)
    return _Item(
        id=tag_uri(notice, catalogue, f"/revisions/{later.revision}" if later else ""),
        url=f"{url}#revision-{later.revision}" if later else url,
        title=_clean(demonstration + mark + notice.title),
        summary=_clean(f"{later.sentence}{summary}" if later else summary),
        html=_clean("\n".join(_article(notice, catalogue, history))),
        published=later.at if later else notice.published,
        updated=history.changed,
        author=_clean(office.name if office else catalogue.site.host),
        kind=notice.kind.label,
        tags=tuple(_clean(tag) for tag in notice.tags),
    )


def _summary(notice: Notice, catalogue: Catalogue) -> str:
    parts = [f"{notice.kind.label}，{issuer_name(notice, catalogue)}发布"]
    if notice.window:
        parts.append(f"公示期{_window_text(notice)}")
    if notice.entries:
        parts.append(f"名单共{len(notice.entries)}项")
    return "；".join(parts) + "。"


def _window_text(notice: Notice) -> str:
    window = notice.window
    assert window is not None
    return (
        f"{write_date(window.opens)}至{write_date(window.closes)}24:00"
        f"（{window.words}，{window.rule}）"
    )


def _article(notice: Notice, catalogue: Catalogue, history: History) -> Iterator[str]:
    """The whole notice as HTML, with absolute links, for readers that show nothing else.

    Of a withdrawn notice only that it is, and by what.
    """
    url = permalink(notice, catalogue)
    if notice.demonstration:
        yield "<p><strong>演示数据，纯属虚构。</strong></p>"
    for later in history.shown:
        address = page_address(later.by, catalogue) if later.by else f"{url}#revisions"
        yield f'<p><strong><a href="{address}">{escape(later.sentence)}</a></strong></p>'
    target = catalogue.by_slug.get(notice.about) if notice.about else None
    if target:
        yield f"<p>{notice.about_label}：{_link(target, catalogue)}</p>"
    if not history.withdrawn:
        yield from _text(notice, catalogue, url)
    yield f'<p>原文：<a href="{url}">{url}</a></p>'


def _text(notice: Notice, catalogue: Catalogue, url: str) -> Iterator[str]:
    """Body, window, list and attachments."""
    yield _absolute(catalogue.html(notice.body), url)
    if notice.window:
        yield f"<p>公示期：{escape(_window_text(notice))}</p>"
    if notice.entries:
        yield _table(notice)
    yield from (f"<p>{escape(sentence)}</p>" for sentence in notice.told)
    if notice.attachments:
        links = "".join(
            f'<li><a href="{url}files/{quote(a.name)}">{escape(a.name)}</a></li>'
            for a in notice.attachments
        )
        yield f"<p>附件：</p><ul>{links}</ul>"


def _link(notice: Notice, catalogue: Catalogue) -> str:
    return f'<a href="{permalink(notice, catalogue)}">{escape(notice.title)}</a>'


def _absolute(html: str, base: str) -> str:
    """Resolve references against the notice's address; readers have no base of their own."""

    def resolved(match: re.Match[str]) -> str:
        return f"{match[1]}{urljoin(base, match[2])}{match[3]}"

    return _REFERENCE.sub(resolved, html)


# A new notice stands in nine feeds, each of which shows the same other notices again.
@lru_cache(maxsize=256)
def _table(notice: Notice) -> str:
    header, rows = list_rows(notice)
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


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
