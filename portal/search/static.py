"""The static index: everything a browser needs to answer a query without a server.

    index.bin        what can be found: for each document its kind, county and so on, the
                     names of the filters' values, and whole the texts of the fixed pages and of
                     the newest notices
    shard/<n>.bin    postings of the other notices (`portal.search.shards`)
    doc/<n>.bin      the texts of `TEXTS` of those notices, to check hits against and to show them

All are gzip with a fixed time, so that they are small whatever the server does. Notices are
numbered from the oldest. The newest, ten and what is too few for a block of `BLOCK`, are not in the
shards: the browser looks at their texts, which most often are the first page of results, and one
more notice changes index.bin alone, and the shards it touches only when a block is full. The files
are a function of the documents, not of what was built before.

They are kept in one SQLite file with the folded texts, so that an update reads and writes no more
than what changed, and packed when they are read. It is a cache: a damaged or foreign file is
replaced.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from portal.content.record.transactions import closed_with, immediate
from portal.search import analysis
from portal.search.columns import columns
from portal.search.shards import changed, changes, encode, invert, join, pack, shard_count, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portal.search.documents import Document
    from portal.search.shards import Edit, Postings

BLOCK = 16
"""Notices that enter the shards at a time."""

WHOLE = 10
"""The newest notices that never are in the shards: a page of results."""

TEXTS = 2
"""Notices whose texts are in one file."""

_FORMAT = 2
_MANY = 20
"""An update of more than one notice in this many is a rebuild."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE doc (path TEXT PRIMARY KEY, digest TEXT, folded TEXT, data BLOB);
CREATE TABLE shard (number INTEGER PRIMARY KEY, digest TEXT, data BLOB);
CREATE TABLE base (number INTEGER PRIMARY KEY, path TEXT, digest TEXT);
"""


if TYPE_CHECKING:
    Read = Callable[[Sequence[Document]], Iterable["Prepared"]]
    Task = Callable[[int, int], Postings]
    Spread = Callable[[Task, int], Iterable[tuple[int, Postings]]]


class Prepared(NamedTuple):
    """A document's text as it is kept: folded for postings, as compressed JSON for the browser."""

    path: str
    digest: str
    folded: str
    data: bytes


def prepare(document: Document) -> Prepared:
    """Read a document's text."""
    text = document.text
    segments: list[object] = []
    for anchor, group in groupby(text.segments, key=lambda segment: segment.anchor):
        texts = [segment.text for segment in group]
        segments += [[anchor, *texts]] if anchor else texts
    day = document.published.date().isoformat() if document.published else ""
    data = zlib.compress(_json([document.path, text.title, day, segments]), 1)
    return Prepared(document.path, document.digest, text.folded, data)


def read_here(stale: Sequence[Document]) -> Iterator[Prepared]:
    """Read documents' texts in this process."""
    return map(prepare, stale)


def invert_here(task: Task, count: int) -> Iterator[tuple[int, Postings]]:
    """Invert texts in this process."""
    yield 0, task(0, count)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def in_shards(notices: int) -> int:
    """How many of some notices are in the shards, the oldest."""
    return max(0, notices - WHOLE) // BLOCK * BLOCK


def shards_of(notices: int) -> int:
    """How many shards an index of some notices has; the search page tells the browser."""
    return shard_count(in_shards(notices))


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()[:16]


class StaticIndex:
    """The files, kept in a SQLite file. `version` names the program: another one rebuilds all."""

    def __init__(self, path: Path, version: str = "") -> None:
        self._path = path
        self._version = f"{_FORMAT} {analysis.VERSION} {version}".encode()
        self._connection: sqlite3.Connection | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            opened = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            self._connection = closed_with(self, opened)
            self._connection.execute("PRAGMA synchronous = OFF")  # a cache
        return self._connection

    def close(self) -> None:
        """Close the file; the next use opens it again, as in a forked process."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def update(
        self,
        documents: Sequence[Document],
        labels: Mapping[str, Mapping[str, str]],
        read: Read = read_here,
        spread: Spread = invert_here,
    ) -> dict[str, str]:
        """Bring the files up to date; the name of each with a fingerprint of its content.

        `documents` run as `portal.search.documents` gives them. `read` reads the texts of those
        that are new or changed, `spread` does a task for all of so many texts, giving each part's
        first number with its result; both perhaps in several processes.
        """
        try:
            return self._update(documents, labels, read, spread)
        except (sqlite3.DatabaseError, zlib.error, KeyError, TypeError, IndexError):
            # Damaged: files of the cache can be lost or cut off, or be of another make.
            self.close()
            self._path.unlink(missing_ok=True)
            return self._update(documents, labels, read, spread)

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None where there is no such file."""
        kind, _, number = name.removesuffix(".bin").partition("/")
        if name == "index.bin":
            return pack(self._get("index")) if self._get("index") else None
        if not (number.isascii() and number.isdecimal()):
            return None
        if kind == "shard":
            row = self._db.execute("SELECT data FROM shard WHERE number = ?", (number,)).fetchone()
            return pack(row[0]) if row else None
        if kind == "doc":
            first = int(number) * TEXTS
            rows = self._db.execute(
                "SELECT data FROM base JOIN doc USING (path)"
                " WHERE number BETWEEN ? AND ? ORDER BY number",
                (first, first + TEXTS - 1),
            )
            texts = [zlib.decompress(data) for (data,) in rows]
            return pack(b"[" + b",".join(texts) + b"]") if texts else None
        return None

    def _update(
        self,
        documents: Sequence[Document],
        labels: Mapping[str, Mapping[str, str]],
        read: Read,
        spread: Spread,
    ) -> dict[str, str]:
        dated = [d for d in reversed(documents) if d.published is not None]
        fixed = [d for d in documents if d.published is None]
        base = dated[: in_shards(len(dated))]
        with immediate(self._db):
            self._lay_out()
            before = self._base_texts(base)
            self._store(documents, read)
            self._postings(base, before, spread)
            index = self._index(base, dated[len(base) :], fixed, labels)
            self._put("index", index)
            files = self._files()
        return files | {"index.bin": _digest(index)}

    def _lay_out(self) -> None:
        """Start afresh unless the file is of this program's make."""
        tables = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
        if "meta" in tables and self._get("version") == self._version:
            return
        for name in ("meta", "doc", "shard", "base"):
            self._db.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in _SCHEMA.split(";"):
            self._db.execute(statement)
        self._put("version", self._version)

    def _get(self, key: str) -> bytes:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return bytes(row[0]) if row else b""

    def _put(self, key: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _base_texts(self, base: Sequence[Document]) -> dict[int, str | None] | None:
        """Old texts of the notices whose postings change, by number; None: too many to patch."""
        known = self._db.execute("SELECT number, path, digest FROM base ORDER BY number").fetchall()
        wanted = [(number, d.path, d.digest) for number, d in enumerate(base)]
        if known == wanted:
            return {}
        shards = self._db.execute("SELECT count(*) FROM shard").fetchone()[0]
        paths_stay = all(old[1] == new[1] for old, new in zip(known, wanted, strict=False))
        differing = [new for old, new in zip(known, wanted, strict=False) if old != new]
        added = wanted[len(known) :]
        few = (len(differing) + len(added)) * _MANY <= len(known)
        if shards != shard_count(len(base)) or not paths_stay or len(known) > len(base) or not few:
            return None
        return {n: self._folded(path) for n, path, _ in differing} | {n: None for n, _, _ in added}

    def _folded(self, path: str) -> str:
        row = self._db.execute("SELECT folded FROM doc WHERE path = ?", (path,)).fetchone()
        return str(row[0])

    def _store(self, documents: Sequence[Document], read: Read) -> None:
        """Keep the texts of exactly these documents."""
        held = dict(self._db.execute("SELECT path, digest FROM doc"))
        gone = held.keys() - {document.path for document in documents}
        self._db.executemany("DELETE FROM doc WHERE path = ?", [(path,) for path in gone])
        stale = [document for document in documents if held.get(document.path) != document.digest]
        if stale:
            self._db.executemany("INSERT OR REPLACE INTO doc VALUES (?, ?, ?, ?)", read(stale))

    def _postings(
        self, base: Sequence[Document], before: Mapping[int, str | None] | None, spread: Spread
    ) -> None:
        if before is None:
            texts = [self._folded(document.path) for document in base]
            parts = spread(lambda first, last: invert(texts[first:last], first), len(texts))
            postings = join(part for _, part in sorted(parts, key=itemgetter(0)))
            shards = map(encode, split(postings, shard_count(len(base))))
            self._db.execute("DELETE FROM shard")
            self._put_shards(enumerate(shards))
        elif before:
            edits: list[Edit] = [
                (number, old, self._folded(base[number].path))
                for number, old in sorted(before.items())
            ]
            touched = changes(edits, shard_count(len(base)))
            self._put_shards((n, changed(self._shard(n), some)) for n, some in touched.items())
        if before is None or before:
            self._db.execute("DELETE FROM base")
            rows = [(number, d.path, d.digest) for number, d in enumerate(base)]
            self._db.executemany("INSERT INTO base VALUES (?, ?, ?)", rows)

    def _shard(self, number: int) -> bytes:
        row = self._db.execute("SELECT data FROM shard WHERE number = ?", (number,)).fetchone()
        return bytes(row[0])

    def _put_shards(self, shards: Iterable[tuple[int, bytes]]) -> None:
        rows = ((number, _digest(data), data) for number, data in shards)
        self._db.executemany("INSERT OR REPLACE INTO shard VALUES (?, ?, ?)", rows)

    def _files(self) -> dict[str, str]:
        """Every file but index.bin."""
        shards = self._db.execute("SELECT number, digest FROM shard ORDER BY number")
        found = {f"shard/{number}.bin": digest for number, digest in shards}
        texts = self._db.execute("SELECT path, digest FROM base ORDER BY number").fetchall()
        for first in range(0, len(texts), TEXTS):
            some = (part for text in texts[first : first + TEXTS] for part in text)
            found[f"doc/{first // TEXTS}.bin"] = _digest(*some)
        return found

    def _index(
        self,
        base: Sequence[Document],
        recent: Sequence[Document],
        fixed: Sequence[Document],
        labels: Mapping[str, Mapping[str, str]],
    ) -> bytes:
        texts = (zlib.decompress(self._data(document.path)) for document in (*recent, *fixed))
        return _json(
            {
                "shards": shard_count(len(base)),
                "base": len(base),
                "notices": len(base) + len(recent),
                "labels": {facet: list(names.items()) for facet, names in labels.items()},
                "columns": columns((*base, *recent, *fixed), labels),
                "texts": [json.loads(text) for text in texts],
            }
        )

    def _data(self, path: str) -> bytes:
        row = self._db.execute("SELECT data FROM doc WHERE path = ?", (path,)).fetchone()
        return bytes(row[0])
