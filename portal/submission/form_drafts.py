"""Drafts: what a citizen has typed and chosen but not sent, encrypted under a key only they hold.

The 32-byte secret of a draft travels in the form and is stored nowhere; folder name, key and the
future receipt code derive from it. Sending the same draft twice therefore gives the same code.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.domain.objection import FileRole
from portal.domain.receipt_code import CODE_BYTES, ReceiptCode, code_from
from portal.errors import UnreachableError
from portal.sealed.dropbox import closed_folder
from portal.sealed.receipts import derive
from portal.submission.spool import SpoolFile, SpoolReader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from portal.submission.spool import Spooled

SECRET_BYTES = 32
_NONCE = 12
_DRAFT = "draft"


def new_secret() -> bytes:
    """The secret of a fresh draft."""
    return secrets.token_bytes(SECRET_BYTES)


def code_of(secret: bytes) -> ReceiptCode:
    """The receipt code a draft will have once sent."""
    return code_from(derive(secret, "receipt code", CODE_BYTES))


def message_id_of(secret: bytes, said: str) -> str:
    """The id a later message will have once sent: of its form and of what it says.

    `said` is the digest of all of it: other words under the same form are another message.
    """
    return derive(secret, f"message id {said}", 8).hex()


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


class DraftPlace(Protocol):
    """Where drafts lie: each has a name, and files by name, all of them sealed already."""

    def write(self, draft: str, data: bytes, named: Collection[str]) -> None:
        """Store the draft's own file, and drop every file that is not named."""

    def read(self, draft: str) -> tuple[bytes, set[str]]:
        """The draft's own file and the names beside it; FileNotFoundError where there is none."""

    def adopt(self, draft: str, name: str, spool: SpoolFile) -> Spooled:
        """Move a finished upload to the draft."""

    def open(self, draft: str, name: str, key: bytes, size: int) -> SpoolReader:
        """Plain text of a file; FileNotFoundError."""

    def discard(self, draft: str) -> None:
        """Forget a draft; one that is not there is forgotten already."""

    def sweep(self, now: float, age: float) -> int:
        """Remove what was not touched for `age` seconds; returns how many."""


@dataclass(frozen=True, slots=True)
class DraftFolders:
    """Drafts as folders of one machine."""

    root: Path

    def _folder(self, draft: str) -> Path:
        return self.root / f"{draft}.d"

    def write(self, draft: str, data: bytes, named: Collection[str]) -> None:
        """As `DraftPlace.write`. No fsync: a draft promises nothing."""
        folder = self._folder(draft)
        folder.mkdir(mode=0o700, exist_ok=True)
        temporary = folder / f"{_DRAFT}.{secrets.token_hex(4)}"
        temporary.write_bytes(data)
        temporary.replace(folder / _DRAFT)
        for path in folder.iterdir():
            if path.name not in {_DRAFT, *named}:
                path.unlink(missing_ok=True)

    def read(self, draft: str) -> tuple[bytes, set[str]]:
        """As `DraftPlace.read`."""
        folder = self._folder(draft)
        data = (folder / _DRAFT).read_bytes()
        return data, {path.name for path in folder.iterdir()}

    def adopt(self, draft: str, name: str, spool: SpoolFile) -> Spooled:
        """As `DraftPlace.adopt`."""
        folder = self._folder(draft)
        folder.mkdir(mode=0o700, exist_ok=True)
        return spool.keep(folder / name)

    def open(self, draft: str, name: str, key: bytes, size: int) -> SpoolReader:
        """As `DraftPlace.open`."""
        return SpoolReader(self._folder(draft) / name, key, size)

    def discard(self, draft: str) -> None:
        """As `DraftPlace.discard`."""
        shutil.rmtree(self._folder(draft), ignore_errors=True)

    def sweep(self, now: float, age: float) -> int:
        """As `DraftPlace.sweep`."""
        removed = 0
        for path in self.root.glob("*.d"):
            if _older(path, now - age):
                shutil.rmtree(path, ignore_errors=True)
                removed += 1
        return removed


def _older(path: Path, than: float) -> bool:
    try:
        return path.stat().st_mtime < than
    except FileNotFoundError:
        return False


@dataclass(frozen=True, slots=True)
class DraftStore:
    """Drafts; nothing of them can be read without a draft's secret.

    `root` holds uploads of running requests and, where no other `place` is given, the drafts.
    """

    root: Path
    elsewhere: DraftPlace | None = None

    @property
    def incoming(self) -> Path:
        """Where uploads of running requests are spooled."""
        return self.root / "incoming"

    @property
    def place(self) -> DraftPlace:
        """Where the drafts lie."""
        return self.elsewhere or DraftFolders(self.root)

    def prepare(self) -> DraftStore:
        """Create the folders, closed to other users."""
        closed_folder(self.incoming)
        return self

    def spool(self, limit: int) -> SpoolFile:
        """A stream for one upload."""
        return SpoolFile(self.incoming, limit)

    def adopt(
        self, secret: bytes, spool: SpoolFile, name: str, extension: str, role: FileRole
    ) -> DraftFile:
        """Move a finished upload into the draft."""
        stored = secrets.token_hex(8)
        kept = self.place.adopt(_name(secret), stored, spool)
        return DraftFile(stored, kept.key.hex(), name, extension, kept.size, kept.sha256, role)

    def save(self, secret: bytes, draft: Draft) -> None:
        """Store a draft and drop files it no longer names."""
        files = [
            [f.stored, f.key, f.name, f.extension, f.size, f.sha256, f.role] for f in draft.files
        ]
        plain = json.dumps(
            {"values": {k: list(v) for k, v in draft.values.items()}, "files": files}
        )
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(derive(secret, "draft key", 32)).encrypt(nonce, plain.encode(), None)
        self.place.write(_name(secret), nonce + sealed, [f.stored for f in draft.files])

    def load(self, secret: bytes) -> Draft | None:
        """A stored draft, or None where it has been sent, swept or never was."""
        try:
            data, present = self.place.read(_name(secret))
            key = AESGCM(derive(secret, "draft key", 32))
            plain = json.loads(key.decrypt(data[:_NONCE], data[_NONCE:], None))
        except UnreachableError:
            raise
        except (OSError, InvalidTag):
            return None
        files = [_file(row) for row in plain["files"]]
        return Draft(plain["values"], tuple(f for f in files if f.stored in present))

    def without(self, draft: Draft, stored: Sequence[str]) -> Draft:
        """The draft without some of its files."""
        return replace(draft, files=tuple(f for f in draft.files if f.stored not in stored))

    def open(self, secret: bytes, file: DraftFile) -> SpoolReader:
        """Plain text of a chosen file."""
        return self.place.open(_name(secret), file.stored, bytes.fromhex(file.key), file.size)

    def discard(self, secret: bytes) -> None:
        """Forget a draft."""
        self.place.discard(_name(secret))

    def sweep(self, now: float, age: float) -> int:
        """Remove drafts and uploads not touched for `age` seconds; returns how many."""
        removed = self.place.sweep(now, age)
        for path in self.incoming.glob("*.spool"):
            if _older(path, now - age):
                path.unlink(missing_ok=True)
                removed += 1
        return removed


def _name(secret: bytes) -> str:
    return derive(secret, "draft folder", 16).hex()
