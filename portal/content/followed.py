"""A catalogue that follows its files: reloaded when they change, kept while they are at fault."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING

from portal.content.loader import load
from portal.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from portal.content.catalogue import Catalogue

_SECONDS = 2.0


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path)
            else:
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size


class LiveCatalogue:
    """Call it for the current catalogue; it looks at the files at most every two seconds.

    `ticks` is a steady clock in seconds. `failed` is told when new files cannot be used; the
    catalogue before them stays. The first load raises ContentError.
    """

    def __init__(
        self,
        content: Sequence[Path],
        notices: Sequence[Path],
        *,
        ticks: Callable[[], float],
        failed: Callable[[PortalError], None],
        base_url: str | None = None,
    ) -> None:
        self._content, self._notices, self._base_url = tuple(content), tuple(notices), base_url
        self._ticks, self._failed = ticks, failed
        self._lock = Lock()
        self._stamp = self._look()
        self._current = load(self._content, self._notices, base_url=base_url)
        self._looked = ticks()

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        """What the files look like; a file that goes while it is looked at counts as a change."""
        try:
            folders = [str(f) for f in (*self._content, *self._notices) if f.is_dir()]
            return tuple(sorted(stamp for folder in folders for stamp in _stamps(folder)))
        except FileNotFoundError:
            return ()

    def __call__(self) -> Catalogue:
        """The catalogue of the files as they are, or as they last were good."""
        if self._ticks() - self._looked < _SECONDS or not self._lock.acquire(blocking=False):
            return self._current
        try:
            self._looked = self._ticks()
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                self._current = load(self._content, self._notices, base_url=self._base_url)
        except PortalError as error:
            self._failed(error)
        finally:
            self._lock.release()
        return self._current
