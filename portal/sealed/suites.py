"""Cipher suites of envelopes; the door to pyrage beside the desk's `identities`.

A deployment that must use a certified national-cipher module (GB/T 39786) writes another Suite and
passes it in; the envelope names the suite it was sealed with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

import pyrage

from portal.errors import SealError, reason_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Suite(Protocol):
    """How bytes are sealed to public keys; both directions stream."""

    name: str

    def seal(self, source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
        """Encrypt `source` to every recipient; raises SealError."""

    def open(self, source: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
        """Decrypt `source`; raises SealError, after which what `target` holds must be dropped."""


class AgeX25519:
    """The age format with X25519 keys, as Debian's `age` reads and writes it."""

    name = "age-x25519-v1"

    def seal(self, source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
        """Encrypt in chunks; `encrypt_io` lets other threads run, `encrypt_file` does not."""
        try:
            keys = [pyrage.x25519.Recipient.from_str(text.strip()) for text in recipients]
            pyrage.encrypt_io(source, target, keys)
        except (pyrage.EncryptError, pyrage.RecipientError, OSError) as error:
            raise SealError(f"封装失败：{reason_of(error)}") from error

    def open(self, source: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
        """Decrypt; a damaged payload raises OSError only after good chunks have been written."""
        try:
            keys = [pyrage.x25519.Identity.from_str(text.strip()) for text in identities]
            pyrage.decrypt_io(source, target, keys)
        except (pyrage.DecryptError, pyrage.IdentityError, OSError) as error:
            raise SealError("无法启封：密钥不符，或者文件已损坏") from error


AGE = AgeX25519()


def recipient_of(identity: str) -> str:
    """The public recipient of a secret identity; raises SealError."""
    try:
        return str(pyrage.x25519.Identity.from_str(identity.strip()).to_public())
    except pyrage.IdentityError as error:
        raise SealError("密钥文件内容不是 age 密钥") from error


def is_recipient(text: str) -> bool:
    """Whether something can be sealed to a public key."""
    try:
        return str(pyrage.x25519.Recipient.from_str(text)) == text
    except pyrage.RecipientError:
        return False
