"""Pages shown again (`portal.web.shown_again`) in the database that public hosts share.

A page that answers a form is asked for by a second request, which may come to another host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.submission.form_database import Connection, FormDatabase

_PUT = "INSERT INTO form_pages VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class SharedPages:
    """The pages of two turns, sealed under keys of the browsers that may see them."""

    database: FormDatabase

    def put(self, turn: int, place: str, data: bytes, most: int) -> bool:
        """Keep a page; not where there are `most` already."""

        def act(db: Connection) -> bool:
            db.execute("DELETE FROM form_pages WHERE turn < %s", (turn - 1,))
            row = db.execute("SELECT count(*) FROM form_pages WHERE turn = %s", (turn,)).fetchone()
            if row is None or row[0] >= most:
                return False
            db.execute(_PUT, (turn, place, data))
            return True

        return self.database.run(act)

    def get(self, turn: int, place: str) -> bytes | None:
        """A kept page."""
        asked = "SELECT data FROM form_pages WHERE turn = %s AND place = %s"
        row = self.database.run(lambda db: db.execute(asked, (turn, place)).fetchone())
        return bytes(row[0]) if row else None
