"""AES-256 in counter mode from any place on, for files that lie on disk for a while.

A key encrypts one file, each place of it once: the counter starts at zero, and a place written
twice would give its plain text away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext

KEY_BYTES = 32
_BLOCK = 16


def stream_at(key: bytes, place: int) -> CipherContext:
    """The stream that encrypts, or decrypts, what stands from a place on."""
    block, inside = divmod(place, _BLOCK)
    stream = Cipher(algorithms.AES256(key), modes.CTR(block.to_bytes(_BLOCK))).encryptor()
    stream.update(bytes(inside))
    return stream
