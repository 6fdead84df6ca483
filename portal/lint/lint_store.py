"""The lint's cache: what was read and found of each folder, for as long as its files are the same.

It is a cache and no witness: what is about to be published is looked at without it, or with one
that is sealed by a secret of who signs the ledger. It lies in a folder that nobody else may write
to, or it is not opened; each state of the program, the content and the fonts has a file of its own,
and one that is damaged, or sealed otherwise, is made anew.

Folders are kept in shelves, some scores together: reading few large pieces takes a fifth of the
time of reading many small ones, and a change writes only its own shelf.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import sqlite3
import time
import zlib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.content.fonts import FONTS
from portal.content.record.cache_folder import own_folder
from portal.content.record.notice_store import DamagedRecord
from portal.content.record.stamps import program_stamp, source_stamp, walk
from portal.content.record.transactions import closed_with, immediate

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE IF NOT EXISTS listing (folder TEXT PRIMARY KEY, value BLOB);
"""
SHELVES = 64
_PATIENCE = 60
_BATCH = 200
_RACY_NS = 50_000_000
_SUM = 32


def shelf_of(folder: str) -> int:
    """The number of the shelf on which a folder is kept."""
    return zlib.crc32(os.fsencode(folder)) % SHELVES


class LintStore:
    """The cache in a file, or without one a store of this run that nobody else sees.

    With a `seal` only what was kept under the same secret is taken for what was kept, and only
    under its own name and in its own file: nothing can be planted, or moved from elsewhere.
    """

    def __init__(self, path: Path | None = None, seal: bytes = b"") -> None:
        self.kept = path is not None
        self._seal, self._file = seal, path.name if path else ""
        # Without a name SQLite makes a file that goes with the connection.
        opened = sqlite3.connect(path or "", isolation_level=None, timeout=_PATIENCE)
        self._db = closed_with(self, opened)
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(SCHEMA)
        self._new: list[tuple[str, bytes]] = []

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def get(self, name: str) -> Any:
        """A fact, or None."""
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return self._unpacked(name, row[0]) if row else None

    def put(self, name: str, value: object) -> None:
        """Keep a fact, where anything is kept."""
        if self.kept:
            row = (name, self._sealed(name, packed(value)))
            self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", row)

    def put_listing(self, folder: str, listing: bytes, digest: str = "") -> None:
        """Have the packed list of a folder at hand, in this run at least; see `Head.digest`."""
        self._new.append((folder, self._sealed(f"list {digest} {folder}", listing)))
        if len(self._new) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the lists that were put."""
        if self._new:
            with immediate(self._db):
                self._db.executemany("INSERT OR REPLACE INTO listing VALUES (?, ?)", self._new)
            self._new.clear()

    def drop_listings(self, folders: Sequence[str]) -> None:
        """Forget the lists of folders."""
        if folders:
            rows = [(folder,) for folder in folders]
            with immediate(self._db):
                self._db.executemany("DELETE FROM listing WHERE folder = ?", rows)

    def listing(self, folder: str, digest: str = "") -> Any:
        """The list of a folder, the very one that was read with what has this digest."""
        query = "SELECT value FROM listing WHERE folder = ?"
        row = self._db.execute(query, (folder,)).fetchone()
        if row is None:
            raise DamagedRecord("a list is not there any more")
        return self._unpacked(f"list {digest} {folder}", row[0])

    def _sealed(self, name: str, data: bytes) -> bytes:
        """Bytes with their sum before them, by which they are known again under their name."""
        return self._sum(name, data) + data

    def _unpacked(self, name: str, data: bytes) -> Any:
        """What was kept; the sum tells other bytes, the folder and the seal keep others out."""
        rest = data[_SUM:]
        if not hmac.compare_digest(self._sum(name, rest), data[:_SUM]):
            raise DamagedRecord("what was read back is not what was kept")
        return pickle.loads(rest)  # noqa: S301

    def _sum(self, name: str, data: bytes) -> bytes:
        said = f"{self._file}\0{name}\0".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(said + data, key=self._seal, digest_size=_SUM).digest()


def packed(value: object) -> bytes:
    """A value of this program as bytes."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def opened(
    folder: Path | None, content: Sequence[Path], notices: Sequence[Path], seal: bytes = b""
) -> LintStore:
    """The store for a tree in a folder; one of this run where there is none that can be kept."""
    key = _key(content, notices) if folder is not None else ""
    if folder is None or not key:
        return LintStore()
    own_folder(folder)
    name = hashlib.sha256(repr([*content, *notices, Path.cwd()]).encode()).hexdigest()[:12]
    path = folder / f"lint-{name}-{key}.sqlite"
    for other in folder.glob(f"lint-{name}-*"):
        if not other.name.startswith(path.name):
            other.unlink(missing_ok=True)
    return LintStore(path, seal)


def forget(folder: Path | None) -> None:
    """Remove all that is kept in a folder."""
    for path in folder.glob("lint-*") if folder is not None else ():
        path.unlink(missing_ok=True)


def _key(content: Sequence[Path], notices: Sequence[Path]) -> str:
    """What all findings depend on besides the notices; "" while it is being written."""
    late = time.time_ns() - _RACY_NS
    told = [program_stamp(), repr([*content, *notices])]
    for path in chain.from_iterable(map(walk, [*map(str, content), str(FONTS)])):
        try:
            found = os.stat(path)  # noqa: PTH116 - of all content
        except OSError:
            continue
        if found.st_ctime_ns > late:
            return ""
        told.append(f"{path} {source_stamp(found)}")
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()[:16]
