"""Files of private SM2 keys under a passphrase.

    portal-sm-key/1
    scrypt <salt, base64> <work factor>
    <nonce, and the text by SM4-GCM with its tag, base64>

The passphrase is stretched by scrypt, as age does it: no national algorithm needs much memory, and
PBKDF2-HMAC-SM3 (GM/T 0091) is what graphics cards are fastest at. From there on it is SM3 and SM4.
The first two lines are authenticated with the text.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portal.errors import SealError
from portal.sealed.sm_keys import hkdf_sm3

_FIRST = b"portal-sm-key/1\n"
_SALT, _NONCE, _TAG = 16, 12, 16
_HEAVIEST = 22
"""Work factor: four gigabytes; a file that asks for more is not ours."""

_WRONG = "口令不对，或者密钥文件已损坏"


def is_sm_file(data: bytes) -> bool:
    """Whether a file says that it is one of these."""
    return data.startswith(_FIRST)


def _cipher(passphrase: str, salt: bytes, factor: int, nonce: bytes) -> Cipher[modes.GCM]:
    stretched = Scrypt(salt, 32, n=1 << factor, r=8, p=1).derive(passphrase.encode())
    key = hkdf_sm3(stretched, b"", _FIRST.strip(), 16)
    return Cipher(algorithms.SM4(key), modes.GCM(nonce))


def protect_sm(text: str, passphrase: str, factor: int) -> bytes:
    """Encrypt a small text under a passphrase."""
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    head = _FIRST + b"scrypt %s %d\n" % (base64.b64encode(salt), factor)
    cipher = _cipher(passphrase, salt, factor, nonce).encryptor()
    cipher.authenticate_additional_data(head)
    sealed = cipher.update(text.encode()) + cipher.finalize() + cipher.tag
    return head + base64.b64encode(nonce + sealed) + b"\n"


def whole_sm(data: bytes) -> bool:
    """Whether a file has all its parts, as far as that shows without the passphrase."""
    try:
        first, second, third = data.splitlines(keepends=True)
        sealed = base64.b64decode(third.strip(), validate=True)
    except ValueError:
        return False
    written = third.endswith(b"\n") and base64.b64encode(sealed) == third.strip()
    return first == _FIRST and second.startswith(b"scrypt ") and written


def unprotect_sm(data: bytes, passphrase: str) -> str:
    """Open what `protect_sm` wrote; SealError."""
    try:
        first, second, third = data.splitlines(keepends=True)
        word, salt, factor = second.split()
        sealed = base64.b64decode(third.strip(), validate=True)
        if word != b"scrypt" or not 1 <= int(factor) <= _HEAVIEST or len(sealed) < _NONCE + _TAG:
            raise SealError(_WRONG)
        if base64.b64encode(sealed) != third.strip():  # bits that no byte needs, changed
            raise SealError(_WRONG)
        nonce, tag = sealed[:_NONCE], sealed[-_TAG:]
        cipher = _cipher(passphrase, base64.b64decode(salt), int(factor), nonce).decryptor()
        cipher.authenticate_additional_data(first + second)
        plain = cipher.update(sealed[_NONCE:-_TAG])
        return (plain + cipher.finalize_with_tag(tag)).decode()
    except (ValueError, binascii.Error, InvalidTag) as error:
        raise SealError(_WRONG) from error
