"""What the head of a page says: title, place in the site, meta tags; the same for every app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Crumb(NamedTuple):
    """A step of 当前位置; the last one of a page, the page itself, has no path."""

    label: str
    path: str = ""


class Link(NamedTuple):
    """A link of the head: another format of the page, or a feed."""

    rel: str
    path: str
    media_type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PageHead:
    """A page's own facts. Paths are inside the site, without its root.

    `path` is the page's address, empty for pages that have no lasting one (they are not indexed).
    `section` is the key of the navigation entry it belongs to. `article` holds the meta tags of
    articles on government sites (ArticleTitle, PubDate, ContentSource …), empty ones left out.
    """

    title: str
    path: str = ""
    section: str = ""
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    column: str = ""
    column_type: str = ""
    article: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    links: tuple[Link, ...] = ()
    image: str = ""
    demonstration: bool = False
    draft: bool = False
    error: bool = False

    @property
    def full_title(self) -> str:
        """The page's part of the title element, with the marks a reader must not miss."""
        error = "错误：" if self.error else ""
        return f"{error}{'【演示】' if self.demonstration else ''}{self.title}"
