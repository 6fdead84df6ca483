"""The catalogue that a build shows: it loads notices when asked and notes what each page read.

Reads are recorded, not guessed: a page is stale when, and only when, an answer it was given has
changed. A notice counts as one answer with everything derived from it: its text, its window's
state at the build's instant, the days left, the notices that amend it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from portal.content.catalogue import Catalogue
from portal.content.parts import NAMES
from portal.content.queries import notice_key
from portal.content.record.stored_shelf import StoredShelf
from portal.content.text.plain import render_plain

if TYPE_CHECKING:
    from datetime import datetime

    from portal.content.index import Index
    from portal.content.parts import Parts
    from portal.content.queries import Query
    from portal.domain.notice import Notice
    from portal.freezer.record.store import Store
    from portal.ledger.ledger_lines import LedgerLine

A = TypeVar("A")

# A change of one of these changes every page, so a read of them need not be recorded.
CORE_PARTS = ("site", "calendar", "editions", "has_self_check")
PARTS = frozenset(NAMES) - set(CORE_PARTS)

TODAY = "today"

_KEPT = 150


def part_key(name: str) -> str:
    """The key of a part of the content other than notices."""
    return f"part {name}"


class RecordedCatalogue(Catalogue):
    """A catalogue over the store; `reads` holds the keys asked for since it was last cleared."""

    def __init__(self, parts: Parts, index: Index, store: Store) -> None:
        super().__init__(parts, StoredShelf(index.heads, store), index.at)
        self.reads: set[str] = set()
        self.new_html: list[tuple[bytes, str]] = []
        self._scene, self._store = index, store
        self._html = lru_cache(_KEPT)(self._convert)

    def index(self, at: datetime | None = None) -> Index:
        """The build's own index, whose instant is the only one it can be asked about."""
        self._instant(at)
        return self._scene

    def ask(self, query: Query[A], at: datetime | None = None) -> A:
        """The answer to a query, which the page has read."""
        self.reads.add(query.key)
        return super().ask(query, at)

    def notice(self, slug: str) -> Notice | None:
        """A notice, or None; both are answers."""
        self.reads.add(notice_key(slug))
        return super().notice(slug)

    def in_list(self, slugs: list[str], at: datetime | None = None) -> tuple[Notice, ...]:
        """Notices without their texts."""
        self.reads.update(map(notice_key, slugs))
        return super().in_list(slugs, at)

    def part(self, name: str) -> Any:
        """A part of the content."""
        if name in PARTS:
            self.reads.add(part_key(name))
        return super().part(name)

    def ledger_line(self, slug: str, revision: int) -> LedgerLine | None:
        """The newest ledger line of a revision; it counts as a fact of the notice."""
        self.reads.add(notice_key(slug))
        return super().ledger_line(slug, revision)

    def html(self, text: str) -> str:
        """Sanitised HTML of a Markdown body, from the store when it has it."""
        return self._html(text)

    def _convert(self, text: str) -> str:
        # Links in the text begin with the site's path, so the same text differs between sites.
        plain = render_plain(text)
        if plain is not None:
            return plain.html  # made again faster than found again
        digest = hashlib.blake2b(f"{self.site.base_url} {text}".encode(), digest_size=16).digest()
        known = self._store.html(digest)
        if known is None:
            known = super().html(text)
            self.new_html.append((digest, known))
        return known
