"""Receipts: what derives from a receipt code, and the signed text that proves an arrival."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.domain.receipt_code import ReceiptCode, code_bytes
from portal.errors import VerificationError
from portal.sealed.sm_keys import hkdf_sm3, secret_from
from portal.sealed.suites import AGE, SM, recipient_of

if TYPE_CHECKING:
    from pathlib import Path

    from portal.sealed.suites import Suite

CODE_SALT = b"portal receipt code/1"
_TITLE = "异议回执 portal-receipt/1"
_SIGNATURE = "签名："


def derive(secret: bytes, info: str, length: int) -> bytes:
    """HKDF-SHA256; a slow function is not needed above 112 bits (ASVS 6.5.2)."""
    return HKDF(hashes.SHA256(), length, CODE_SALT, info.encode()).derive(secret)


@dataclass(frozen=True, slots=True)
class Derived:
    """What a code stands for. `identity` is secret: it opens the answers."""

    lookup: str
    identity: str
    number: bytes

    @property
    def reply(self) -> str:
        """The public key that answers are sealed to."""
        return recipient_of(self.identity)


def derived(code: ReceiptCode, suite: Suite = AGE) -> Derived:
    """Lookup, reply identity in a suite, and number of a code; lookup and number are of no suite.

    They name and hide nothing, so they stay what they were: HKDF-SHA256.
    """
    secret = code_bytes(code)
    if suite is SM:
        identity = secret_from(hkdf_sm3(secret, CODE_SALT, b"reply sm2", 48))
    else:
        identity = suite.identity(derive(secret, "reply", 32))
    return Derived(derive(secret, "lookup", 16).hex(), identity, derive(secret, "number", 5))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server confirms: this envelope arrived at this time."""

    number: str
    notice: str
    received: datetime
    envelope: str

    def body(self) -> str:
        """The lines that are signed."""
        return (
            f"{_TITLE}\n异议编号：{self.number}\n公告：{self.notice}\n"
            f"收到时间：{self.received.isoformat()}\n密封信封：sha256:{self.envelope}\n"
        )


class ReceiptSigner:
    """Signs receipts with the public side's Ed25519 key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> ReceiptSigner:
        """Read the key; raises VerificationError where it is of another kind."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except ValueError as error:
            raise VerificationError(f"{path} 为空或者损坏，请从备份恢复") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise VerificationError(f"{path} 不是 Ed25519 私钥")
        return cls(key)

    @classmethod
    def new(cls) -> ReceiptSigner:
        """A signer with a fresh key."""
        return cls(Ed25519PrivateKey.generate())

    def private_pem(self) -> bytes:
        """The key as PKCS #8 PEM, unencrypted: the public side must sign unattended."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def public_pem(self) -> bytes:
        """The public key as PEM."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, receipt: Receipt) -> str:
        """The signed receipt as text."""
        body = receipt.body()
        return body + _SIGNATURE + base64.b64encode(self._key.sign(body.encode())).decode() + "\n"


def raw_public(pem: bytes) -> str:
    """A receipt key in base64 of its 32 bytes; VerificationError where it is of another kind."""
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError as error:
        raise VerificationError("不是 PEM 公钥") from error
    if not isinstance(key, Ed25519PublicKey):
        raise VerificationError("公钥不是 Ed25519 公钥")
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def public_pem(raw: str) -> bytes:
    """The PEM of a receipt key given in base64 of its 32 bytes."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(raw)).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def is_receipt(data: bytes) -> bool:
    """Whether a file says that it is a signed receipt."""
    return data.lstrip(b"\xef\xbb\xbf \r\n").startswith(_TITLE.encode())


def _fields(body: str) -> Receipt:
    try:
        lines = dict(line.split("：", 1) for line in body.splitlines()[1:])
        return Receipt(
            lines["异议编号"],
            lines["公告"],
            datetime.fromisoformat(lines["收到时间"]),
            lines["密封信封"].removeprefix("sha256:"),
        )
    except (KeyError, ValueError) as error:
        raise VerificationError("回执的内容不完整") from error


def verify_receipt(text: str, public_pem: bytes) -> Receipt:
    """Check a signed receipt, forgiving line ends and spaces around lines; VerificationError."""
    lines = [line.strip() for line in text.removeprefix("\ufeff").strip().splitlines()]
    body = "".join(f"{line}\n" for line in lines[:-1])
    if not lines or lines[0] != _TITLE or not lines[-1].startswith(_SIGNATURE):
        raise VerificationError("不是异议回执：缺少首行或者签名行")
    key = serialization.load_pem_public_key(public_pem)
    try:
        if not isinstance(key, Ed25519PublicKey):
            raise VerificationError("公钥不是 Ed25519 公钥")
        text = lines[-1].removeprefix(_SIGNATURE)
        signature = base64.b64decode(text, validate=True)
        if base64.b64encode(signature).decode() != text:  # unused bits, set by another hand
            raise VerificationError("回执的签名写法不对")
        key.verify(signature, body.encode())
    except (InvalidSignature, binascii.Error) as error:
        raise VerificationError("回执的签名不成立：内容被改动过，或者不是本网站签发") from error
    return _fields(body)
