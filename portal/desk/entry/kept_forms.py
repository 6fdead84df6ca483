"""What somebody was writing when the session ended: kept sealed until the same person is back.

The key goes to the browser as a cookie and nowhere else, the server keeps what it cannot read:

    <state>/desk/kept/<SHA-256 of the key>

Passwords, passphrases and one-time codes are never kept, nor are files and what leaked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEPT_FOR = timedelta(hours=24)
_SECRET = frozenset(
    {"csrf_token", "passphrase", "password", "code", "old", "new", "again", "kept", "leaked"}
)
_MOST = 200
"""Forms kept at a time: many more are nobody's work."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was sent too late: who wrote it, where it was to go, its fields, its file."""

    username: str
    path: str
    fields: tuple[tuple[str, str], ...]
    at: datetime
    place: str


def is_secret(name: str) -> bool:
    """Whether a field is one that is never kept: forms in a page have a prefix before a hyphen."""
    return name.rpartition("-")[2] in _SECRET


def place_of(key: str) -> str:
    """The name of a form's file, which gives nothing of the key away."""
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True)
class KeptForms:
    """The forms kept in one folder."""

    folder: Path

    def keep(
        self, username: str, path: str, fields: Iterable[tuple[str, str]], now: datetime
    ) -> str:
        """Keep a form; gives the key, or the empty string where there is nothing to keep."""
        kept = [(name, text) for name, text in fields if not is_secret(name)]
        self.sweep(now)
        if not any(text.strip() for _, text in kept) or self._count() >= _MOST:
            return ""
        key = Fernet.generate_key()
        content = [username, path, kept, now.isoformat()]
        closed_folder(self.folder)
        place = self._place(key.decode())
        fresh = place.with_suffix(".new")
        fresh.write_bytes(Fernet(key).encrypt(json.dumps(content, ensure_ascii=False).encode()))
        fresh.replace(place)
        return key.decode()

    def find(self, key: str, username: str, now: datetime) -> KeptForm | None:
        """The form of a key, if this person wrote it not too long ago."""
        try:
            content = json.loads(Fernet(key).decrypt(self._place(key).read_bytes()))
            who, path, fields, at = content
        except (OSError, ValueError, InvalidToken):
            return None
        form = KeptForm(
            str(who),
            str(path),
            tuple((str(name), str(text)) for name, text in fields),
            datetime.fromisoformat(at),
            place_of(key),
        )
        fresh = now - form.at < KEPT_FOR
        return form if fresh and form.username == username else None

    def holds(self, key: str) -> bool:
        """Whether there is a form of a key, whoever wrote it."""
        return self._place(key).exists()

    def drop(self, key: str) -> None:
        """Forget a form."""
        self._place(key).unlink(missing_ok=True)

    def sweep(self, now: datetime) -> None:
        """Forget forms that nobody came back for."""
        oldest = (now - KEPT_FOR).timestamp()
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _count(self) -> int:
        return sum(1 for _ in self.folder.glob("*")) if self.folder.is_dir() else 0

    def _place(self, key: str) -> Path:
        return self.folder / place_of(key)
