"""Drafts in the database that public hosts share, so that any host goes on with any form.

What lies there is sealed as in a folder (`portal.submission.form_drafts`); an upload in parts of a
megabyte, so that none is ever held as a whole. Drafts go after half a day, with the saves of
others.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.machine.closed_files import NEW_FILE
from portal.submission.spool import SpoolReader

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from portal.submission.form_database import Connection, FormDatabase
    from portal.submission.spool import Spooled, SpoolFile

_OWN = "draft"
_PART = 1 << 20
_AGE = "12 hours"
_PUT = """
INSERT INTO form_drafts (draft, name, part, data) VALUES (%s, %s, %s, %s)
ON CONFLICT (draft, name, part) DO UPDATE SET data = excluded.data, touched = now()
"""


@dataclass(frozen=True, slots=True)
class SharedDrafts:
    """A `DraftPlace` in the database; in `tmp` a file is unpacked, still sealed, to be read."""

    database: FormDatabase
    tmp: Path

    def write(self, draft: str, data: bytes, named: Collection[str]) -> None:
        """As `DraftPlace.write`; what is old goes by the way."""

        def act(db: Connection) -> None:
            db.execute("DELETE FROM form_drafts WHERE touched < now() - %s::interval", (_AGE,))
            db.execute(_PUT, (draft, _OWN, 0, data))
            db.execute(
                "DELETE FROM form_drafts WHERE draft = %s AND name <> ALL(%s)",
                (draft, [_OWN, *named]),
            )
            db.execute("UPDATE form_drafts SET touched = now() WHERE draft = %s", (draft,))

        self.database.run(act)

    def read(self, draft: str) -> tuple[bytes, set[str]]:
        """As `DraftPlace.read`."""

        def act(db: Connection) -> tuple[bytes, set[str]]:
            asked = "SELECT data FROM form_drafts WHERE draft = %s AND name = %s"
            row = db.execute(asked, (draft, _OWN)).fetchone()
            if row is None:
                raise FileNotFoundError(draft)
            names = db.execute("SELECT DISTINCT name FROM form_drafts WHERE draft = %s", (draft,))
            return bytes(row[0]), {str(name) for (name,) in names}

        return self.database.run(act)

    def adopt(self, draft: str, name: str, spool: SpoolFile) -> Spooled:
        """As `DraftPlace.adopt`; the spool's own file goes when the upload is closed."""
        spooled = spool.finish()

        def act(db: Connection) -> None:
            with spooled.path.open("rb") as file:
                part = 0
                while data := file.read(_PART):
                    db.execute(_PUT, (draft, name, part, data))
                    part += 1

        self.database.run(act)
        return spooled

    def open(self, draft: str, name: str, key: bytes, size: int) -> SpoolReader:
        """As `DraftPlace.open`."""
        path = self.tmp / f"{secrets.token_hex(16)}.spool"
        descriptor = os.open(path, NEW_FILE, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                self.database.run(lambda db: _unpack(db, draft, name, out.fileno()))
            return SpoolReader(path, key, size)  # holds the file open, which has no name any more
        finally:
            path.unlink()

    def discard(self, draft: str) -> None:
        """As `DraftPlace.discard`."""
        self.database.run(lambda db: db.execute(_DISCARD, (draft,)))

    def sweep(self, now: float, age: float) -> int:
        """As `DraftPlace.sweep`."""
        asked = "DELETE FROM form_drafts WHERE touched < to_timestamp(%s) RETURNING draft"
        gone = self.database.run(lambda db: db.execute(asked, (now - age,)).fetchall())
        return len(set(gone))


_DISCARD = "DELETE FROM form_drafts WHERE draft = %s"


def _unpack(db: Connection, draft: str, name: str, out: int) -> None:
    """From the beginning: the database may be asked twice."""
    os.lseek(out, 0, os.SEEK_SET)
    os.ftruncate(out, 0)
    asked = "SELECT data FROM form_drafts WHERE draft = %s AND name = %s AND part = %s"
    part = 0
    while row := db.execute(asked, (draft, name, part), binary=True).fetchone():
        os.write(out, row[0])
        part += 1
    if not part:
        raise FileNotFoundError(name)
