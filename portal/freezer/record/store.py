"""Store: what the last builds read and showed, in one SQLite file of the cache.

Two kinds of facts with different lives: the parsed notices are true whatever happened to the
output and are saved at once; what the published tree shows is saved only after the tree was
swapped in, in the same transaction that forgets which keys were dirty. A build that dies in
between leaves the dirty keys, so the next one renders the pages again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from portal.content.record.notice_store import LEFT_OUT, NoticeStore, checked, summed
from portal.content.record.stamps import Stamps
from portal.domain.unrecorded import LeftOut
from portal.freezer.artifacts import traits_of, with_traits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.freezer.artifacts import Artifact

# A dirty key by itself: what every page shows has changed.
CORE = "core"


class Store(NoticeStore):
    """One connection; open a new one in each process."""

    SCHEMA = (
        NoticeStore.SCHEMA
        + """
CREATE TABLE html (digest BLOB PRIMARY KEY, html BLOB) WITHOUT ROWID;
CREATE TABLE page (url TEXT PRIMARY KEY, traits TEXT, reads TEXT);
CREATE TABLE answer (key TEXT PRIMARY KEY, fingerprint TEXT) WITHOUT ROWID;
CREATE TABLE output (path BLOB PRIMARY KEY, stamp INTEGER) WITHOUT ROWID;
CREATE TABLE dirty (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
    )

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


def left_out_of(store: Store) -> tuple[LeftOut, ...]:
    """The notices whose present text is not shown, by their folders."""
    found = json.loads(store.get(LEFT_OUT) or "{}")
    return tuple(LeftOut(*found[folder]) for folder in sorted(found))
