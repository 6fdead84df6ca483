"""Catalogue: all that is published, as a snapshot; every question has one door, `ask`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from portal.content.parts import Parts
from portal.content.queries import (
    All,
    Amended,
    Amending,
    InWindow,
    LastChanged,
    Newest,
    Page,
    PageCount,
    Standing,
    StatusOf,
    Timestamps,
    Windowed,
    Years,
)
from portal.content.selection import EVERYTHING, ListPage, Selection
from portal.content.shelf import MemoryShelf, Shelf
from portal.domain.history import notice_history

if TYPE_CHECKING:
    from datetime import datetime

    from portal.content.index import Index
    from portal.content.queries import Query
    from portal.domain.history import History
    from portal.domain.notice import Notice, Status
    from portal.domain.window import WindowState
    from portal.ledger.ledger_lines import LedgerLine

A = TypeVar("A")
T = TypeVar("T")


class Catalogue(Parts):
    """The parts of the content and the notices on a shelf, as of an instant or without one.

    Without one it knows every notice, and each question names its instant. The static build's
    catalogue overrides `ask`, `notice`, `in_list` and `part`: through these goes all that a page
    reads, and it notes what a page asked for there.
    """

    def __init__(
        self, parts: Parts, notices: Shelf | Iterable[Notice] = (), at: datetime | None = None
    ) -> None:
        super().__init__(parts.part)
        self.parts = parts
        self.shelf = notices if isinstance(notices, Shelf) else MemoryShelf.of_notices(notices)
        self.at = at

    def as_of(self, at: datetime) -> Catalogue:
        """What is public at an instant, for renderers: they have no clock of their own."""
        return self if self.at == at else Catalogue(self.parts, self.shelf, self._instant(at))

    def index(self, at: datetime | None = None) -> Index:
        """The heads of the notices as they stand at an instant."""
        return self.shelf.index(self._instant(at))

    def _instant(self, at: datetime | None) -> datetime | None:
        if self.at is None or at is None:
            return self.at or at
        if at != self.at:  # what it knows stands at one instant
            raise ValueError(f"a catalogue as of {self.at} was asked about {at}")
        return at

    # What follows is all there is to be asked of; the rest says it in other words.

    def ask(self, query: Query[A], at: datetime | None = None) -> A:
        """The answer to a query at an instant; without one, every notice counts as public."""
        return query.of(self.index(at))

    def notice(self, slug: str) -> Notice | None:
        """A notice with its texts, or None: one that is not public has none as of an instant."""
        index = self.index()
        head = index.by_slug.get(slug)
        return self.shelf.whole(head.text) if head else None

    def in_list(self, slugs: list[str], at: datetime | None = None) -> tuple[Notice, ...]:
        """Notices as far as a list shows them, as those of a `ListPage`."""
        heads = self.index(at).by_slug
        return tuple(self.shelf.listed([heads[slug].text for slug in slugs]))

    def ledger_line(self, slug: str, revision: int) -> LedgerLine | None:
        """The newest ledger line of a published revision, or None where it was never entered."""
        return self.parts.ledger_line(slug, revision)

    def html(self, text: str) -> str:
        """Sanitised HTML of a Markdown body. The static build answers from its cache."""
        from portal.content.text.markdown import to_html

        return to_html(text, urlsplit(self.site.base_url).path.rstrip("/"))

    def _whole(self, slugs: list[str]) -> tuple[Notice, ...]:
        return tuple(notice for notice in map(self.notice, slugs) if notice is not None)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Every notice, newest first: of ten thousand this reads much."""
        return self._whole(self.ask(All()))

    @property
    def by_slug(self) -> Mapping[str, Notice]:
        """Every notice by its slug, each read when it is asked for."""
        return _LookUp(self.notice, lambda: self.ask(All()))

    @property
    def amendments(self) -> Mapping[str, tuple[Notice, ...]]:
        """For each amended slug its corrections and withdrawals, newest first."""
        return _LookUp(
            self._amendments, lambda: [s for s in self.ask(All()) if self._amendments(s)]
        )

    def _amendments(self, slug: str) -> tuple[Notice, ...] | None:
        return self._whole(self.ask(Amending(slug))) or None

    def published(self, at: datetime) -> tuple[Notice, ...]:
        """Notices that are public at an instant, newest first."""
        return self._whole(self.ask(All(), at))

    def select(
        self, at: datetime, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The public notices of a selection, newest first, at most `limit`."""
        return self._whole(self.ask(Newest(selection, limit), at))

    def listed(
        self, at: datetime, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The same notices as far as a list shows them, as those of a `ListPage`."""
        return self.in_list(self.ask(Newest(selection, limit), at), at)

    def changed(self, at: datetime, selection: Selection, limit: int) -> tuple[Notice, ...]:
        """The public notices of a selection that changed last, by whatever act, at most `limit`."""
        return self._whole(self.ask(LastChanged(selection, limit), at))

    def standing(self, at: datetime, selection: Selection) -> Notice | None:
        """The newest public notice of a selection that was not withdrawn."""
        slug = self.ask(Standing(selection), at)
        return self.notice(slug) if slug else None

    def lists(self, at: datetime, edition: str | None = None) -> Iterator[Notice]:
        """The public lists of an edition or of all, whole, newest first, withdrawn ones too."""
        kinds = [kind for kind in self.kinds if kind.has_list]
        found = [n for k in kinds for n in self.listed(at, Selection(kind=k, edition=edition))]
        for listed in sorted(found, key=lambda n: (n.published, n.slug), reverse=True):
            notice = self.notice(listed.slug)
            if notice is not None:
                yield notice

    def count_pages(self, at: datetime, selection: Selection = EVERYTHING) -> int:
        """Number of list pages of a selection; the last is the front page."""
        return self.ask(PageCount(selection), at)

    def page(self, at: datetime, selection: Selection = EVERYTHING, number: int = 0) -> ListPage:
        """List page `number`, 0 for the front page; IndexError where there is no such page."""
        slugs, number, count = self.ask(Page(selection, number), at)
        return ListPage(self.in_list(slugs, at), number, count)

    def with_window(
        self, at: datetime, *states: WindowState, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The public notices, not withdrawn, whose window is in one of the states, newest first."""
        return self._whole(self.ask(InWindow(states, limit), at))

    def windowed(self) -> tuple[Notice, ...]:
        """Every notice that has a window, as far as a list shows it, whatever became of it."""
        return self.in_list(self.ask(Windowed()))

    def amended(self, at: datetime, limit: int | None = None) -> tuple[Notice, ...]:
        """The public notices to which something was done later, newest first."""
        return self._whole(self.ask(Amended(limit), at))

    def years(self, at: datetime) -> tuple[int, ...]:
        """Years in which notices were published, newest first."""
        return self.ask(Years(), at)

    def timestamps(self, at: datetime) -> tuple[tuple[str, datetime], ...]:
        """Slug and last change of every public notice, newest first: all a sitemap needs."""
        return self.ask(Timestamps(), at)

    def history(self, notice: Notice, at: datetime | None = None) -> History:
        """What was done to a notice later; without an instant all that the catalogue knows."""
        return notice_history(notice, self._whole(self.ask(Amending(notice.slug), at)))

    def status(self, notice: Notice, at: datetime) -> Status:
        """Status of a notice at an instant; amendments count from their own publishing on."""
        return self.ask(StatusOf(notice.slug), at)


class _LookUp(Mapping[str, T]):
    """A mapping whose values are asked for one by one."""

    def __init__(self, find: Callable[[str], T | None], slugs: Callable[[], list[str]]) -> None:
        self._find, self._slugs = find, slugs

    def get(self, slug: str, default: Any = None) -> Any:
        """A value or the default, without an exception on the way."""
        found = self._find(slug)
        return default if found is None else found

    def __getitem__(self, slug: str) -> T:
        found = self._find(slug)
        if found is None:
            raise KeyError(slug)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs())

    def __len__(self) -> int:
        return len(self._slugs())
