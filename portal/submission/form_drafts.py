"""Drafts: what a citizen has typed and chosen but not sent, encrypted under a key only they hold.

The 32-byte secret of a draft travels in the form and is stored nowhere; folder name, key and the
future receipt code derive from it. Sending the same draft twice therefore gives the same code.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.domain.objection import FileRole
from portal.domain.receipt_code import CODE_BYTES, ReceiptCode, code_from
from portal.sealed.dropbox import closed_folder
from portal.sealed.receipts import derive
from portal.submission.spool import SpoolFile, SpoolReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SECRET_BYTES = 32
_NONCE = 12
_DRAFT = "draft"


def new_secret() -> bytes:
    """The secret of a fresh draft."""
    return secrets.token_bytes(SECRET_BYTES)


def code_of(secret: bytes) -> ReceiptCode:
    """The receipt code a draft will have once sent."""
    return code_from(derive(secret, "receipt code", CODE_BYTES))


def message_id_of(secret: bytes) -> str:
    """The id a later message will have once sent."""
    return derive(secret, "message id", 8).hex()


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A chosen file: its name in the folder, its key, and what it is."""

    stored: str
    key: str
    name: str
    extension: str
    size: int
    sha256: str
    role: FileRole = FileRole.EVIDENCE


def _file(row: Sequence[Any]) -> DraftFile:
    stored, key, name, extension, size, sha256, role = row
    return DraftFile(stored, key, name, extension, size, sha256, FileRole(role))


@dataclass(frozen=True, slots=True)
class Draft:
    """Form values as they were typed, and the files chosen so far."""

    values: Mapping[str, Sequence[str]]
    files: tuple[DraftFile, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftStore:
    """A folder of drafts; nothing in it can be read without a draft's secret."""

    root: Path

    @property
    def incoming(self) -> Path:
        """Where uploads of running requests are spooled."""
        return self.root / "incoming"

    def prepare(self) -> DraftStore:
        """Create the folders, closed to other users."""
        closed_folder(self.incoming)
        return self

    def spool(self, limit: int) -> SpoolFile:
        """A stream for one upload."""
        return SpoolFile(self.incoming, limit)

    def _folder(self, secret: bytes) -> Path:
        return self.root / f"{derive(secret, 'draft folder', 16).hex()}.d"

    def adopt(
        self, secret: bytes, spool: SpoolFile, name: str, extension: str, role: FileRole
    ) -> DraftFile:
        """Move a finished upload into the draft."""
        folder = self._folder(secret)
        folder.mkdir(mode=0o700, exist_ok=True)
        stored = secrets.token_hex(8)
        kept = spool.keep(folder / stored)
        return DraftFile(stored, kept.key.hex(), name, extension, kept.size, kept.sha256, role)

    def save(self, secret: bytes, draft: Draft) -> None:
        """Store a draft and drop files it no longer names. No fsync: a draft promises nothing."""
        folder = self._folder(secret)
        folder.mkdir(mode=0o700, exist_ok=True)
        files = [
            [f.stored, f.key, f.name, f.extension, f.size, f.sha256, f.role] for f in draft.files
        ]
        plain = json.dumps(
            {"values": {k: list(v) for k, v in draft.values.items()}, "files": files}
        )
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(derive(secret, "draft key", 32)).encrypt(nonce, plain.encode(), None)
        temporary = folder / f"{_DRAFT}.{secrets.token_hex(4)}"
        temporary.write_bytes(nonce + sealed)
        temporary.replace(folder / _DRAFT)
        named = {_DRAFT, *(f.stored for f in draft.files)}
        for path in folder.iterdir():
            if path.name not in named:
                path.unlink(missing_ok=True)

    def load(self, secret: bytes) -> Draft | None:
        """A stored draft, or None where it has been sent, swept or never was."""
        try:
            data = (self._folder(secret) / _DRAFT).read_bytes()
            key = AESGCM(derive(secret, "draft key", 32))
            plain = json.loads(key.decrypt(data[:_NONCE], data[_NONCE:], None))
        except (OSError, InvalidTag):
            return None
        files = [_file(row) for row in plain["files"]]
        present = {path.name for path in self._folder(secret).iterdir()}
        return Draft(plain["values"], tuple(f for f in files if f.stored in present))

    def without(self, draft: Draft, stored: Sequence[str]) -> Draft:
        """The draft without some of its files."""
        return replace(draft, files=tuple(f for f in draft.files if f.stored not in stored))

    def open(self, secret: bytes, file: DraftFile) -> SpoolReader:
        """Plain text of a chosen file."""
        return SpoolReader(self._folder(secret) / file.stored, bytes.fromhex(file.key), file.size)

    def discard(self, secret: bytes) -> None:
        """Forget a draft."""
        shutil.rmtree(self._folder(secret), ignore_errors=True)

    def sweep(self, now: float, age: float) -> int:
        """Remove drafts and uploads not touched for `age` seconds; returns how many."""
        removed = 0
        for path in [*self.root.glob("*.d"), *self.incoming.glob("*.spool")]:
            try:
                old = now - path.stat().st_mtime > age
            except FileNotFoundError:
                continue
            if old:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(
                    missing_ok=True
                )
                removed += 1
        return removed
