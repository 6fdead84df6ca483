"""Catalogue: the read-only snapshot of all that is published; lookups, no rendering."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.content.selection import EVERYTHING, Selection, cut_page, page_count
from portal.domain.notice import Kind, Notice, Status
from portal.ledger.ledger_lines import line_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from portal.content.annex.annexes import Annex
    from portal.content.selection import ListPage
    from portal.content.selfcheck import SelfCheck
    from portal.domain.awards import Edition
    from portal.domain.places import Site
    from portal.domain.window import WindowState
    from portal.domain.workdays import WorkCalendar
    from portal.ledger.ledger_lines import LedgerLine


@dataclass(frozen=True, slots=True)
class Page:
    """A prose page of content/; `body` is Markdown, `updated` the day its text last changed.

    `line` is where the body begins in its file.
    """

    slug: str
    title: str
    body: str
    summary: str = ""
    order: int = 0
    updated: date | None = None
    digest: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """An FAQ entry. `basis` is policy (the policy text), practice (general) or unstated."""

    slug: str
    question: str
    answer: str
    group: str
    basis: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be shown; `notices` run from the newest published to the oldest."""

    site: Site
    calendar: WorkCalendar
    editions: Mapping[str, Edition]
    notices: tuple[Notice, ...] = ()
    guide: tuple[Page, ...] = ()
    pages: Mapping[str, Page] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    annexes: tuple[Annex, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    ledger_texts: tuple[tuple[str, ...], ...] = ()
    self_check: SelfCheck | None = None

    @cached_property
    def by_slug(self) -> dict[str, Notice]:
        """Every notice by its slug."""
        return {notice.slug: notice for notice in self.notices}

    @cached_property
    def amendments(self) -> dict[str, tuple[Notice, ...]]:
        """For each amended slug its corrections and withdrawals, newest first."""
        found: defaultdict[str, list[Notice]] = defaultdict(list)
        for notice in self.notices:
            if notice.amends:
                found[notice.amends].append(notice)
        return {slug: tuple(notices) for slug, notices in found.items()}

    @property
    def has_self_check(self) -> bool:
        """Whether the site has a self-check, to which every page's navigation leads."""
        return self.self_check is not None

    @cached_property
    def _ledger_lines(self) -> dict[tuple[str, int], LedgerLine]:
        return {(line.slug, line.revision): line for line in self.ledger}

    def ledger_line(self, slug: str, revision: int) -> LedgerLine | None:
        """The newest ledger line of a published revision, or None where it was never entered."""
        return self._ledger_lines.get((slug, revision))

    @cached_property
    def ledger_heads(self) -> tuple[str, ...]:
        """Digest of the last line of each ledger that was begun."""
        return tuple(line_digest(lines[-1]) for lines in self.ledger_texts if lines)

    def published(self, at: datetime) -> tuple[Notice, ...]:
        """Notices that are public at an instant, newest first."""
        return tuple(notice for notice in self.notices if notice.published <= at)

    def as_of(self, at: datetime) -> Catalogue:
        """What is public at an instant, for renderers: they have no clock of their own."""
        if not self.notices or self.notices[0].published <= at:
            return self
        return replace(self, notices=self.published(at))

    # The queries below are what the static build records as a page's reads. A page that goes
    # through them is rendered again only when their answer changes; one that walks `notices` or
    # `published` is rendered again after every change of any notice.

    def select(
        self, at: datetime, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The public notices of a selection, newest first, at most `limit`."""
        return tuple(n for n in self.published(at) if selection.holds(n))[:limit]

    def listed(
        self, at: datetime, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The same notices as far as a list shows them, as those of a `ListPage`."""
        return self.select(at, selection, limit)

    def standing(self, at: datetime, selection: Selection) -> Notice | None:
        """The newest public notice of a selection that was not withdrawn."""
        found = self.select(at, selection)
        return next((n for n in found if not self.status(n, at).withdrawn), None)

    def count_pages(self, at: datetime, selection: Selection = EVERYTHING) -> int:
        """Number of list pages of a selection; the last is the front page."""
        return page_count(len(self.select(at, selection)))

    def page(self, at: datetime, selection: Selection = EVERYTHING, number: int = 0) -> ListPage:
        """List page `number`, 0 for the front page; IndexError where there is no such page."""
        notices = self.select(at, selection)
        return cut_page(notices, number or page_count(len(notices)))

    def with_window(
        self, at: datetime, *states: WindowState, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The public notices, not withdrawn, whose window is in one of the states, newest first."""
        return tuple(
            n
            for n in self.published(at)
            if n.window is not None
            and n.window.state(at) in states
            and not self.status(n, at).withdrawn
        )[:limit]

    def amended(self, at: datetime, limit: int | None = None) -> tuple[Notice, ...]:
        """The public notices that were revised, corrected or withdrawn, newest first."""
        found = (n for n in self.published(at) if self.status(n, at).amended)
        return tuple(found)[:limit]

    def years(self, at: datetime) -> tuple[int, ...]:
        """Years in which notices were published, newest first."""
        return tuple(sorted({n.published.year for n in self.published(at)}, reverse=True))

    def timestamps(self, at: datetime) -> tuple[tuple[str, datetime], ...]:
        """Slug and last revision of every public notice, newest first: all a sitemap needs."""
        return tuple((n.slug, n.updated) for n in self.published(at))

    def html(self, text: str) -> str:
        """Sanitised HTML of a Markdown body. The static build answers from its cache."""
        from portal.content.text.markdown import to_html

        return to_html(text, urlsplit(self.site.base_url).path.rstrip("/"))

    def status(self, notice: Notice, at: datetime) -> Status:
        """Status of a notice at an instant; amendments count from their own publishing on."""
        amending = [n for n in self.amendments.get(notice.slug, ()) if n.published <= at]
        return Status(
            window=notice.window.state(at) if notice.window else None,
            corrected=notice.updated > notice.published
            or any(n.kind is Kind.CORRECTION for n in amending),
            withdrawn=any(n.kind is Kind.WITHDRAWAL for n in amending),
        )
