"""Key pairs on disk, as the key keeper makes, unlocks and destroys them; the desk's side only.

Identities are protected by a passphrase (scrypt), those of age in the form that Debian's `age`
opens. Of keys that a cryptographic module holds the file names only their label in it.
Destroying a window's keys makes everything sealed to it unreadable.
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
from portal.domain.routing import ESCROW
from portal.errors import RequestError, SealError
from portal.sealed.dropbox import closed_folder, digest, publish_bytes, sealed_names, sync_folder
from portal.sealed.envelope import read_header
from portal.sealed.public_keys import KEY_NAME, MEND_KEYS, SIGNS, PublicKeys
from portal.sealed.sm_keys import HeldKey, asked
from portal.sealed.suites import AGE, SM, SUITES, recipient_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.casework.escrow_shares import Shared
    from portal.sealed.sm_keys import SmModule
    from portal.sealed.suites import Suite

_FILES = {AGE.name: ".age", SM.name: ".sm2"}
MODULE = ".module"
SUITE_WORDS = {AGE.name: "age", SM.name: "sm2"}
"""How PORTAL_KEY_SUITE names them."""

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
    fault: str = ""


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The folder of all keys, as the office's key keeper sees it.

    `suite` is that of keys made here, by `module` if there is one; existing ones are as they are.
    """

    root: Path
    suite: Suite = AGE
    module: SmModule | None = None

    @property
    def public(self) -> PublicKeys:
        """The public half."""
        return PublicKeys(self.root / "public")

    def identity_path(self, office: str, notice: str) -> Path:
        """Where an identity file lies, or would."""
        folder = self.root / "private" / office
        kinds = [_FILES[AGE.name], _FILES[SM.name], MODULE]
        new = MODULE if self.in_module else _FILES[self.suite.name]
        places = [folder / f"{notice}{kind}" for kind in kinds]
        return next((place for place in places if place.exists()), folder / f"{notice}{new}")

    @property
    def in_module(self) -> bool:
        """Whether keys made here are made in a module."""
        return self.module is not None and self.suite is SM

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
        self.require_passphrase(passphrase)
        if self.identity_path(office, notice).exists() or self.public.recipient(office, notice):
            raise RequestError(f"{office} 对 {notice} 的密钥已存在，不会覆盖")
        self.require_alike(notice)
        head = f"# office: {office}\n# notice: {notice}\n# created: {at.isoformat()}\n"
        path = self.identity_path(office, notice)
        if (module := self.module) is not None and self.in_module:
            identity: str = HeldKey(asked(lambda: module.make(f"{office}/{notice}", passphrase)))
            public = recipient_of(identity)
            self._write(path, f"{head}# public key: {public}\n{office}/{notice}\n".encode())
        else:
            identity, public = new_identity(self.suite)
            text = f"{head}# public key: {public}\n{identity}\n"
            self._write(path, protect(text, passphrase, work_factor, self.suite))
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
        self.require_alike(notice)
        return split_escrow(notice, needed, keepers, at, self.suite)

    def require_passphrase(self, passphrase: str) -> None:
        """RequestError for a weak passphrase; a module has rules of its own for a PIN."""
        if not self.in_module:
            require_strength(passphrase)

    def require_alike(self, notice: str) -> None:
        """RequestError where keys made here would not go with a window's others, or hide one."""
        for fault in self.public.faults(notice):
            raise RequestError(f"{fault.words}，不会覆盖，没有生成；{MEND_KEYS}")
        for suite in self.public.suites(notice):
            if suite is not self.suite:
                word = SUITE_WORDS[suite.name]
                raise RequestError(
                    f"{notice} 已有的密钥是{suite.word}，现在的设置要生成{self.suite.word}："
                    f"同一次公示的密钥要全部用同一套，没有生成。请把 PORTAL_KEY_SUITE 设为 {word}；"
                    "还没有收到异议的，也可以先用 portal keys destroy 销毁已有的，再全部重新生成"
                )

    def publish_escrow(self, notice: str, shared: Shared, at: datetime) -> None:
        """Put the public half of an escrow key in shares where citizens' objections find it."""
        head = f"# office: {ESCROW}\n# notice: {notice}\n# created: {at.isoformat()}\n"
        self._write(self._public_path(ESCROW, notice), f"{head}{shared.public}\n".encode())

    def same_passphrase(self, office: str, notice: str, passphrase: str) -> str:
        """Who else's key of this window a passphrase opens on this machine; empty for nobody's.

        Takes a second for each key that is held here (scrypt).
        """
        for key in self.all():
            path = self.identity_path(key.office, key.notice)
            if path.suffix == MODULE:
                continue  # a wrong PIN, tried twice more, would lock the module
            if key.notice == notice and key.office != office and key.held:
                with suppress(SealError):
                    self.identity(key.office, notice, passphrase)
                    return key.office
        return ""

    def show_signing(self, office: str, notice: str, identity: str) -> None:
        """Put the key that the office signs with beside its public key, unless it stands there."""
        signing = answer_key(identity).public
        path = self._public_path(office, notice)
        whole = path.exists() and self.public.fault(path) is None
        if whole and self.public.signs(office, notice) != signing:
            lines = path.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if not line.startswith(SIGNS)]
            self._write(path, "\n".join([f"{SIGNS} {signing}", *kept, ""]).encode())

    def all(self) -> Iterator[KeyFiles]:
        """Every key pair, by window and office."""
        for path in sorted(
            (self.root / "public").glob("*/*.pub"), key=lambda p: (p.stem, p.parent)
        ):
            office, notice = path.parent.name, path.stem
            fault = self.public.fault(path)
            text = "" if fault else path.read_text(encoding="utf-8")
            created = re.search(r"^# created: (.+)$", text, re.MULTILINE)
            yield KeyFiles(
                office,
                notice,
                self.public.recipient(office, notice) or "",
                created[1] if created else "",
                self.identity_path(office, notice).exists(),
                fault.words if fault else "",
            )

    def identity(self, office: str, notice: str, passphrase: str) -> str:
        """Unlock an identity; takes a second or two and some hundred megabytes (scrypt)."""
        path = self.identity_path(office, notice)
        if not path.exists():
            raise SealError(f"这台机器上没有 {office} 对 {notice} 的密钥")
        if path.suffix == MODULE:
            return self._held(path, passphrase)
        text = unprotect(path.read_bytes(), passphrase)
        found = [line for line in text.splitlines() if any(s.holds(line) for s in SUITES)]
        if not found:
            raise SealError(f"{path} 里没有密钥")
        return found[0]

    def destroyed(self, notice: str) -> bool:
        """Whether the keys of a window were destroyed here, which a certificate tells."""
        return any((self.root / "destroyed").glob(f"{notice}.*.json"))

    def _held(self, path: Path, pin: str) -> HeldKey:
        """The key of a module, if it is the one that stands in the file."""
        text = path.read_text(encoding="utf-8")
        identity = HeldKey(asked(lambda: self._module(path).key(text.splitlines()[-1], pin)))
        if f"# public key: {recipient_of(identity)}\n" not in text:
            raise SealError(f"密码模块里的密钥不是 {path} 记的那一把")
        return identity

    def _module(self, path: Path) -> SmModule:
        if self.module is None:
            raise SealError(f"{path} 的密钥在密码模块里：请设 PORTAL_KEY_MODULE，再重新启动")
        return self.module

    def _destroy_held(self, path: Path, label: str) -> None:
        asked(lambda: self._module(path).destroy(label))

    def destroy(self, notice: str, envelopes: Sequence[Path], at: datetime) -> Certificate:
        """Destroy all keys of a window that are on this machine, and certify it.

        The certificate is written first, marked unfinished, so that an interruption leaves a trace.
        """
        keys = [key for key in self.all() if key.notice == notice]
        if not keys:
            raise RequestError(f"没有 {notice} 的密钥")
        sealed = tuple(sorted(_sealed_to(notice, envelopes)))
        destroyed = tuple(k for k in keys if k.held)
        held = [self.identity_path(k.office, k.notice) for k in destroyed]
        for place in (place for place in held if place.suffix == MODULE):
            self._module(place)  # refused before anything is done
        missing = tuple(k.office for k in keys if not k.held)
        certificate = Certificate(
            notice, at, tuple(map(_fingerprint, destroyed)), sealed, missing, finished=False
        )
        path = self.root / "destroyed" / f"{notice}.{at:%Y%m%dT%H%M%S}.json"
        self._write(path, certificate.as_json())
        for key, place in zip(destroyed, held, strict=True):
            if place.suffix == MODULE:
                self._destroy_held(place, f"{key.office}/{key.notice}")
            _erase(place)
            with suppress(IsADirectoryError, PermissionError):  # a folder in its place holds no key
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
    """Which key it was; one whose public file is damaged is destroyed without."""
    if key.fault:
        return f"{key.office}:unreadable"
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
