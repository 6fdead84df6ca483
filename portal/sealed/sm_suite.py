"""The national-cipher suite: SM2, SM3 and SM4-GCM in the shape of age (docs/objection-protocol.md).

The head is text: a first line, for each recipient `-> SM2` and the SM2 ciphertext of the file key,
then the HMAC-SM3 over all of it. A nonce follows, and SM4-GCM in chunks of 64 KiB, each with a tag.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from portal.errors import SealError, reason_of
from portal.sealed import sm_curve
from portal.sealed.sm_keys import (
    SEALS,
    hkdf_sm3,
    hmac_sm3,
    is_secret,
    key_of,
    opened_by,
    point_of,
    secret_text,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST = b"portal-sm/1\n"
STANZA = b"-> SM2\n"
MAC = b"--- "
NONCE_BYTES, CHUNK, TAG = 16, 64 * 1024, 16
SHORTEST, LONGEST = 80, 166
"""Letters of a stanza's ciphertext: DER leaves out leading zeros of x and y."""

_FILE_KEY, _MAC_KEY = 16, 32
_MOST = 20
_NOT_OPENED = "无法启封：密钥不符，或者文件已损坏"


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def from_b64(text: bytes) -> bytes:
    """The bytes of base64 without padding, written in the one right way; SealError."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise SealError(_NOT_OPENED) from error
    if _b64(data) != text:
        raise SealError(_NOT_OPENED)
    return data


class Sm2Sm4Gcm:
    """SM2 for the file key, SM3 over the header, SM4-GCM for what is sealed."""

    name = "sm2-sm4gcm-v1"
    word = "国密（SM2）"

    def seal(self, source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
        """Encrypt in chunks; other threads run between them, and while SM2 is at work."""
        points = [point_of(SEALS, text.strip()) for text in recipients]
        if not points or None in points or len(points) > _MOST:
            raise SealError("封装失败：收件公钥不是国密公钥")
        file_key = secrets.token_bytes(_FILE_KEY)
        sealed = [sm_curve.encrypt(point, file_key) for point in points if point]
        head = FIRST + b"".join(STANZA + _b64(one) + b"\n" for one in sealed) + MAC.rstrip()
        mac = hmac_sm3(_header_key(file_key), head).finalize()
        nonce = secrets.token_bytes(NONCE_BYTES)
        try:
            target.write(head + b" " + _b64(mac) + b"\n" + nonce)
            key = _payload_key(file_key, nonce)
            for place, (chunk, last) in enumerate(_chunks(source, CHUNK)):
                cipher = _cipher(key, place, last=last).encryptor()
                target.write(cipher.update(chunk) + cipher.finalize() + cipher.tag)
        except OSError as error:
            raise SealError(f"封装失败：{reason_of(error)}") from error

    def open(self, source: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
        """Decrypt; a chunk is written once its tag is right; the whole counts at the end only."""
        try:
            head, mac, ciphertexts = read_head(source)
            file_key = opened_by(identities, ciphertexts)
            if file_key is None or len(file_key) != _FILE_KEY:
                raise SealError(_NOT_OPENED)
            hmac_sm3(_header_key(file_key), head).verify(mac)
            nonce = _exactly(source, NONCE_BYTES)
            if len(nonce) != NONCE_BYTES:
                raise SealError(_NOT_OPENED)
            key = _payload_key(file_key, nonce)
            for place, (chunk, last) in enumerate(_chunks(source, CHUNK + TAG)):
                if len(chunk) < TAG or (place and len(chunk) == TAG):
                    raise SealError(_NOT_OPENED)
                cipher = _cipher(key, place, last=last).decryptor()
                plain = cipher.update(chunk[:-TAG])
                target.write(plain + cipher.finalize_with_tag(chunk[-TAG:]))
        except (InvalidSignature, InvalidTag, OSError) as error:
            raise SealError(_NOT_OPENED) from error

    def takes(self, recipient: str) -> bool:
        """Whether something can be sealed to a public key."""
        return point_of(SEALS, recipient) is not None

    def holds(self, identity: str) -> bool:
        """Whether an identity says that it is of this suite."""
        return is_secret(identity)

    def recipient(self, identity: str) -> str:
        """The public half of an identity; SealError."""
        return text_of(SEALS, key_of(identity).seals)

    def identity(self, seed: bytes) -> str:
        """The private key that 32 bytes are; SealError for zero and the few beyond the order."""
        if not sm_curve.is_scalar(seed):
            raise SealError("不是 SM2 密钥")
        return secret_text(seed)


def read_head(source: BinaryIO) -> tuple[bytes, bytes, list[bytes]]:
    """What the MAC stands over, the MAC, and each recipient's ciphertext; SealError."""
    head, found = source.readline(len(FIRST)), list[bytes]()
    if head != FIRST:
        raise SealError(_NOT_OPENED)
    while True:
        line = source.readline(len(MAC) + _MAC_KEY * 2)
        if line.startswith(MAC) and line.endswith(b"\n") and found:
            mac = from_b64(line[len(MAC) : -1])
            return head + MAC.rstrip(), mac, found
        text = source.readline(LONGEST + 1)
        whole = text.endswith(b"\n") and len(text) > SHORTEST
        if line != STANZA or not whole or len(found) == _MOST:
            raise SealError(_NOT_OPENED)
        found.append(from_b64(text[:-1]))
        head += line + text


def _header_key(file_key: bytes) -> bytes:
    return hkdf_sm3(file_key, b"", b"portal-sm/1 header", _MAC_KEY)


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return hkdf_sm3(file_key, nonce, b"portal-sm/1 payload", _FILE_KEY)


def _cipher(key: bytes, place: int, *, last: bool) -> Cipher[modes.GCM]:
    """Each chunk under its place and whether it is the last (STREAM, as age has it)."""
    return Cipher(algorithms.SM4(key), modes.GCM(place.to_bytes(11) + bytes((last,))))


def _exactly(source: BinaryIO, size: int) -> bytes:
    """As many bytes as are there, up to a size, of a stream that may give fewer at a time."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Whole chunks, and whether each is the last; one even where there is nothing."""
    chunk = _exactly(source, size)
    while len(chunk) == size and (following := _exactly(source, size)):
        yield chunk, False
        chunk = following
    yield chunk, True
