"""Store: what the last builds read and showed, in one SQLite file of the cache.

Two kinds of facts with different lives: the parsed notices are true whatever happened to the
output and are saved at once; what the published tree shows is saved only after the tree was
swapped in, in the same transaction that forgets which keys were dirty. A build that dies in
between leaves the dirty keys, so the next one renders the pages again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import zlib
from typing import TYPE_CHECKING

from portal.freezer.artifacts import traits_of, with_traits
from portal.freezer.record.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from portal.content.heads import Head
    from portal.freezer.artifacts import Artifact
    from portal.freezer.record.stamps import Packed


class DamagedRecord(sqlite3.DatabaseError):
    """What was read back is not what was kept: the record is dropped and made again."""


_SUM = 8


def summed(data: bytes) -> bytes:
    """Bytes with their sum before them, by which `checked` knows them again."""
    return hashlib.blake2b(data, digest_size=_SUM).digest() + data


def checked(data: bytes) -> bytes:
    """What `summed` was given. What unpacks it may crash or worse on anything else."""
    rest = data[_SUM:]
    if hashlib.blake2b(rest, digest_size=_SUM).digest() != data[:_SUM]:
        raise DamagedRecord("a text is not what was kept")
    return rest


# A dirty key by itself: what every page shows has changed.
CORE = "core"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE notice (slug TEXT PRIMARY KEY, folder TEXT, published REAL, updated TEXT, kind TEXT,
    county TEXT, edition TEXT, year INTEGER, amends TEXT, opens REAL, closes REAL,
    acts TEXT, digest TEXT, own TEXT);
CREATE TABLE text (slug TEXT PRIMARY KEY, listed BLOB, data BLOB);
CREATE TABLE html (digest BLOB PRIMARY KEY, html BLOB) WITHOUT ROWID;
CREATE TABLE page (url TEXT PRIMARY KEY, traits TEXT, reads TEXT);
CREATE TABLE answer (key TEXT PRIMARY KEY, fingerprint TEXT) WITHOUT ROWID;
CREATE TABLE output (path BLOB PRIMARY KEY, stamp INTEGER) WITHOUT ROWID;
CREATE TABLE dirty (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
# A file that was laid out by another schema is laid out anew.
FORMAT = zlib.crc32(_SCHEMA.encode()) >> 1


class Store:
    """One connection; open a new one in each process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None, timeout=10)
        # A lost cache costs one full build, so it need not be forced to the disk; a torn one is
        # found by SQLite's journal.
        self._db.execute("PRAGMA synchronous = OFF")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def ready(self) -> bool:
        """Whether the file has this format; a fresh or another one is laid out anew."""
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == FORMAT:
            return True
        with self.transaction():
            names = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                self._db.execute(f'DROP TABLE "{name}"')
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {FORMAT}")
        return False

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:  # a full disk has ended it already
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

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
        from portal.content.heads import Head  # a build with nothing to do needs none

        return [Head._make(row) for row in self._db.execute("SELECT * FROM notice")]

    def outputs(self) -> Stamps:
        """Stamps of the published files and folders; a build changes few of them."""
        rows = self._db.execute("SELECT path, stamp FROM output")
        return Stamps({os.fsdecode(path): stamp for path, stamp in rows})

    def put_outputs(self, paths: Iterable[str]) -> None:
        """Look at published files and folders and keep their stamps; forget those that are gone."""
        looked = Stamps()
        gone = [(os.fsencode(path),) for path in looked.add_outputs(paths)]
        rows = [(os.fsencode(path), stamp) for path, stamp in sorted(looked.items())]
        self._db.executemany("DELETE FROM output WHERE path = ?", gone)
        self._db.executemany("INSERT OR REPLACE INTO output VALUES (?, ?)", rows)

    def drop_outputs(self) -> None:
        """Forget the stamps of the published tree."""
        self._db.execute("DELETE FROM output")

    def put_notices(self, notices: Iterable[tuple[Head, bytes, bytes]]) -> None:
        """Keep notices with their heads, once without and once with their texts."""
        for head, listed, data in notices:
            marks = ", ".join("?" * len(head))
            self._db.execute(f"INSERT OR REPLACE INTO notice VALUES ({marks})", head)  # noqa: S608 - only marks
            self._db.execute(
                "INSERT OR REPLACE INTO text VALUES (?, ?, ?)",
                (head.slug, summed(listed), summed(data)),
            )

    def drop_notices(self, slugs: Iterable[str] | None = None) -> None:
        """Forget notices, all without an argument."""
        if slugs is None:
            self._db.execute("DELETE FROM notice")
            self._db.execute("DELETE FROM text")
            return
        rows = [(slug,) for slug in slugs]
        self._db.executemany("DELETE FROM notice WHERE slug = ?", rows)
        self._db.executemany("DELETE FROM text WHERE slug = ?", rows)

    def notice(self, slug: str) -> bytes:
        """A notice as it was kept; KeyError when it was not."""
        row = self._db.execute("SELECT data FROM text WHERE slug = ?", (slug,)).fetchone()
        if row is None:
            raise KeyError(slug)
        return checked(row[0])

    def listed(self, slugs: Sequence[str]) -> dict[str, bytes]:
        """Some notices without their texts, by slug."""
        marks = ", ".join("?" * len(slugs))
        query = f"SELECT slug, listed FROM text WHERE slug IN ({marks})"  # noqa: S608 - only marks
        return {slug: checked(data) for slug, data in self._db.execute(query, slugs)}

    def html(self, digest: bytes) -> str | None:
        """HTML kept for a text."""
        row = self._db.execute("SELECT html FROM html WHERE digest = ?", (digest,)).fetchone()
        return checked(row[0]).decode() if row else None

    def put_html(self, texts: Iterable[tuple[bytes, str]]) -> None:
        """Keep HTML of texts."""
        rows = ((digest, summed(html.encode())) for digest, html in texts)
        self._db.executemany("INSERT OR REPLACE INTO html VALUES (?, ?)", rows)

    def drop_html(self) -> None:
        """Forget all HTML, as when the program that made it changed."""
        self._db.execute("DELETE FROM html")

    def pages(self) -> dict[str, str]:
        """For each published URL the keys it read, one a line."""
        return dict(self._db.execute("SELECT url, reads FROM page"))

    def artifacts(self, urls: Iterable[str]) -> list[Artifact]:
        """The artifacts of published URLs."""
        query = "SELECT traits FROM page WHERE url = ?"
        return [with_traits(url, *self._db.execute(query, (url,)).fetchone()) for url in urls]

    def put_pages(self, pages: Iterable[tuple[Artifact, str]], gone: Iterable[str] = ()) -> None:
        """Keep what pages read; forget URLs that are gone."""
        rows = ((artifact.url, traits_of(artifact), reads) for artifact, reads in pages)
        self._db.executemany("DELETE FROM page WHERE url = ?", [(url,) for url in gone])
        self._db.executemany("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", rows)

    def drop_pages(self) -> None:
        """Forget the published tree."""
        self._db.execute("DELETE FROM page")
        self._db.execute("DELETE FROM answer")

    def answers(self) -> dict[str, str]:
        """Fingerprints of the recorded queries' answers, as the published tree shows them."""
        return dict(self._db.execute("SELECT key, fingerprint FROM answer"))

    def put_answers(self, answers: Iterable[tuple[str, str]]) -> None:
        """Keep answers."""
        self._db.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?)", answers)

    def drop_answers(self, keys: Iterable[str]) -> None:
        """Forget answers that no page shows."""
        self._db.executemany("DELETE FROM answer WHERE key = ?", [(key,) for key in keys])

    def dirty(self) -> set[str]:
        """Keys that changed since the published tree was rendered."""
        return {key for (key,) in self._db.execute("SELECT key FROM dirty")}

    def put_dirty(self, keys: Iterable[str]) -> None:
        """Add keys that changed."""
        self._db.executemany("INSERT OR IGNORE INTO dirty VALUES (?)", [(key,) for key in keys])

    def clear_dirty(self) -> None:
        """Every changed key has been shown."""
        self._db.execute("DELETE FROM dirty")
