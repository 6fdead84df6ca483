"""Ed25519 keys that sign the ledger and the static site's manifest.

The private key is a PKCS 8 PEM file, encrypted under a passphrase outside the demonstration. What
is published can be checked with common tools: the manifest's signature is minisign's prehashed
format (BLAKE2b-512 of the file, then Ed25519).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.errors import RequestError, VerificationError
from portal.machine.closed_files import write_closed

if TYPE_CHECKING:
    from pathlib import Path

_KEY_ID_BYTES = 8
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the id under which its signatures can be found."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key, base64 of its 32 bytes."""
        return base64.b64encode(_raw(self.private.public_key())).decode()

    @property
    def id(self) -> str:
        """First 8 bytes of the public key's SHA-256, in hex."""
        return key_id(self.public)

    def secret(self, purpose: bytes) -> bytes:
        """32 bytes that follow from the key, for one purpose (of at most 16 bytes)."""
        raw = self.private.private_bytes_raw()
        return hashlib.blake2b(key=raw, person=purpose, digest_size=32).digest()

    def sign(self, message: bytes) -> str:
        """Signature in base64."""
        return base64.b64encode(self.private.sign(message)).decode()


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(public: str) -> str:
    """Id of a public key given in base64."""
    return hashlib.sha256(base64.b64decode(public)).digest()[:_KEY_ID_BYTES].hex()


def holds(public: str, signature: str, message: bytes) -> bool:
    """Whether a base64 signature over a message was made by a base64 public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def new_key(path: Path, passphrase: str | None) -> SigningKey:
    """Make a key and keep it at `path`, readable by its owner only; never replaces one."""
    key = Ed25519PrivateKey.generate()
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        protection = serialization.BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_closed(path, pem, f"{path} 已经存在，不会覆盖；要换新密钥请用 --rotate-key")
    return SigningKey(key)


def needs_passphrase(path: Path) -> bool:
    """Whether the key at `path` is encrypted."""
    return b"ENCRYPTED" in path.read_bytes()


def load_key(path: Path, passphrase: str | None = None) -> SigningKey:
    """Open a key; RequestError for a wrong passphrase or a file that is no key."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise RequestError(f"没有签名密钥 {path}；第一次 portal publish 时生成") from error
    secret = passphrase.encode() if passphrase else None
    try:
        key = serialization.load_pem_private_key(data, secret)
    except (ValueError, TypeError) as error:
        raise RequestError(f"打不开签名密钥 {path}：口令不对，或者文件已损坏") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RequestError(f"{path} 不是 Ed25519 密钥")
    return SigningKey(key)


def minisign_public(public: str) -> str:
    """The public key as a minisign.pub file."""
    raw = base64.b64decode(public)
    number = _minisign_id(raw)
    body = base64.b64encode(b"Ed" + number + raw).decode()
    return f"untrusted comment: minisign public key {number[::-1].hex().upper()}\n{body}\n"


def minisign_signature(key: SigningKey, message: bytes, comment: str) -> str:
    """A detached signature; the trusted comment is signed too."""
    raw = base64.b64decode(key.public)
    signature = key.private.sign(hashlib.blake2b(message).digest())
    whole = key.private.sign(signature + comment.encode())
    body = base64.b64encode(b"ED" + _minisign_id(raw) + signature).decode()
    return (
        f"untrusted comment: portal manifest\n{body}\n"
        f"trusted comment: {comment}\n{base64.b64encode(whole).decode()}\n"
    )


def check_minisign(public: str, message: bytes, signature_file: str) -> str:
    """The trusted comment of a good signature; VerificationError for any other."""
    lines = signature_file.splitlines()
    prefix = "trusted comment: "
    try:
        body = base64.b64decode(lines[1], validate=True)
        comment = lines[2].removeprefix(prefix)
        whole = lines[3]
    except (IndexError, binascii.Error) as error:
        raise VerificationError("签名文件的格式不对") from error
    signature = body[-_SIGNATURE_BYTES:]
    good = (
        body.startswith(b"ED")
        and lines[2].startswith(prefix)
        and holds(public, base64.b64encode(signature).decode(), hashlib.blake2b(message).digest())
        and holds(public, whole, signature + comment.encode())
    )
    if not good:
        raise VerificationError("签名与文件不符，或者不是用这把密钥签的")
    return comment


def _minisign_id(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()[:_KEY_ID_BYTES]
