"""A temporary file that is encrypted on disk: random access, nameless, gone with the process.

For servers that buffer whole request bodies on disk before the app sees them.
"""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from typing import TYPE_CHECKING

from portal.sealed.key_stream import KEY_BYTES, stream_at

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext


class ScratchFile(io.RawIOBase):
    """AES-256-CTR by position, under a key in memory only. Each place may be written once."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed by close()
        self._key = secrets.token_bytes(KEY_BYTES)
        self._at = self._size = 0
        self._cipher: CipherContext | None = None

    def _stream(self) -> CipherContext:
        """The key stream at the current place."""
        if self._cipher is None:
            self._cipher = stream_at(self._key, self._at)
            self._file.seek(self._at)
        return self._cipher

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes, at the end."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The current place."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; the key stream is set up only when it is needed."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset != self._at:
            self._at, self._cipher = base + offset, None
        return self._at

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Append; a place written twice would give its plain text away."""
        if self._at != self._size:
            raise io.UnsupportedOperation("a scratch file is written at its end only")
        self._file.write(self._stream().update(data))
        self._at += len(data)
        self._size = self._at
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; everything when negative."""
        cipher = self._stream()
        data = cipher.update(self._file.read(size))
        self._at += len(data)
        return data

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close; the file has no name, so this removes it."""
        self._file.close()
        super().close()
