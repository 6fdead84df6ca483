"""What machines read in the head of a page: meta tags of government sites, cards, links, data.

Written here and not in a template, since every page has them and they were a quarter of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from portal.web.environment import escaped
from portal.web.filters import json_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.web.chrome import Chrome
    from portal.web.page import Link, PageHead


def head_tags(page: PageHead, chrome: Chrome, root: str, icon: str) -> Markup:
    """The tags of a page, a line each; `icon` is the address of the site's icon."""
    lines = [*_site(chrome), *_article(page), *_card(page, chrome)]
    lines.append(f'<link rel="icon" href="{icon}" type="image/svg+xml">')
    lines += [_link(link, root) for link in page.links]
    if page.data:
        lines.append(f'<script type="application/ld+json">{json_block(page.data)}</script>')
    return Markup("\n".join(lines))  # noqa: S704 - every value is escaped


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escaped(content)}">'


def _site(chrome: Chrome) -> Iterator[str]:
    yield _meta("SiteName", chrome.name)
    yield _meta("SiteDomain", chrome.host)
    if chrome.identifier:
        yield _meta("SiteIDCode", chrome.identifier)


def _article(page: PageHead) -> Iterator[str]:
    if page.column:
        yield _meta("ColumnName", page.column)
        yield _meta("ColumnType", page.column_type)
    for name, value in page.article.items():
        if value:
            yield _meta(name, value)


def _card(page: PageHead, chrome: Chrome) -> Iterator[str]:
    """Description, Open Graph and where the page stands; one without an address is not indexed."""
    yield _meta("description", page.description or chrome.description)
    yield f'<meta property="og:site_name" content="{escaped(chrome.name)}">'
    yield f'<meta property="og:title" content="{escaped(page.full_title)}">'
    yield f'<meta property="og:type" content="{"article" if page.article else "website"}">'
    if page.path:
        address = escaped(f"{chrome.base_url}{page.path}")
        yield f'<meta property="og:url" content="{address}">'
        yield f'<link rel="canonical" href="{address}">'
    else:
        yield _meta("robots", "noindex")
    if page.image:
        address = escaped(f"{chrome.base_url}{page.image}")
        yield f'<meta property="og:image" content="{address}">'
        yield f'<meta name="Image" content="{address}">'


def _link(link: Link, root: str) -> str:
    kind = f' type="{escaped(link.media_type)}"' if link.media_type else ""
    title = f' title="{escaped(link.title)}"' if link.title else ""
    return f'<link rel="{escaped(link.rel)}" href="{escaped(root + link.path)}"{kind}{title}>'
