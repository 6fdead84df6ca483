"""The key pair of backups: its public half on every machine, its identity kept away from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.casework.identities import new_identity, protect, unprotect
from portal.casework.key_store import require_strength
from portal.errors import RequestError
from portal.machine.closed_files import write_closed
from portal.sealed.suites import recipient_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

_AGE = b"age-encryption.org/v1"
_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how one begins


def new_backup_key(path: Path, passphrase: str, at: datetime) -> str:
    """Write a new identity under a passphrase, as `age -p` does; returns its public half."""
    require_strength(passphrase)
    identity, public = new_identity()
    text = f"# backup\n# created: {at.isoformat()}\n# public key: {public}\n{identity}\n"
    write_closed(path, protect(text, passphrase))
    return public


def read_backup_key(path: Path, ask: Callable[[str], str]) -> str:
    """The identity in a file, under a passphrase or plain; SealError, RequestError."""
    data = path.read_bytes()
    text = unprotect(data, ask(f"{path} 的口令：")) if data.startswith(_AGE) else _plain(data)
    for line in text.splitlines():
        if line.startswith(_SECRET):
            recipient_of(line)
            return line.strip()
    raise RequestError(f"{path} 里没有备份的密钥")


def _plain(data: bytes) -> str:
    return data.decode("ascii", "replace")
