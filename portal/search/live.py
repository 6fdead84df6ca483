"""The live search: keeps the documents and their index in step with the catalogue and the time."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock, Thread
from typing import TYPE_CHECKING

from portal.search.documents import documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from portal.content.catalogue import Catalogue
    from portal.content.index import Index
    from portal.search.documents import Document
    from portal.search.whoosh_index import SearchIndex, Snapshot

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
        return self.catalogue is catalogue and self.index is catalogue.index(at)


class LiveSearch:
    """Gives the view to search in; with a folder it keeps an index there, without one it scans.

    A visitor never waits for a great many texts to be read: meanwhile the view before them serves,
    and where there is none yet, None says so.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._index = _opened(folder) if folder else None
        self._state: _State | None = None
        self._lock = Lock()
        self._reading: Thread | None = None

    def snapshot(self, catalogue: Catalogue, at: datetime) -> Snapshot | None:
        """The view for a catalogue at an instant, or None while the first one is being made."""
        state = self._state
        if state is not None and state.holds(catalogue, at):
            return state.snapshot
        if not self._lock.acquire(blocking=state is None):
            return state.snapshot if state else None
        try:
            state = self._state
            if state is None or not state.holds(catalogue, at):
                self._renew(catalogue, at)
        finally:
            self._lock.release()
        return self._state.snapshot if self._state else None

    def _renew(self, catalogue: Catalogue, at: datetime) -> None:
        if self._reading is not None and self._reading.is_alive():
            return
        found = documents(catalogue, at)

        def read() -> None:
            self._state = _State(catalogue, catalogue.index(at), self._view(found))

        if len(found) <= _AT_ONCE or self._missing(found) <= _AT_ONCE:
            read()
        else:
            _log.info("检索索引要读入%d篇，在后台进行", len(found))
            self._reading = Thread(target=read, name="search-index", daemon=True)
            self._reading.start()

    def _missing(self, found: tuple[Document, ...]) -> int:
        return self._index.missing(found) if self._index else len(found)

    def _view(self, found: tuple[Document, ...]) -> Snapshot:
        from portal.search.whoosh_index import scan

        if self._index is None:
            return scan(found)
        try:
            return self._index.snapshot(found)
        except OSError as error:
            _log.warning("检索索引无法写入，改为逐篇查找：%s", error)
            return scan(found)


def _opened(folder: Path) -> SearchIndex:
    # The index library loads with the first search: a build never needs it.
    from portal.search.whoosh_index import SearchIndex

    return SearchIndex(folder)
