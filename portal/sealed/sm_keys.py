"""SM2 keys as text, and what is done with them: in memory, or by a module that holds them.

    sm21…                 public half that is sealed to: bech32 over the compressed point, 33 bytes
    sm2sign1…             public half that signs, likewise
    SM2-SECRET-KEY-1…     private half: bech32 over the number, 32 bytes

`SmModule` is the door to a certified module (PKCS#11, SDF): keys that it holds never leave it.
Nothing here is certified itself.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.errors import SealError
from portal.sealed import sm_curve
from portal.sealed.bech32 import LONGEST, bech32, from_bech32

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEALS, SIGNS = "sm2", "sm2sign"
SECRET = "sm2-secret-key-"  # noqa: S105 - how one begins
SECRET_BEGINS = f"{SECRET}1".upper()
SIGNER_ID = b"1234567812345678"
"""Who signs, as GB/T 32918 asks for: the usual one where nothing is agreed (GB/T 35276)."""

_ANSWERS = b"portal answer signature/1 sm2"
_EVEN = 48
"""Bytes from which a private key follows evenly."""


Answered = TypeVar("Answered")


def sm3(data: bytes) -> bytes:
    """Digest of GB/T 32905."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> hmac.HMAC:
    """HMAC with SM3, to be finalized or verified."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac


def hkdf_sm3(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF (RFC 5869) with SM3."""
    return HKDF(hashes.SM3(), length, salt or None, info).derive(secret)


class SmKey(Protocol):
    """The two key pairs of an office for a window, whose private halves it never shows.

    Points are as modules give them: 65 bytes (04, x, y), or 33 (02 or 03, x).
    """

    @property
    def seals(self) -> bytes:
        """The point that is sealed to."""

    @property
    def signs(self) -> bytes:
        """The point that signs; of another pair than `seals`."""

    def decrypt(self, ciphertext: bytes) -> bytes | None:
        """The plain text of an SM2 ciphertext (DER of GM/T 0009); None where it is not for it."""

    def sign(self, digest: bytes) -> bytes:
        """The SM2 signature (DER) of a digest of 32 bytes; SealError where it cannot."""


class SmModule(Protocol):
    """A cryptographic module. `label` names the pairs in it, `pin` is what a person types."""

    def make(self, label: str, pin: str) -> SmKey:
        """Fresh pairs; SealError where the label is taken, or they cannot be made."""

    def key(self, label: str, pin: str) -> SmKey:
        """The pairs of a label, ready to be used; SealError for a wrong PIN or an unknown label."""

    def destroy(self, label: str) -> None:
        """Destroy the pairs of a label, for ever; SealError where that fails."""


def asked(act: Callable[[], Answered]) -> Answered:
    """What a module does, its own failures told as ours; only their kind, for they may name a PIN.

    SealError.
    """
    try:
        return act()
    except SealError:
        raise
    except Exception as error:  # it is somebody else's program
        kind = type(error).__name__
        raise SealError(f"密码模块没有完成（{kind}），请看它自己的记录") from error


class _Guarded:
    """A module's key, used by one thread at a time: sessions of modules are not shared."""

    def __init__(self, key: SmKey) -> None:
        self._key, self._lock = key, Lock()
        self.seals, self.signs = asked(lambda: key.seals), asked(lambda: key.signs)

    def decrypt(self, ciphertext: bytes) -> bytes | None:
        with self._lock:
            return asked(lambda: self._key.decrypt(ciphertext))

    def sign(self, digest: bytes) -> bytes:
        with self._lock:
            return asked(lambda: self._key.sign(digest))


class HeldKey(str):
    """An identity that a module holds: as text its public half and no secret."""

    __slots__ = ("key",)
    key: SmKey

    def __new__(cls, key: SmKey) -> Self:
        """Name the key by what is sealed to."""
        guarded = _Guarded(key)
        held = super().__new__(cls, f"module:{text_of(SEALS, guarded.seals)}")
        held.key = guarded
        return held


class _SecretKey:
    """Both pairs from one private key in memory; what signs follows from what opens."""

    def __init__(self, scalar: bytes) -> None:
        self._scalar = scalar
        self._signing = sm_curve.scalar_of(hkdf_sm3(scalar, b"", _ANSWERS, _EVEN))

    @property
    def seals(self) -> bytes:
        return sm_curve.public_of(self._scalar)

    @property
    def signs(self) -> bytes:
        return sm_curve.public_of(self._signing)

    def decrypt(self, ciphertext: bytes) -> bytes | None:
        return sm_curve.decrypt(self._scalar, ciphertext)

    def sign(self, digest: bytes) -> bytes:
        return sm_curve.sign(self._signing, digest)


class SmSigner:
    """A pair that signs alone; its private half follows from 48 even bytes."""

    def __init__(self, seed: bytes) -> None:
        self._scalar = sm_curve.scalar_of(seed)

    @property
    def public(self) -> str:
        """The public half as text."""
        return text_of(SIGNS, sm_curve.public_of(self._scalar))

    def sign(self, message: bytes) -> str:
        """A signature in base64 of its DER; SealError."""
        digest = message_digest(sm_curve.public_of(self._scalar), message)
        return base64.b64encode(sm_curve.sign(self._scalar, digest)).decode()


def text_of(kind: str, point: bytes) -> str:
    """A public key as text; SealError for what is no point."""
    try:
        return bech32(kind, sm_curve.compressed(point))
    except ValueError as error:
        raise SealError("SM2 公钥无法识别") from error


def point_of(kind: str, text: str) -> bytes | None:
    """The point, 33 bytes, of a public key as text; None for anything else."""
    return _point_of(kind, text) if len(text) <= LONGEST else None  # what is kept stays small


@lru_cache(maxsize=256)
def _point_of(kind: str, text: str) -> bytes | None:
    try:
        point = from_bech32(kind, text)
        return point if sm_curve.compressed(point) == point else None
    except ValueError:
        return None


def secret_text(scalar: bytes) -> str:
    """A private key as text."""
    return bech32(SECRET, scalar).upper()


def secret_from(seed: bytes) -> str:
    """The private key, as text, that follows from 48 even bytes."""
    return secret_text(sm_curve.scalar_of(seed))


def is_secret(identity: str) -> bool:
    """Whether an identity says that it is of this kind."""
    return isinstance(identity, HeldKey) or identity.strip().startswith(SECRET_BEGINS)


def key_of(identity: str) -> SmKey:
    """What an identity can do; SealError for what is none."""
    if isinstance(identity, HeldKey):
        return identity.key
    text = identity.strip()
    try:
        scalar = from_bech32(SECRET, text.lower())
    except ValueError as error:
        raise SealError("密钥文件内容不是 SM2 密钥") from error
    if text != text.upper() or not sm_curve.is_scalar(scalar):
        raise SealError("密钥文件内容不是 SM2 密钥")
    return _SecretKey(scalar)


def is_signing_key(text: str) -> bool:
    """Whether a public key says that it signs with SM2."""
    return text.startswith(f"{SIGNS}1")


def message_digest(point: bytes, message: bytes) -> bytes:
    """What is signed of a message (GB/T 32918.2): SM3 over Z, which binds the signer, and it."""
    curve = b"".join(number.to_bytes(32) for number in (sm_curve.A, sm_curve.B)) + sm_curve.G
    named = (len(SIGNER_ID) * 8).to_bytes(2) + SIGNER_ID
    return sm3(sm3(named + curve + sm_curve.coordinates(point)) + message)


def sign_message(key: SmKey, message: bytes) -> str:
    """A signature in base64 of its DER; SealError."""
    return base64.b64encode(key.sign(message_digest(key.signs, message))).decode()


def message_holds(public: str, signature: str, message: bytes) -> bool:
    """Whether a signature, base64, is that of a key `sm2sign1…`."""
    point = point_of(SIGNS, public)
    try:
        value = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return point is not None and sm_curve.verify(point, message_digest(point, message), value)


def opened_by(identities: Sequence[str], ciphertexts: Sequence[bytes]) -> bytes | None:
    """What the first identity that fits finds in one of several ciphertexts."""
    for identity in filter(is_secret, identities):
        key = key_of(identity)
        for ciphertext in ciphertexts:
            if (found := key.decrypt(ciphertext)) is not None:
                return found
    return None
