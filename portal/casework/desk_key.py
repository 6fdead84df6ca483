"""The desk's own key pair, which signs what it tells the public side and the office.

keys/desk.key           Ed25519 private key, PEM, mode 0600; never leaves the desk
keys/public/desk.pub    its public key, base64; carried with the other public keys
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.errors import RequestError
from portal.ledger.signing import SigningKey, load_key, new_key
from portal.sealed.dropbox import closed_folder, publish_bytes, sync_folder
from portal.sealed.public_keys import PublicKeys

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DeskKey:
    """The key pair below the folder of all keys."""

    root: Path

    @property
    def private(self) -> Path:
        """The key itself."""
        return self.root / "desk.key"

    def signer(self) -> SigningKey:
        """The key; made on first use, since only the desk ever uses it. RequestError if damaged."""
        if not self.private.exists():
            self._make()
        key = load_key(self.private)
        if PublicKeys(self.root / "public").desk() != key.public:
            text = f"# 工作台签名公钥 desk\n{key.public}\n"
            self._write(PublicKeys(self.root / "public").desk_file, text.encode())
        return key

    def public(self) -> str | None:
        """The public half as the key itself gives it, writing nothing; None without a key."""
        if not self.private.exists():
            return None
        try:
            return load_key(self.private).public
        except RequestError as error:
            raise RequestError(f"{error}；请从备份恢复这个文件") from error

    def _make(self) -> None:
        """Whole or not at all, and never over another: two processes may start at once."""
        tmp = self._tmp()
        draft = tmp / secrets.token_hex(16)
        new_key(draft, None)
        with suppress(FileExistsError):
            os.link(draft, self.private)
        draft.unlink()
        sync_folder(self.root)

    def _tmp(self) -> Path:
        return closed_folder(self.root / "tmp")

    def _write(self, path: Path, data: bytes) -> None:
        closed_folder(path.parent)
        publish_bytes(self._tmp(), path, data)
