"""The catalogue that a build shows: it loads notices when asked and notes what each page read.

Reads are recorded, not guessed: a page is stale when, and only when, an answer it was given has
changed. A notice counts as one answer with everything derived from it: its text, its window's
state at the build's instant, the days left, the notices that amend it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from portal.content.catalogue import Catalogue
from portal.content.selection import EVERYTHING, ListPage, Selection
from portal.content.text.plain import render_plain
from portal.domain.notice import Notice
from portal.freezer.record.cards import query
from portal.freezer.record.packing import unpack

if TYPE_CHECKING:
    from portal.domain.notice import Status
    from portal.domain.window import WindowState
    from portal.freezer.record.cards import CardIndex
    from portal.freezer.record.store import Store
    from portal.ledger.ledger_lines import LedgerLine

# A change of one of these changes every page, so a read of them need not be recorded.
CORE = frozenset({"site", "calendar", "editions"})
PARTS = frozenset(field.name for field in fields(Catalogue)) - CORE - {"notices"}
LEDGER = "ledger_texts"

ALL = "all "
TODAY = "today"

# Kept unpacked: whole notices, of which several feeds show the same, and what lists show of them.
_KEPT = 150
_HEADS = 1_000


def notice_key(slug: str) -> str:
    """The key of a notice and all that derives from it."""
    return f"notice {slug}"


def part_key(name: str) -> str:
    """The key of a part of the content other than notices."""
    return f"part {name}"


def part_fingerprints(parts: Catalogue) -> dict[str, str]:
    """Fingerprint of each part of the content, and of the core as a whole."""
    found = {part_key(name): _fingerprint(getattr(parts, name)) for name in sorted(PARTS)}
    core = [getattr(parts, name) for name in sorted(CORE)]
    found["core"] = _fingerprint([*core, parts.has_self_check])
    return found


def _fingerprint(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=12).hexdigest()


class RecordingCatalogue(Catalogue):
    """A catalogue over the store; `reads` holds the keys asked for since it was last cleared."""

    def __init__(self, parts: Catalogue, index: CardIndex, store: Store) -> None:
        self.__dict__.update(
            reads=set(),
            new_html=[],
            _parts=parts,
            _index=index,
            _store=store,
            _loaded=lru_cache(_KEPT)(self._unpack),
            _heads={},
            _html=lru_cache(_KEPT)(self._convert),
        )
        self.__dict__.update({name: getattr(parts, name) for name in CORE})

    reads: set[str]
    new_html: list[tuple[bytes, str]]
    _heads: dict[str, Notice]
    _parts: Catalogue
    _index: CardIndex
    _store: Store

    def __getattribute__(self, name: str) -> Any:
        if name in PARTS:
            self.reads.add(part_key(name))
            return getattr(self._parts, name)
        return super().__getattribute__(name)

    def _unpack(self, slug: str) -> Notice:
        return unpack(self._store.notice(slug))

    def _listed(self, slugs: list[str]) -> tuple[Notice, ...]:
        """Notices as far as a list shows them."""
        self.reads.update(map(notice_key, slugs))
        heads = self._heads
        missing = [slug for slug in slugs if slug not in heads]
        if missing:
            if len(heads) > _HEADS:
                heads.clear()
                missing = slugs
            heads.update((s, unpack(data)) for s, data in self._store.heads(missing).items())
        return tuple([heads[slug] for slug in slugs])

    def find(self, slug: str) -> Notice | None:
        """A notice, or None; both are answers."""
        self.reads.add(notice_key(slug))
        return self._loaded(slug) if slug in self._index.by_slug else None

    def _found(self, slugs: list[str]) -> tuple[Notice, ...]:
        self.reads.update(map(notice_key, slugs))
        return tuple(map(self._loaded, slugs))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Every public notice; the reader becomes stale with any change."""
        self.reads.add(ALL)
        return tuple(self._loaded(card.slug) for card in self._index.public)

    @property
    def by_slug(self) -> Mapping[str, Notice]:  # type: ignore[override]
        """Every notice by its slug, each loaded and recorded when it is asked for."""
        return _BySlug(self)

    @property
    def amendments(self) -> Mapping[str, tuple[Notice, ...]]:  # type: ignore[override]
        """For each amended slug its corrections and withdrawals, newest first."""
        return _Amendments(self)

    @property
    def has_self_check(self) -> bool:
        """Whether the site has a self-check; it changes every page, so it need not be recorded."""
        return self._parts.has_self_check

    def ledger_line(self, slug: str, revision: int) -> LedgerLine | None:
        """The newest ledger line of a revision; it counts as a fact of the notice."""
        self.reads.add(notice_key(slug))
        return self._parts.ledger_line(slug, revision)

    @property
    def ledger_heads(self) -> tuple[str, ...]:
        """Digest of the last line of each ledger; the reader becomes stale with every entry."""
        self.reads.add(part_key(LEDGER))
        return self._parts.ledger_heads

    def as_of(self, at: datetime) -> Catalogue:
        """The catalogue itself: it shows nothing but what is public. Asking reads nothing."""
        self._check(at)
        return self

    def select(
        self, at: datetime, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The public notices of a selection, newest first, at most `limit`."""
        return self._found(self._selected(at, selection, limit))

    def listed(
        self, at: datetime, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The same notices without their texts."""
        return self._listed(self._selected(at, selection, limit))

    def _selected(self, at: datetime, selection: Selection, limit: int | None) -> list[str]:
        self._check(at)
        self.reads.add(query("select", selection, limit))
        return self._index.select(selection)[:limit]

    def standing(self, at: datetime, selection: Selection) -> Notice | None:
        """The newest public notice of a selection that was not withdrawn."""
        self._check(at)
        self.reads.add(query("standing", selection))
        found = self._index.standing(selection)
        return self.find(found) if found else None

    def count_pages(self, at: datetime, selection: Selection = EVERYTHING) -> int:
        """Number of list pages of a selection."""
        self._check(at)
        self.reads.add(query("pages", selection))
        return self._index.page(selection, 0)[2]

    def page(self, at: datetime, selection: Selection = EVERYTHING, number: int = 0) -> ListPage:
        """List page `number`, 0 for the front page; IndexError where there is no such page."""
        self._check(at)
        self.reads.add(query("page", selection, number))
        slugs, number, count = self._index.page(selection, number)
        return ListPage(self._listed(slugs), number, count)

    def with_window(
        self, at: datetime, *states: WindowState, limit: int | None = None
    ) -> tuple[Notice, ...]:
        """The public notices, not withdrawn, whose window is in one of the states, newest first."""
        self._check(at)
        self.reads.add(f"window {','.join(states)} {limit or ''}")
        return self._found(self._index.with_window(states)[:limit])

    def amended(self, at: datetime, limit: int | None = None) -> tuple[Notice, ...]:
        """The public notices that were revised, corrected or withdrawn, newest first."""
        self._check(at)
        self.reads.add(f"amended  {limit or ''}")
        return self._found(self._index.amended()[:limit])

    def years(self, at: datetime) -> tuple[int, ...]:
        """Years in which notices were published, newest first."""
        self._check(at)
        self.reads.add("years ")
        return tuple(self._index.years())

    def timestamps(self, at: datetime) -> tuple[tuple[str, datetime], ...]:
        """Slug and last revision of every public notice, newest first."""
        self._check(at)
        self.reads.add("timestamps ")
        return tuple((c.slug, datetime.fromisoformat(c.updated)) for c in self._index.public)

    def status(self, notice: Notice, at: datetime) -> Status:
        """Status of a notice, by the cards: what amends it need not be unpacked."""
        self._check(at)
        self.reads.add(notice_key(notice.slug))
        return self._index.status(self._index.by_slug[notice.slug])

    def html(self, text: str) -> str:
        """Sanitised HTML of a Markdown body, from the store when it has it."""
        return str(self._html(text))

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

    def _check(self, at: datetime) -> None:
        # The index stands at one instant; a view that asks for another would get a wrong answer.
        if at != self._index.at:
            raise ValueError(f"a build shows {self._index.at}, a page asked for {at}")


class _BySlug(Mapping[str, Notice]):
    def __init__(self, catalogue: RecordingCatalogue) -> None:
        self._catalogue = catalogue

    def get(self, slug: str, default: Any = None) -> Any:
        """A notice or the default, without an exception on the way."""
        return self._catalogue.find(slug) or default

    def __getitem__(self, slug: str) -> Notice:
        found = self._catalogue.find(slug)
        if found is None:
            raise KeyError(slug)
        return found

    def __iter__(self) -> Iterator[str]:
        self._catalogue.reads.add(ALL)
        return iter(self._catalogue._index.by_slug)  # noqa: SLF001 - two halves of one class

    def __len__(self) -> int:
        self._catalogue.reads.add(ALL)
        return len(self._catalogue._index.by_slug)  # noqa: SLF001


class _Amendments(Mapping[str, tuple[Notice, ...]]):
    def __init__(self, catalogue: RecordingCatalogue) -> None:
        self._catalogue = catalogue

    def get(self, slug: str, default: Any = None) -> Any:
        """What amends a notice, or the default, without an exception on the way."""
        known = slug in self._catalogue._index.amending  # noqa: SLF001
        if known:
            return self[slug]
        self._catalogue.reads.add(notice_key(slug))
        return default

    def __getitem__(self, slug: str) -> tuple[Notice, ...]:
        # Which notices amend a notice is part of that notice's own key.
        self._catalogue.reads.add(notice_key(slug))
        amending = self._catalogue._index.amending[slug]  # noqa: SLF001
        return self._catalogue._found(amending)  # noqa: SLF001

    def __iter__(self) -> Iterator[str]:
        self._catalogue.reads.add(ALL)
        return iter(self._catalogue._index.amending)  # noqa: SLF001

    def __len__(self) -> int:
        self._catalogue.reads.add(ALL)
        return len(self._catalogue._index.amending)  # noqa: SLF001
