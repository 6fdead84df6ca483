"""Unlocked identities: in memory, for one session, never on disk.

An officer types the passphrase of a window's key once a session; the key ring forgets it at
sign-out, when the session has expired, and when the process ends. It is therefore not shared
between processes: the desk runs as one process with threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from portal.casework.key_store import KeyStore
    from portal.casework.models import Case
    from portal.casework.registering import Scan
    from portal.casework.safety import Examined
    from portal.desk.entry.sessions import Live


@dataclass
class SessionKeys:
    """What one session has unlocked, opened and revealed."""

    until: datetime
    identities: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    opened: set[str] = field(default_factory=set)
    revealed: set[str] = field(default_factory=set)
    copies: set[int] = field(default_factory=set)
    """Proposals whose copy for the main office was opened."""
    examined: dict[str, Examined] = field(default_factory=dict)
    """What was found in files, by their SHA-256: examining takes a moment."""
    scans: dict[str, tuple[Scan, ...]] = field(default_factory=dict, repr=False)
    """Scans of a form that had a fault, by a number in the form; those of the last few forms."""


class KeyRing:
    """The unlocked identities of all sessions of this process."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._held: dict[str, SessionKeys] = {}
        self._lock = Lock()
        self._unlocking = Lock()  # scrypt takes some hundred megabytes: one at a time

    def of(self, live: Live) -> SessionKeys:
        """What a session holds; made on first use, its end moved on with each request."""
        with self._lock:
            held = self._held.setdefault(live.id_hash, SessionKeys(live.until))
            held.until = live.until
            return held

    def identities(self, live: Live, case: Case) -> tuple[str, ...]:
        """The identities that may open a case's envelopes; empty until unlocked."""
        return self.identities_of(live, case.office, case.notice)

    def identities_of(self, live: Live, office: str, notice: str) -> tuple[str, ...]:
        """The same of any office and window."""
        identity = self.of(live).identities.get((office, notice))
        return (identity,) if identity else ()

    def unlock(self, live: Live, case: Case, passphrase: str) -> None:
        """Unlock the key of a case's office and window; SealError for a wrong passphrase."""
        self.unlock_of(live, case.office, case.notice, passphrase)

    def unlock_of(self, live: Live, office: str, notice: str, passphrase: str) -> None:
        """The same of any office and window."""
        with self._unlocking:
            identity = self._keys.identity(office, notice, passphrase)
        self._keys.show_signing(office, notice, identity)
        self.of(live).identities[office, notice] = identity

    def forget(self, id_hash: str) -> None:
        """Drop what a session holds."""
        with self._lock:
            self._held.pop(id_hash, None)

    def purge(self, now: datetime) -> None:
        """Drop what expired sessions hold."""
        with self._lock:
            for id_hash in [key for key, held in self._held.items() if now >= held.until]:
                del self._held[id_hash]
