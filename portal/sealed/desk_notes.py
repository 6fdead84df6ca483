"""Notes that the desk signs for the public side: what it has taken, what it has deleted.

taken/<name>.sealed     {"about": "taken", "name": …, "sha256": …, "signature": …}
outbox/<lookup>.gone    {"about": "gone", "lookup": …, "signature": …}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.errors import PortalError
from portal.ledger.statements import read_statement, statement
from portal.sealed.dropbox import GONE, read_small

if TYPE_CHECKING:
    from pathlib import Path

    from portal.ledger.signing import SigningKey


def taken_note(key: SigningKey, name: str, sha256: str) -> bytes:
    """The desk has an envelope, with this digest."""
    return statement(key, "taken", {"name": name, "sha256": sha256})


def gone_note(key: SigningKey, lookup: str) -> bytes:
    """The desk has deleted a case: what the public side still holds of it is to go."""
    return statement(key, "gone", {"lookup": lookup})


def noted_digest(path: Path, public: str) -> str | None:
    """The digest that a signed note names for its envelope; None where the desk signed no such."""
    try:
        note = read_statement(read_small(path), "taken", public)
    except (OSError, PortalError):
        return None
    return str(note.get("sha256", "")) if note.get("name") == path.name else None


def is_gone(path: Path, public: str) -> bool:
    """Whether the desk signed that a case has been deleted."""
    try:
        note = read_statement(read_small(path), "gone", public)
    except (OSError, PortalError):
        return False
    return bool(note.get("lookup") == path.name.removesuffix(GONE))


def head_time(path: Path, public: str) -> str:
    """When the desk noted the head of its audit trail; empty where it signed no such note."""
    try:
        return str(read_statement(read_small(path), "head", public).get("at", ""))
    except (OSError, PortalError):
        return ""
