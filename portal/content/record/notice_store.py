"""The store of read notices: one SQLite file, written by whoever reads the folders."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from typing import TYPE_CHECKING, ClassVar

from portal.content.heads import Head
from portal.content.record.stamps import Stamps
from portal.content.record.transactions import closed_with, immediate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from portal.content.record.stamps import Packed

SOURCES = "sources"
"""The name of the stamps of what people edit."""
LEFT_OUT = "left out"
"""The fact that names the folders whose present text is not shown: {folder: [slug, why]}."""

_SUM = 8


class DamagedRecord(sqlite3.DatabaseError):
    """What was read back is not what was kept: the record is dropped and made again."""


def summed(data: bytes) -> bytes:
    """Bytes with their sum before them, by which `checked` knows them again."""
    return hashlib.blake2b(data, digest_size=_SUM).digest() + data


def checked(data: bytes) -> bytes:
    """What `summed` was given. What unpacks it may crash or worse on anything else."""
    rest = data[_SUM:]
    if hashlib.blake2b(rest, digest_size=_SUM).digest() != data[:_SUM]:
        raise DamagedRecord("a text is not what was kept")
    return rest


class NoticeStore:
    """One connection; open a new one in each process.

    `notice` has the head of each text of a notice, `text` the text itself under its name
    (slug@digest), twice: as lists show it, and whole.
    """

    SCHEMA: ClassVar[str] = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE notice (slug TEXT, folder TEXT, published REAL, updated TEXT, kind TEXT,
    county TEXT, edition TEXT, year INTEGER, amends TEXT, opens REAL, closes REAL,
    acts TEXT, digest TEXT, own TEXT, since REAL, until REAL, PRIMARY KEY (slug, digest));
CREATE TABLE text (name TEXT PRIMARY KEY, listed BLOB, data BLOB);
"""

    def __init__(self, path: Path, *, threads: bool = False) -> None:
        """Open or create a file; with `threads` any thread may use the connection."""
        self.path = path
        opened = sqlite3.connect(
            path, isolation_level=None, timeout=10, check_same_thread=not threads
        )
        self._db = closed_with(self, opened)
        # A lost cache costs one full build, so it need not be forced to the disk; a torn one is
        # found by SQLite's journal.
        self._db.execute("PRAGMA synchronous = OFF")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def ready(self) -> bool:
        """Whether the file has this format; a fresh or another one is laid out anew."""
        wanted = zlib.crc32(self.SCHEMA.encode()) >> 1
        if self._db.execute("PRAGMA user_version").fetchone()[0] == wanted:
            return True
        with self.transaction():
            names = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                self._db.execute(f'DROP TABLE "{name}"')
            for statement in self.SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {wanted}")
        return False

    def share(self, patience: int) -> None:
        """Let readers hold on to what they began with while one writes, and writers take turns.

        `patience`: for how many seconds a writer waits for its turn.
        """
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA busy_timeout = {1000 * patience}")

    def hold(self) -> None:
        """From now on show what stands now, whatever others write, until the store is closed."""
        self._db.execute("BEGIN")
        self._db.execute("SELECT 1 FROM meta LIMIT 1").fetchone()

    def transaction(self) -> AbstractContextManager[None]:
        """All of the block, or nothing of it."""
        return immediate(self._db)

    def get(self, key: str) -> str:
        """A text fact, or the empty string."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def get_bytes(self, key: str) -> bytes:
        """A binary fact, or nothing."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return checked(row[0]) if row else b""

    def put(self, key: str, value: str | bytes) -> None:
        """Keep a fact."""
        value = value if isinstance(value, str) else summed(value)
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def stamps(self, name: str) -> Stamps:
        """Stamps kept under a name."""
        return Stamps.unpack(self.get_bytes(f"{name}.paths"), self.get_bytes(f"{name}.values"))

    def put_stamps(self, name: str, packed: Packed) -> None:
        """Keep stamps under a name."""
        paths, values = packed
        self.put(f"{name}.paths", paths)
        self.put(f"{name}.values", values)

    def heads(self) -> list[Head]:
        """The heads of all notices, in no order."""
        return [Head._make(row) for row in self._db.execute("SELECT * FROM notice")]

    def put_notices(self, notices: Iterable[tuple[Head, bytes, bytes]]) -> None:
        """Keep notices with their heads, once without and once with their texts."""
        for head, listed, data in notices:
            marks = ", ".join("?" * len(head))
            self._db.execute(f"INSERT OR REPLACE INTO notice VALUES ({marks})", head)  # noqa: S608 - only marks
            self._db.execute(
                "INSERT OR REPLACE INTO text VALUES (?, ?, ?)",
                (head.text, summed(listed), summed(data)),
            )

    def drop_notices(self, slugs: Iterable[str] | None = None) -> None:
        """Forget notices, all without an argument."""
        if slugs is None:
            self._db.execute("DELETE FROM notice")
            self._db.execute("DELETE FROM text")
            return
        rows = [(slug,) for slug in slugs]
        self._db.executemany("DELETE FROM notice WHERE slug = ?", rows)
        # Names of texts are slug@digest, and A follows @.
        names = [(f"{slug}@", f"{slug}A") for (slug,) in rows]
        self._db.executemany("DELETE FROM text WHERE name > ? AND name < ?", names)

    def notice(self, name: str) -> bytes:
        """A notice as it was kept; KeyError when it was not."""
        row = self._db.execute("SELECT data FROM text WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return checked(row[0])

    def listed(self, names: Sequence[str]) -> dict[str, bytes]:
        """Some notices without their texts, by name."""
        marks = ", ".join("?" * len(names))
        query = f"SELECT name, listed FROM text WHERE name IN ({marks})"  # noqa: S608 - only marks
        return {name: checked(data) for name, data in self._db.execute(query, names)}
