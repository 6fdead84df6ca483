"""Which notices a list or a feed shows, and how a list is cut into pages that stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.notice import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.domain.notice import Notice
    from portal.domain.places import County

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of notices; `name` is its part of a URL: "all", "kind/call", "county/dongshan"."""

    kind: Kind | None = None
    county: str | None = None
    edition: str | None = None
    year: int | None = None

    @classmethod
    def of_values(
        cls, kind: str | None, county: str | None, edition: str | None, year: int | None
    ) -> Selection:
        """The selection with these plain values, as JSON has them."""
        return cls(Kind(kind) if kind else None, county, edition, year)

    @property
    def name(self) -> str:
        """The selection in a URL, by its first criterion."""
        if self.kind:
            return f"kind/{self.kind}"
        if self.county:
            return f"county/{self.county}"
        if self.year:
            return f"year/{self.year}"
        return f"edition/{self.edition}" if self.edition else "all"

    def label(self, counties: Mapping[str, County]) -> str:
        """What is selected, in Chinese; empty for everything."""
        parts = (
            counties[self.county].name if self.county else "",
            self.kind.label if self.kind else "",
        )
        return "".join(parts)


EVERYTHING = Selection()


def listed_selections(counties: Iterable[str], kinds: Iterable[Kind]) -> tuple[Selection, ...]:
    """The selections that have list pages and feeds: everything, each kind, each county."""
    return (
        EVERYTHING,
        *(Selection(kind=kind) for kind in kinds),
        *(Selection(county=county) for county in counties),
    )


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, newest first; `number` counts from the oldest page, which is 1.

    Page `count` is the front page, shown at the list's own address. Only what a list shows of the
    notices may be asked for: a static build leaves out their bodies, entries, attachments and
    earlier texts.
    """

    notices: tuple[Notice, ...]
    number: int
    count: int

    @property
    def is_front(self) -> bool:
        """Whether this is the page of the newest notices."""
        return self.number == self.count


def page_count(total: int, size: int = PAGE_SIZE) -> int:
    """Number of pages of a list. Only the front page is not exactly full: it holds the rest."""
    return max(1, total // size)


def page_bounds(total: int, number: int, size: int = PAGE_SIZE) -> tuple[int, int]:
    """Slice of the newest-first list that page `number` shows.

    Counting from the oldest, with an overfull front page, leaves every other page as it is when a
    notice is added: the front page takes up to 2 × `size` - 1 and then gives `size` to a new page.
    """
    stop = total - (number - 1) * size
    start = 0 if number == page_count(total, size) else stop - size
    return start, stop
