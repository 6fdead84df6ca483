"""Public keys on disk: of each office and window, of the escrow, and the receipt key.

All that the internet-facing side knows of keys. In the key keeper's folder (docs/desk.md):

    keys/public/dongshan/2026-dongshan-publicity.pub    # office: … # notice: … # created: … key
    keys/public/escrow/2026-dongshan-publicity.pub
    keys/receipt.key, keys/public/receipt.pub           Ed25519, signs receipts
    keys/public/desk.pub                                Ed25519, of the desk that signs its notes

A key is `age1…` or `sm21…`; those of one window are all of one suite. A file that cannot be read
is as none for its own window, and for no other: `faults` names it.
"""

from __future__ import annotations

import base64
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from portal.domain.routing import ESCROW
from portal.errors import VerificationError, reason_of
from portal.sealed.dropbox import closed_folder, publish_bytes
from portal.sealed.receipts import ReceiptSigner, raw_public
from portal.sealed.suites import suite_taking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.sealed.suites import Suite

SIGNS = "# signs answers:"
"""Before the key that an office signs answers with, in the file of the key it is sealed to."""

MEND_KEYS = (
    "请从密钥保管人的 keys/public 或者备份取完好的一份换上；"
    "都没有的，用 portal keys destroy 销毁这次公示的密钥（已收到的异议从此打不开），再重新生成"
)
"""What to do about the key file of a window that cannot be used."""

_SEALS = ("age1", "sm21")
_ED25519_BYTES = 32

KEY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


_State: TypeAlias = tuple[int, int, int, int]


def _state_of(found: os.stat_result) -> _State:
    """What differs where a file is another."""
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _text_of(path: Path) -> str:
    """A key's file, read again when it is another: each objection asks for the same few."""
    return _read(str(path), _state_of(path.stat()))


@lru_cache(maxsize=1024)
def _read(path: str, state: _State) -> str:
    del state
    return Path(path).read_text(encoding="utf-8")


def _key_in(path: Path) -> str | None:
    """The key in a file that something can be sealed to; None where there is none."""
    try:
        return _sealing_key(_text_of(path))
    except (OSError, UnicodeDecodeError):
        return None


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def _key_files(root: Path) -> Iterator[tuple[str, _State]]:
    """The key files of all windows with their states."""
    for office in _entries(root):
        for file in _entries(office.path):
            if file.name.endswith(".pub"):
                with suppress(OSError):  # a link to nowhere
                    yield file.path, _state_of(file.stat())


@lru_cache(maxsize=4)
def _suites_in(files: tuple[tuple[str, _State], ...]) -> frozenset[Suite]:
    """The suites of the keys in files, read again when one of them is another."""
    keys = (_key_in(Path(path)) for path, _ in files)
    return frozenset(filter(None, (suite_taking(key) for key in keys if key)))


@lru_cache(maxsize=1024)
def _sealing_key(text: str) -> str | None:
    """The key in the text of a file that something can be sealed to."""
    lines = (line.strip() for line in text.splitlines())
    found = next((line for line in lines if line.startswith(_SEALS)), None)
    return found if found and suite_taking(found) else None


@dataclass(frozen=True, slots=True)
class KeyFault:
    """A key file that is there and cannot be used, `why` in words; `notice`: its window, if any."""

    path: Path
    why: str
    notice: str = ""

    @property
    def words(self) -> str:
        """The file and what is wrong with it."""
        return f"公钥文件 {self.path} 不能用（{self.why}）"

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if self.notice:
            return MEND_KEYS
        if self.path.name == "desk.pub":
            return "请把工作台机器上的 keys/public/desk.pub 重新带来；那里的也坏了，重新启动工作台"
        return "请从备份恢复" if self.path.suffix else "请改正属主和权限"


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The folder of public keys: all that the internet-facing side knows of keys."""

    root: Path

    @property
    def desk_file(self) -> Path:
        """Where the desk's public key lies."""
        return self.root / "desk.pub"

    def desk(self) -> str | None:
        """The public key of the desk, base64; None where it has not been carried here."""
        try:
            lines = self.desk_file.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError):
            return None
        return lines[-1] if lines and _is_ed25519(lines[-1]) else None

    def recipient(self, office: str, notice: str) -> str | None:
        """The public key of an office for a window, or None where none has been made."""
        if not (KEY_NAME.fullmatch(office) and KEY_NAME.fullmatch(notice)):
            return None
        return _key_in(self.root.joinpath(office, f"{notice}.pub"))

    def faults(self, notice: str = "") -> list[KeyFault]:
        """The key files that are there and cannot be used: those of a window, or all."""
        found = [self.fault(path) for path in sorted(self.root.glob("*/*.pub"))]
        if notice:  # a glob of its name alone would pass over a link to nowhere
            return [one for one in found if one is not None and one.notice == notice]
        for path in [self.root, *sorted(self.root.glob("*"))]:
            shut = not os.access(path, os.R_OK | os.X_OK)
            if os.path.isdir(path) and shut:  # noqa: PTH112 - is_dir() raises below a shut folder
                found.append(KeyFault(path, "这个文件夹没有权限读"))
        for name, whole in (("desk.pub", self.desk), ("receipt.pub", self.receipt)):
            path = self.root / name
            if os.path.lexists(path) and whole() is None:
                found.append(KeyFault(path, _why(path)))
        return [one for one in found if one is not None]

    def fault(self, path: Path) -> KeyFault | None:
        """What is wrong with the file of a window's key; None for a sound one."""
        return None if _key_in(path) else KeyFault(path, _why(path), path.stem)

    def signs(self, office: str, notice: str) -> str | None:
        """The key that an office signs its answers with; None where it is not known.

        Ed25519 keys are base64 of their 32 bytes, SM2 keys `sm2sign1…`.
        """
        if not (KEY_NAME.fullmatch(office) and KEY_NAME.fullmatch(notice)):
            return None
        try:
            text = _text_of(self.root.joinpath(office, f"{notice}.pub"))
        except (OSError, UnicodeDecodeError):
            return None
        found = (line.removeprefix(SIGNS).strip() for line in text.splitlines() if SIGNS in line)
        return next(found, None)

    def _offices(self) -> list[str]:
        """Whoever has a folder here, the escrow among them."""
        return [entry.name for entry in _entries(self.root)]

    def holders(self, notice: str) -> dict[str, dict[str, str]]:
        """Whose keys there are for a window: what is sealed to, and what signs answers."""
        found = {}
        for office in self._offices():
            if seals := self.recipient(office, notice):
                signs = self.signs(office, notice)
                found[office] = {"seals": seals} | ({"signs": signs} if signs else {})
        return found

    def receipt(self) -> str | None:
        """The key that signs receipts, base64 of its 32 bytes; None where it is not here."""
        try:
            return raw_public((self.root / "receipt.pub").read_bytes())
        except (OSError, VerificationError):
            return None

    def takes_objections(self, notice: str) -> bool:
        """Whether any office has its key, and the escrow too, for the window of a notice."""
        offices = (office for office in self._offices() if office != ESCROW)
        return any(self.recipients(office, notice) for office in offices)

    def recipients(self, office: str, notice: str) -> tuple[str, ...]:
        """Office key and escrow key of a window; empty unless both are there, of one suite."""
        pair = (self.recipient(office, notice), self.recipient(ESCROW, notice))
        keys = tuple(key for key in pair if key)
        suites = {suite_taking(key) for key in keys}
        return keys if all(pair) and len(suites) == 1 and None not in suites else ()

    def suites(self, notice: str) -> tuple[Suite, ...]:
        """The suites of all keys of a window: one, unless somebody mixed them."""
        keys = [self.recipient(office, notice) for office in self._offices()]
        return tuple(dict.fromkeys(filter(None, (suite_taking(key) for key in keys if key))))

    def all_suites(self) -> frozenset[Suite]:
        """The suites of the keys of every window, past ones too."""
        return _suites_in(tuple(_key_files(self.root)))


def _why(path: Path) -> str:
    """Why no key comes out of a file, in words."""
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return reason_of(error)
    return "里面没有完整的公钥"


def _is_ed25519(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _ED25519_BYTES
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """The Ed25519 key pair that signs receipts, below the folder of all keys."""

    root: Path

    @property
    def private(self) -> Path:
        """The key itself; only the public side uses it."""
        return self.root / "receipt.key"

    @property
    def public(self) -> Path:
        """Its public key."""
        return self.root / "public" / "receipt.pub"

    def signer(self) -> ReceiptSigner:
        """The signer; a key is made on first use, since only this side ever uses it."""
        if not self.private.exists():
            fresh = ReceiptSigner.new()
            self._write(self.private, fresh.private_pem())
            self._write(self.public, fresh.public_pem())
        return ReceiptSigner.from_file(self.private)

    def _write(self, path: Path, data: bytes) -> None:
        closed_folder(path.parent)
        publish_bytes(closed_folder(self.root / "tmp"), path, data)
