"""Identities: making them, and their files under a passphrase; of age keys in the age format.

pyrage calibrates scrypt to the machine, up to a gigabyte on a fast one; a file made there may then
be refused on an old office PC. The format (age-encryption.org/v1, scrypt stanza) is written here
with the work factor of Debian's `age -p`; reading is pyrage's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

import pyrage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portal.casework.sm_key_file import is_sm_file, protect_sm, unprotect_sm
from portal.errors import SealError
from portal.sealed.suites import AGE, SM

if TYPE_CHECKING:
    from portal.sealed.suites import Suite

WORK_FACTOR = 18
SEED_BYTES = 32
_VERSION = b"age-encryption.org/v1"
_CHUNK = 64 * 1024


def new_identity(suite: Suite = AGE) -> tuple[str, str]:
    """A fresh key pair: secret identity and public recipient; SealError, SM2 once in 2³² times."""
    identity = suite.identity(secrets.token_bytes(SEED_BYTES))
    return identity, suite.recipient(identity)


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _hkdf(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def protect(
    text: str, passphrase: str, work_factor: int = WORK_FACTOR, suite: Suite = AGE
) -> bytes:
    """Encrypt a small text; of an age key so that `age -d` asks for the passphrase and opens it."""
    if suite is SM:
        return protect_sm(text, passphrase, work_factor)
    plain = text.encode()
    if len(plain) > _CHUNK:
        raise ValueError("an identity file is one chunk of the age payload")
    file_key, salt, nonce = (secrets.token_bytes(16) for _ in range(3))
    scrypt = Scrypt(_VERSION + b"/scrypt" + salt, 32, n=1 << work_factor, r=8, p=1)
    wrapped = ChaCha20Poly1305(scrypt.derive(passphrase.encode())).encrypt(
        bytes(12), file_key, None
    )
    stanza = b"-> scrypt %s %d\n%s\n---" % (_b64(salt), work_factor, _b64(wrapped))
    header = _VERSION + b"\n" + stanza
    mac = hmac.new(_hkdf(file_key, None, b"header"), header, hashlib.sha256).digest()
    payload_key = _hkdf(file_key, nonce, b"payload")
    payload = ChaCha20Poly1305(payload_key).encrypt(bytes(11) + b"\x01", plain, None)
    return header + b" " + _b64(mac) + b"\n" + nonce + payload


def unprotect(data: bytes, passphrase: str) -> str:
    """Open a text that `protect` or `age -p` wrote; raises SealError."""
    if is_sm_file(data):
        return unprotect_sm(data, passphrase)
    try:
        opened: bytes = pyrage.passphrase.decrypt(data, passphrase)
    except pyrage.DecryptError as error:
        raise SealError("口令不对，或者密钥文件已损坏") from error
    return opened.decode()
