"""Cipher suites of envelopes; the door to pyrage beside the desk's `identities`.

An envelope names the suite it was sealed with. Which one is used follows from the keys alone: what
a window's keys are, its envelopes, replies and signatures are too.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, Protocol

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from portal.errors import SealError, reason_of
from portal.sealed.bech32 import LONGEST, bech32, from_bech32
from portal.sealed.sm_suite import Sm2Sm4Gcm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Suite(Protocol):
    """How bytes are sealed to public keys; both directions stream."""

    @property
    def name(self) -> str:
        """As the first line of an envelope names it."""

    @property
    def word(self) -> str:
        """As people read it."""

    def seal(self, source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
        """Encrypt `source` to every recipient; raises SealError."""

    def open(self, source: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
        """Decrypt `source`; raises SealError, after which what `target` holds must be dropped."""

    def takes(self, recipient: str) -> bool:
        """Whether something can be sealed to a public key."""

    def holds(self, identity: str) -> bool:
        """Whether an identity says that it is of this suite."""

    def recipient(self, identity: str) -> str:
        """The public half of an identity; raises SealError."""

    def identity(self, seed: bytes) -> str:
        """The identity that 32 bytes are; SealError for the few that are none."""


class AgeX25519:
    """The age format with X25519 keys, as Debian's `age` reads and writes it."""

    name = "age-x25519-v1"
    word = "age（X25519）"

    def seal(self, source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
        """Encrypt in chunks; `encrypt_io` lets other threads run, `encrypt_file` does not."""
        if not all(self.takes(text.strip()) for text in recipients):
            raise SealError("封装失败：收件公钥不能使用")
        try:
            keys = [pyrage.x25519.Recipient.from_str(text.strip()) for text in recipients]
            with _panics_caught():
                pyrage.encrypt_io(source, target, keys)
        except (pyrage.EncryptError, pyrage.RecipientError, OSError) as error:
            raise SealError(f"封装失败：{reason_of(error)}") from error

    def open(self, source: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
        """Decrypt; a damaged payload raises OSError only after good chunks have been written."""
        try:
            keys = [pyrage.x25519.Identity.from_str(t.strip()) for t in identities if self.holds(t)]
            with _panics_caught():
                pyrage.decrypt_io(source, target, keys)
        except (pyrage.DecryptError, pyrage.IdentityError, OSError) as error:
            raise SealError("无法启封：密钥不符，或者文件已损坏") from error

    def takes(self, recipient: str) -> bool:
        """Whether something can be sealed to a public key."""
        return len(recipient) <= LONGEST and _is_age_key(recipient)

    def holds(self, identity: str) -> bool:
        """Whether an identity says that it is of this suite."""
        return identity.strip().startswith("AGE-SECRET-KEY-1")

    def recipient(self, identity: str) -> str:
        """The public half of an identity; SealError."""
        try:
            return str(pyrage.x25519.Identity.from_str(identity.strip()).to_public())
        except pyrage.IdentityError as error:
            raise SealError("密钥文件内容不是 age 密钥") from error

    def identity(self, seed: bytes) -> str:
        """32 bytes as age writes them for a secret key."""
        return bech32("age-secret-key-", seed).upper()


@contextmanager
def _panics_caught() -> Iterator[None]:
    """A panic of the library under it would end the whole worker: it is no Exception."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise OSError("加密程序出错") from error


@lru_cache(maxsize=256)
def _is_age_key(text: str) -> bool:
    """A key of age, and none of the few points with which every secret is zero (RFC 7748, 6.1)."""
    try:
        point = X25519PublicKey.from_public_bytes(from_bech32("age", text))
        _ANY_KEY.exchange(point)
        return str(pyrage.x25519.Recipient.from_str(text)) == text
    except (ValueError, pyrage.RecipientError):
        return False


_ANY_KEY = X25519PrivateKey.generate()
AGE: Suite = AgeX25519()
SM: Suite = Sm2Sm4Gcm()
SUITES: tuple[Suite, ...] = (AGE, SM)


def suite_named(name: str) -> Suite:
    """The suite of an envelope; raises SealError for one that this version does not know."""
    for suite in SUITES:
        if suite.name == name:
            return suite
    raise SealError(f"信封的算法不受支持：{name[:40]}")


def suite_taking(recipient: str) -> Suite | None:
    """The suite of a public key; None for what is no key."""
    return next((suite for suite in SUITES if suite.takes(recipient)), None)


def suite_for(recipients: Iterable[str]) -> Suite:
    """The one suite of several public keys; raises SealError where they are of two."""
    found = {suite_taking(recipient) for recipient in recipients}
    suite = found.pop() if len(found) == 1 else None
    if suite is None:
        raise SealError("收件公钥不是同一套密码的，不能封装：同一次公示的密钥要全部用同一套")
    return suite


def suite_holding(identity: str) -> Suite:
    """The suite of an identity; raises SealError."""
    for suite in SUITES:
        if suite.holds(identity):
            return suite
    raise SealError("密钥文件里没有能识别的密钥")


def recipient_of(identity: str) -> str:
    """The public recipient of a secret identity; raises SealError."""
    return suite_holding(identity).recipient(identity)


def is_recipient(text: str) -> bool:
    """Whether something can be sealed to a public key."""
    return suite_taking(text) is not None
