"""Items of feeds: what subscribers read of a notice, the same in every format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from portal.domain.dates import write_date
from portal.render.links import issuer_name, page_address, permalink, tag_uri
from portal.render.notice.list_data import list_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.history import History, LaterAct
    from portal.domain.notice import Notice

# XML 1.0 section 2.2 has no way to write these, and lxml refuses them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r'(\s(?:href|src)=")([^"]*)(")')


@dataclass(frozen=True, slots=True)
class FeedItem:
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


def clean(text: str) -> str:
    """A text without what XML has no way to write."""
    return _CONTROL.sub("", text)


def newest_item(notice: Notice, catalogue: Catalogue, at: datetime) -> FeedItem:
    """The item by which subscribers learn of the present text of a notice."""
    later = [act for act in catalogue.history(notice, at).acts if act.revision > 1 and not act.by]
    return _item(notice, catalogue, at, later[-1] if later else None)


def items_of(notice: Notice, catalogue: Catalogue, at: datetime) -> Iterator[FeedItem]:
    """A notice's publishing and everything that came later, each as an item."""
    yield _item(notice, catalogue, at)
    for later in catalogue.history(notice, at).acts:
        if later.by:
            yield _item(catalogue.by_slug[later.by], catalogue, at)
        elif later.revision > 1:
            yield _item(notice, catalogue, at, later)


def _item(
    notice: Notice, catalogue: Catalogue, at: datetime, later: LaterAct | None = None
) -> FeedItem:
    """The item of a notice's publishing, or of one of its own later texts."""
    history = catalogue.history(notice, at)
    office = catalogue.site.offices.get(notice.issuer)
    mark = history.mark if later is None or history.withdrawn else later.mark
    demonstration = "【演示】" if notice.demonstration else ""
    summary = _summary(notice, catalogue)
    url = permalink(notice, catalogue)
    return FeedItem(
        id=tag_uri(notice, catalogue, f"/revisions/{later.revision}" if later else ""),
        url=f"{url}#revision-{later.revision}" if later else url,
        title=clean(demonstration + mark + notice.title),
        summary=clean(f"{later.sentence}{summary}" if later else summary),
        html=clean("\n".join(_article(notice, catalogue, history))),
        published=later.at if later else notice.published,
        updated=history.changed,
        author=clean(office.name if office else catalogue.site.host),
        kind=notice.kind.label,
        tags=tuple(clean(tag) for tag in notice.tags),
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
