"""The live search: keeps the documents and their index in step with the catalogue and the time."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock, Thread
from typing import TYPE_CHECKING

from portal.content.forking import uncut
from portal.search.documents import documents
from portal.search.snapshot import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from portal.content.catalogue import Catalogue
    from portal.content.index import Index
    from portal.search.documents import Document
    from portal.search.snapshot import Snapshot
    from portal.search.whoosh_index import SearchIndex

_log = logging.getLogger(__name__)

_AT_ONCE = 1_000
"""Documents that are read while a visitor waits; more are read behind their back."""


_SEARCHERS = 2
_PATIENCE = 0.1


class Turns:
    """Lets a few search at a time and tells the others at once that it is too much now.

    One process searches no faster for doing more at a time: without this, under more queries than
    it can answer, each would wait for all before it, and everything else that is asked as well.
    """

    def __init__(self, at_once: int = _SEARCHERS, patience: float = _PATIENCE) -> None:
        self._free, self._patience = BoundedSemaphore(at_once), patience

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Whether it is the caller's turn; False after a tenth of a second of waiting."""
        taken = self._free.acquire(timeout=self._patience)
        try:
            yield taken
        finally:
            if taken:
                self._free.release()


@dataclass(frozen=True, slots=True)
class _State:
    """What can be found, for which catalogue and for how long: as its index is the same one."""

    catalogue: Catalogue
    index: Index
    snapshot: Snapshot

    def holds(self, catalogue: Catalogue, at: datetime) -> bool:
        same = self.catalogue.shelf is catalogue.shelf and self.catalogue.parts is catalogue.parts
        return same and self.index is catalogue.index(at)


class LiveSearch:
    """Gives the view to search in; with a folder it keeps an index there, without one it scans.

    A visitor never waits for a great many texts to be read: meanwhile the view before them serves,
    and where there is none yet, None says so. A few new texts are looked at one by one until the
    index on the disk, which is written behind the visitors' back, holds them too.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._index = _opened(folder) if folder else None
        self._state: _State | None = None
        self._lock = Lock()
        self._writing: Thread | None = None

    def begin(self, catalogue: Callable[[], Catalogue], clock: Callable[[], datetime]) -> None:
        """Take up the index on the disk at once: whoever searches first then waits little."""

        def first() -> None:
            with uncut():
                self.snapshot(catalogue(), clock())

        Thread(target=first, name="search-index", daemon=True).start()

    def snapshot(self, catalogue: Catalogue, at: datetime) -> Snapshot | None:
        """The view for a catalogue at an instant, or None while the first one is being made."""
        state = self._state
        if state is not None and state.holds(catalogue, at):
            return state.snapshot
        if not self._lock.acquire(blocking=state is None):
            return state.snapshot if state else None
        try:
            state = self._state
            if state is None and self._is_writing():
                return None
            if state is None or not state.holds(catalogue, at):
                self._renew(catalogue, at)
        finally:
            self._lock.release()
        return self._state.snapshot if self._state else None

    def _is_writing(self) -> bool:
        return self._writing is not None and self._writing.is_alive()

    def _renew(self, catalogue: Catalogue, at: datetime) -> None:
        found, index = documents(catalogue.as_of(at), at), catalogue.index(at)
        view = self._at_hand(found)
        if view is not None:
            self._state = _State(catalogue, index, view)
        settled = view is not None and (self._index is None or view.complete)
        if settled or self._is_writing():
            return

        def write() -> None:
            with uncut():
                written = self._view(found)
            with self._lock:
                now = self._state or _State(catalogue, index, written)
                renewed = written.over(now.snapshot.documents, most=_AT_ONCE)
                if renewed is not None:
                    self._state = _State(now.catalogue, now.index, renewed)

        if view is None:
            _log.info("检索索引要读入%d篇，在后台进行", len(found))
        self._writing = Thread(target=write, name="search-index", daemon=True)
        self._writing.start()

    def _at_hand(self, found: tuple[Document, ...]) -> Snapshot | None:
        """A view that takes reading few texts: over the last one, the disk's index, or none."""
        view = None
        if self._state is not None:
            view = self._state.snapshot.over(found, most=_AT_ONCE)
        elif self._index is not None:
            view = self._index.held(found, most=_AT_ONCE)
        return scan(found) if view is None and len(found) <= _AT_ONCE else view

    def _view(self, found: tuple[Document, ...]) -> Snapshot:
        if self._index is None:
            return scan(found)
        try:
            return self._index.snapshot(found)
        except Exception as error:  # noqa: BLE001 - whatever its files do, it is only a cache
            _log.warning("检索索引无法写入，改为逐篇查找：%s", error)
            return scan(found)


def _opened(folder: Path) -> SearchIndex:
    # The index library loads with the first search: a build never needs it.
    from portal.search.whoosh_index import SearchIndex

    return SearchIndex(folder)
