"""Queries: every question about the notices, one class each, for the server and the build alike.

A query is asked of an `Index`. A static build keeps the `key` of each query that a page asked, and
asks it again later: the page is rendered again only when the query then shows something else.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from portal.content.selection import EVERYTHING, Selection, page_bounds, page_count

if TYPE_CHECKING:
    from datetime import datetime

    from portal.content.index import Index
    from portal.domain.notice import Status
    from portal.domain.window import WindowState

A = TypeVar("A")
Slugs = list[str]

ALL = "all"
"""The key of who reads every notice: changed by every edit."""


def notice_key(slug: str) -> str:
    """The key of a notice and all that derives from it: its text, its status, what amends it."""
    return f"notice {slug}"


class Query(ABC, Generic[A]):
    """A question about the notices. Subclasses are frozen dataclasses of plain values."""

    _kinds: ClassVar[dict[str, type[Query[Any]]]] = {}

    def __init_subclass__(cls) -> None:
        """Let the class be found by its name in a key."""
        cls._kinds[cls.__name__] = cls

    @abstractmethod
    def of(self, index: Index) -> A:
        """The answer."""

    def shown(self, index: Index) -> object:
        """What a page can show of the answer; a page need not change while this does not."""
        return self.of(index)

    @property
    def key(self) -> str:
        """The query in a line of JSON: `["Page", ["call", null, null, null], 3]`."""
        values = [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]
        return json.dumps([type(self).__name__, *map(_plain, values)])

    @classmethod
    def from_key(cls, key: str) -> Query[Any]:
        """The query that a key names."""
        name, *values = json.loads(key)
        return cls._kinds[name](*map(_parsed, values))


def _plain(value: object) -> object:
    if isinstance(value, Selection):
        return {"selection": [getattr(value, field.name) for field in fields(value)]}
    return value


def _parsed(value: Any) -> object:
    if isinstance(value, dict):
        return Selection.of_values(*value["selection"])
    return tuple(value) if isinstance(value, list) else value


def is_query(key: str) -> bool:
    """Whether a key of what a page read is a query's, which can be asked again."""
    return key.startswith("[")


def fingerprint(key: str, index: Index) -> str:
    """Fingerprint of what a page can show of a query's answer now."""
    try:
        shown = repr(Query.from_key(key).shown(index))
    except LookupError:
        shown = "no such page"
    return hashlib.blake2b(shown.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Newest(Query[Slugs]):
    """The newest public notices of a selection, at most `limit`."""

    selection: Selection = EVERYTHING
    limit: int | None = None

    def of(self, index: Index) -> Slugs:
        """Slugs, newest first."""
        return index.selected(self.selection)[: self.limit]


@dataclass(frozen=True)
class LastChanged(Query[Slugs]):
    """The public notices of a selection that changed last, by whatever act, at most `limit`."""

    selection: Selection = EVERYTHING
    limit: int = 50

    def of(self, index: Index) -> Slugs:
        """Slugs, the last changed first."""
        chosen = set(index.selected(self.selection))
        return list(islice(filter(chosen.__contains__, index.by_change), self.limit))


@dataclass(frozen=True)
class Standing(Query["str | None"]):
    """The newest public notice of a selection that was not withdrawn."""

    selection: Selection

    def of(self, index: Index) -> str | None:
        """Its slug."""
        found = index.selected(self.selection)
        return next((slug for slug in found if slug not in index.withdrawn), None)


@dataclass(frozen=True)
class PageCount(Query[int]):
    """How many list pages a selection has; the last is the front page."""

    selection: Selection = EVERYTHING

    def of(self, index: Index) -> int:
        """The count, at least 1."""
        return page_count(len(index.selected(self.selection)))


class Listed(NamedTuple):
    """A list page in slugs."""

    slugs: Slugs
    number: int
    pages: int


@dataclass(frozen=True)
class Page(Query[Listed]):
    """List page `number` of a selection, 0 for the front page."""

    selection: Selection = EVERYTHING
    number: int = 0

    def of(self, index: Index) -> Listed:
        """The page; IndexError where there is no such page."""
        slugs = index.selected(self.selection)
        count = page_count(len(slugs))
        number = self.number or count
        if not 1 <= number <= count:
            raise IndexError(number)
        start, stop = page_bounds(len(slugs), number)
        return Listed(slugs[start:stop], number, count)

    def shown(self, index: Index) -> object:
        """A page tells its neighbours by number; farther pages do not show on it."""
        slugs, number, count = self.of(index)
        return slugs, number, min(count - number, 2)


@dataclass(frozen=True)
class InWindow(Query[Slugs]):
    """The newest public notices, not withdrawn, whose window is in one of the states."""

    states: tuple[WindowState, ...]
    limit: int | None = None

    def of(self, index: Index) -> Slugs:
        """Slugs, newest first."""
        return [
            head.slug
            for head in index.public
            if head.opens
            and index.window_state(head) in self.states
            and head.slug not in index.withdrawn
        ][: self.limit]


@dataclass(frozen=True)
class Windowed(Query[Slugs]):
    """The public notices that have a window, whatever became of them."""

    def of(self, index: Index) -> Slugs:
        """Slugs, newest first."""
        return [head.slug for head in index.public if head.opens]


@dataclass(frozen=True)
class Amended(Query[Slugs]):
    """The newest public notices to which something was done later."""

    limit: int | None = None

    def of(self, index: Index) -> Slugs:
        """Slugs, newest first."""
        known = (head for head in index.public if head.acts or head.slug in index.amending)
        return [head.slug for head in known if index.status(head).acts][: self.limit]


@dataclass(frozen=True)
class Years(Query["tuple[int, ...]"]):
    """The years in which notices were published."""

    def of(self, index: Index) -> tuple[int, ...]:
        """Years, newest first."""
        return tuple(sorted({head.year for head in index.public}, reverse=True))


@dataclass(frozen=True)
class Timestamps(Query["tuple[tuple[str, datetime], ...]"]):
    """Slug and last change of every public notice: all a sitemap needs."""

    def of(self, index: Index) -> tuple[tuple[str, datetime], ...]:
        """Pairs, newest first."""
        return tuple(index.changed.items())


@dataclass(frozen=True)
class All(Query[Slugs]):
    """Every public notice; whoever asks shows their texts too, so every edit counts."""

    def of(self, index: Index) -> Slugs:
        """Slugs, newest first."""
        return [head.slug for head in index.public]

    @property
    def key(self) -> str:
        """No key of its own: it is never asked again."""
        return ALL


@dataclass(frozen=True)
class _OfNotice(Query[A]):
    """A question about one notice; its answer counts as a fact of the notice."""

    slug: str

    @property
    def key(self) -> str:
        """The notice's own key."""
        return notice_key(self.slug)


@dataclass(frozen=True)
class Amending(_OfNotice[Slugs]):
    """The public corrections and withdrawals of a notice."""

    def of(self, index: Index) -> Slugs:
        """Slugs, newest first."""
        return index.amending.get(self.slug, [])


@dataclass(frozen=True)
class StatusOf(_OfNotice["Status"]):
    """Where a notice stands: its window's state, whether it was corrected or withdrawn."""

    def of(self, index: Index) -> Status:
        """The status; KeyError for a notice that is not known."""
        return index.status(index.known[self.slug])
