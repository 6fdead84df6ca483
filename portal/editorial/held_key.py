"""The ledger's key, unlocked for a session and forgotten: in the memory of one process only."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from portal.ledger.signing import load_key, needs_passphrase

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from portal.ledger.signing import SigningKey


class HeldKey:
    """The key at `path`. The passphrase is not kept; a restart forgets the key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._key: SigningKey | None = None
        self._until: datetime | None = None

    def unlock(self, passphrase: str, until: datetime) -> None:
        """Hold the key until an instant, or longer where it is held longer; RequestError."""
        key = load_key(self.path, passphrase or None)
        with self._lock:
            self._key = key
            self._until = max(until, self._until) if self._until else until

    def key(self, now: datetime) -> SigningKey | None:
        """The key, as long as it is held; one without a passphrase always (a demonstration's)."""
        with self._lock:
            if self._until and now >= self._until:
                self._key = self._until = None
            if self._key is not None:
                return self._key
        if self.path.exists() and not needs_passphrase(self.path):
            return load_key(self.path)
        return None

    def lasts(self, now: datetime, until: datetime) -> bool:
        """Whether the key that is held now will still be there at a later instant."""
        if self.key(now) is None:
            return False
        with self._lock:
            return self._until is None or until < self._until

    def forget(self) -> None:
        """Drop it at once."""
        with self._lock:
            self._key = self._until = None
