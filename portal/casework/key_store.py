"""Key pairs on disk, as the key keeper makes, unlocks and destroys them; the desk's side only.

Identities are protected by a passphrase (scrypt) in the form
that Debian's `age` opens. Destroying a window's keys makes everything sealed to it unreadable.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.casework.answer_signing import answer_key
from portal.casework.escrow_shares import split_escrow
from portal.casework.identities import WORK_FACTOR, new_identity, protect, unprotect
from portal.errors import RequestError, SealError
from portal.sealed.dropbox import closed_folder, digest, publish_bytes, sealed_names, sync_folder
from portal.sealed.envelope import read_header
from portal.sealed.public_keys import ESCROW, KEY_NAME, SIGNS, PublicKeys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.casework.escrow_shares import Shared

PASSPHRASE_LIMIT = 12
_FEWEST = 6
STRENGTH = (
    f"口令至少{PASSPHRASE_LIMIT}个字符，不少于{_FEWEST}种；最好是五六个不相干的词，"
    "不用别处用过的，也不与其他单位、托管的相同"
)
"""Said before somebody types one."""


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """One key pair as it lies on disk; `held` says whether the identity is on this machine."""

    office: str
    notice: str
    public: str
    created: str
    held: bool


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The folder of all keys, as the office's key keeper sees it."""

    root: Path

    @property
    def public(self) -> PublicKeys:
        """The public half."""
        return PublicKeys(self.root / "public")

    def identity_path(self, office: str, notice: str) -> Path:
        """Where an identity file lies."""
        return self.root / "private" / office / f"{notice}.age"

    def _public_path(self, office: str, notice: str) -> Path:
        return self.root / "public" / office / f"{notice}.pub"

    def _write(self, path: Path, data: bytes) -> None:
        closed_folder(path.parent)
        publish_bytes(closed_folder(self.root / "tmp"), path, data)

    def new(
        self,
        office: str,
        notice: str,
        passphrase: str,
        at: datetime,
        work_factor: int = WORK_FACTOR,
    ) -> KeyFiles:
        """Make a key pair; raises RequestError where there is one, or the passphrase is too short.

        The identity is written before the public key, so that nothing is ever sealed to a key whose
        identity was lost on the way.
        """
        if not (KEY_NAME.fullmatch(office) and KEY_NAME.fullmatch(notice)):
            raise RequestError(f"机构或公告的代号不合规：{office} {notice}")
        require_strength(passphrase)
        if self.identity_path(office, notice).exists() or self.public.recipient(office, notice):
            raise RequestError(f"{office} 对 {notice} 的密钥已存在，不会覆盖")
        identity, public = new_identity()
        head = f"# office: {office}\n# notice: {notice}\n# created: {at.isoformat()}\n"
        text = f"{head}# public key: {public}\n{identity}\n"
        path = self.identity_path(office, notice)
        self._write(path, protect(text, passphrase, work_factor))
        self._write(self._public_path(office, notice), f"{head}{public}\n".encode())
        if office != ESCROW:
            self.show_signing(office, notice, identity)
        return KeyFiles(office, notice, public, at.isoformat(), held=True)

    def new_in_shares(self, notice: str, needed: int, keepers: int, at: datetime) -> Shared:
        """Make the escrow key of a window in shares; only its public half stays on the machine.

        Hand the shares out before `publish_escrow`: nothing is sealed to a key nobody holds.
        """
        if not KEY_NAME.fullmatch(notice):
            raise RequestError(f"公告的代号不合规：{notice}")
        if self.identity_path(ESCROW, notice).exists() or self.public.recipient(ESCROW, notice):
            raise RequestError(f"{notice} 的托管密钥已存在，不会覆盖")
        return split_escrow(notice, needed, keepers, at)

    def publish_escrow(self, notice: str, shared: Shared, at: datetime) -> None:
        """Put the public half of an escrow key in shares where citizens' objections find it."""
        head = f"# office: {ESCROW}\n# notice: {notice}\n# created: {at.isoformat()}\n"
        self._write(self._public_path(ESCROW, notice), f"{head}{shared.public}\n".encode())

    def same_passphrase(self, office: str, notice: str, passphrase: str) -> str:
        """Who else's key of this window a passphrase opens on this machine; empty for nobody's.

        Takes a second for each key that is held here (scrypt).
        """
        for key in self.all():
            if key.notice == notice and key.office != office and key.held:
                with suppress(SealError):
                    self.identity(key.office, notice, passphrase)
                    return key.office
        return ""

    def show_signing(self, office: str, notice: str, identity: str) -> None:
        """Put the key that the office signs with beside its public key, unless it stands there."""
        signing = answer_key(identity).public
        path = self._public_path(office, notice)
        if path.exists() and self.public.signs(office, notice) != signing:
            lines = path.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if not line.startswith(SIGNS)]
            self._write(path, "\n".join([f"{SIGNS} {signing}", *kept, ""]).encode())

    def all(self) -> Iterator[KeyFiles]:
        """Every key pair, by window and office."""
        for path in sorted(
            (self.root / "public").glob("*/*.pub"), key=lambda p: (p.stem, p.parent)
        ):
            office, notice = path.parent.name, path.stem
            created = re.search(
                r"^# created: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE
            )
            yield KeyFiles(
                office,
                notice,
                self.public.recipient(office, notice) or "",
                created[1] if created else "",
                self.identity_path(office, notice).exists(),
            )

    def identity(self, office: str, notice: str, passphrase: str) -> str:
        """Unlock an identity; takes a second or two and some hundred megabytes (scrypt)."""
        path = self.identity_path(office, notice)
        if not path.exists():
            raise SealError(f"这台机器上没有 {office} 对 {notice} 的密钥")
        text = unprotect(path.read_bytes(), passphrase)
        found = [line for line in text.splitlines() if line.startswith("AGE-SECRET-KEY-1")]
        if not found:
            raise SealError(f"{path} 里没有密钥")
        return found[0]

    def destroy(self, notice: str, envelopes: Sequence[Path], at: datetime) -> Certificate:
        """Destroy all keys of a window that are on this machine, and certify it.

        The certificate is written first, marked unfinished, so that an interruption leaves a trace.
        """
        keys = [key for key in self.all() if key.notice == notice]
        if not keys:
            raise RequestError(f"没有 {notice} 的密钥")
        sealed = tuple(sorted(_sealed_to(notice, envelopes)))
        destroyed = tuple(k for k in keys if k.held)
        missing = tuple(k.office for k in keys if not k.held)
        certificate = Certificate(
            notice, at, tuple(map(_fingerprint, destroyed)), sealed, missing, finished=False
        )
        path = self.root / "destroyed" / f"{notice}.{at:%Y%m%dT%H%M%S}.json"
        self._write(path, certificate.as_json())
        for key in destroyed:
            _erase(self.identity_path(key.office, key.notice))
            self._public_path(key.office, key.notice).unlink(missing_ok=True)
        done = Certificate(
            notice, at, certificate.keys, certificate.envelopes, missing, finished=True
        )
        self._write(path, done.as_json())
        return done


@dataclass(frozen=True, slots=True)
class Certificate:
    """Deletion certificate (销毁证明): counts and hashes only, nothing about people.

    `elsewhere` names the holders whose identity was not on this machine: theirs must be destroyed
    where it lies before the deletion is complete.
    """

    notice: str
    at: datetime
    keys: tuple[str, ...]
    envelopes: tuple[str, ...]
    elsewhere: tuple[str, ...]
    finished: bool

    def as_json(self) -> bytes:
        """The certificate as it is filed."""
        content = {
            "type": "portal-destruction/1",
            "notice": self.notice,
            "destroyed": self.at.isoformat(),
            "keys": list(self.keys),
            "envelopes": {"count": len(self.envelopes), "sha256": list(self.envelopes)},
            "elsewhere": list(self.elsewhere),
            "finished": self.finished,
        }
        return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def _fingerprint(key: KeyFiles) -> str:
    return f"{key.office}:{hashlib.sha256(key.public.encode()).hexdigest()}"


def _sealed_to(notice: str, folders: Sequence[Path]) -> Iterator[str]:
    """SHA-256 of every envelope of a window, each once."""
    seen = set()
    for folder in folders:
        for name in sealed_names(folder):
            with (folder / name).open("rb") as stream:
                header = read_header(stream)
            if header.notice == notice and name not in seen:
                seen.add(name)
                yield digest(folder / name)


def _erase(path: Path) -> None:
    """Overwrite, sync, remove; on flash storage old blocks may survive, under their passphrase."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.write(os.urandom(size))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink()
    sync_folder(path.parent)


def require_strength(passphrase: str) -> None:
    """RequestError for a passphrase that is too short, or of too few different characters."""
    if len(passphrase) < PASSPHRASE_LIMIT or len(set(passphrase)) < _FEWEST:
        raise RequestError(STRENGTH)
