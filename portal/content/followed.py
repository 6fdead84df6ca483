"""A catalogue that follows its files: what changes is read beside the requests, then swapped in."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sqlite3
import weakref
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from portal.content.catalogue import Catalogue
from portal.content.forking import uncut
from portal.content.record.changes import Folders
from portal.content.record.notice_store import NoticeStore
from portal.content.record.refreshing import GENERATION, refresh
from portal.content.record.stamps import program_stamp
from portal.content.record.stored_parts import stored_parts
from portal.content.record.stored_shelf import StoredShelf
from portal.domain.unrecorded import Unrecorded
from portal.errors import BuildError, PortalError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_log = logging.getLogger(__name__)

_SECONDS = 2.0
_PATIENCE = 120
"""Seconds: another process of the same site may be reading ten thousand notices into the store."""
_SHARE = 20
"""Looking may take one in so many seconds: with very many files it is done less often."""


class FollowedCatalogue:
    """Call it for the current catalogue; a thread of its own looks at the files every two seconds.

    Heads are kept in memory, texts in a store below the folder `kept`, which several processes may
    share; without one, or where it cannot be written, in a temporary folder. `failed` is told once
    when new files cannot be used; the catalogue before them stays. The first load raises
    ContentError. `ticks` is a steady clock in seconds.
    """

    def __init__(
        self,
        content: Sequence[Path],
        notices: Sequence[Path],
        *,
        ticks: Callable[[], float],
        failed: Callable[[PortalError], None],
        base_url: str | None = None,
        unrecorded: Unrecorded = Unrecorded.LEFT_OUT,
        kept: Path | None = None,
    ) -> None:
        self._folders = Folders(tuple(content), tuple(notices), base_url, unrecorded)
        self._failed, self._fault = failed, ""
        self._path = self._place(kept)
        self._lock = Lock()
        self._generation = ""
        self._ticks = ticks
        self._process, self._watching = os.getpid(), False
        self._current = self._first()

    def _first(self) -> Catalogue:
        try:
            return self._take()
        except (sqlite3.OperationalError, OSError) as error:
            _log.warning("公告缓存无法写入，改用临时文件夹：%s", error)
            self._path = self._place(None)
        except sqlite3.DatabaseError as error:
            _log.warning("公告缓存已损坏，重新读入：%s", error)
            self._drop()
        return self._take()

    def _place(self, kept: Path | None) -> Path:
        """Where the store lies: a file for these folders and this program, others are removed."""
        if kept is None:
            folder = mkdtemp(prefix="portal-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            return Path(folder) / "notices.sqlite"
        folders = hashlib.sha256(repr(self._folders).encode()).hexdigest()[:12]
        path = kept / f"notices-{folders}-{program_stamp()[:12]}.sqlite"
        for other in kept.glob(f"notices-{folders}-*"):
            if not other.name.startswith(path.name):
                other.unlink(missing_ok=True)
        return path

    def _drop(self) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)

    def _take(self) -> Catalogue:
        """Bring the store up to date and take what it then holds, for as long as that is shown."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(NoticeStore(self._path)) as store:
            store.share(_PATIENCE)
            store.ready()
            refresh(store, self._folders)
            generation = store.get(GENERATION)
        if generation == self._generation:
            return self._current
        reader = NoticeStore(self._path, threads=True)
        reader.hold()
        shelf = StoredShelf(reader.heads(), reader)
        catalogue = Catalogue(stored_parts(reader), shelf)
        weakref.finalize(shelf, reader.close)
        self._generation = reader.get(GENERATION)
        return catalogue

    def refresh(self) -> None:
        """Look at the files now; what of them cannot be used is told and left out."""
        with self._lock:
            try:
                found = self._take()
                if found is not self._current:
                    found.shelf.ready_for(self._current.shelf)  # not in the first visitor's request
                self._current, self._fault = found, ""
            except PortalError as error:
                self._tell(error)
            except sqlite3.OperationalError as error:
                _log.warning("公告缓存暂时不能用：%s", error)
            except sqlite3.DatabaseError as error:
                _log.warning("公告缓存已损坏，重新读入：%s", error)
                self._drop()
            except OSError as error:
                _log.warning("公告文件正在改动，稍后再读：%s", error)

    def _tell(self, error: PortalError) -> None:
        fault = repr((error, getattr(error, "issues", ())))
        if fault != self._fault and not isinstance(error, BuildError):
            self._failed(error)
        self._fault = fault

    def __call__(self) -> Catalogue:
        """The catalogue of the files as they are, or as they last were good."""
        if self._process != os.getpid():  # neither threads nor connections outlive a fork
            self._process, self._watching = os.getpid(), False
            self._generation, self._lock = "", Lock()
            self.refresh()
        if not self._watching:
            self._watching = True
            Thread(target=_follow, args=(weakref.ref(self),), name="followed", daemon=True).start()
        return self._current

    def present(self) -> Catalogue:
        """The catalogue of the files as they are now; nobody follows them for it."""
        self.refresh()
        return self._current

    def pause(self) -> float:
        """Look at the files; seconds until the next look."""
        begun = self._ticks()
        self.refresh()
        return max(_SECONDS, (self._ticks() - begun) * _SHARE)


def _follow(followed: weakref.ref[FollowedCatalogue]) -> None:
    """Look at the files again and again, as long as anybody has the catalogue."""
    seconds, never = _SECONDS, Event()
    while True:
        never.wait(seconds)
        catalogue = followed()
        if catalogue is None:
            return
        with uncut():
            seconds = catalogue.pause()
        del catalogue
