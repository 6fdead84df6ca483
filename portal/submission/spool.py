"""Upload spool: what arrives is encrypted before it touches the disk, under a throw-away key.

Werkzeug would spool uploads to /tmp in the clear. Here each file has its own AES-256-CTR key that
exists in memory only, or inside an encrypted draft; the counter mode lets a reader seek.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.machine.closed_files import NEW_FILE
from portal.sealed.key_stream import KEY_BYTES, stream_at

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Spooled:
    """A finished spool file: where it lies, its key, and what its plain text is."""

    path: Path
    key: bytes
    size: int
    sha256: str
    head: bytes

    def open(self) -> SpoolReader:
        """A reader of the plain text."""
        return SpoolReader(self.path, self.key, self.size)


class SpoolReader(io.RawIOBase):
    """Seekable plain text of a spool file; decrypts as it reads."""

    def __init__(self, path: Path, key: bytes, size: int) -> None:
        self._file = path.open("rb")
        self._key, self._size, self._at = key, size, 0
        self._cipher = stream_at(key, 0)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Place in the plain text."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; the key stream is set up anew from the block that holds the place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        self._file.seek(self._at)
        self._cipher = stream_at(self._key, self._at)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; everything when negative."""
        data = self._cipher.update(self._file.read(size))
        self._at += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class SpoolFile(io.RawIOBase):
    """The stream an upload is written to; stops storing past `limit` and says so in `oversize`.

    Until `keep` is called the file goes when the stream is closed, or with the object.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._path = folder / f"{secrets.token_hex(16)}.spool"
        descriptor = os.open(self._path, NEW_FILE, 0o600)
        self._out = os.fdopen(descriptor, "wb", buffering=256 * 1024)
        self._key = secrets.token_bytes(KEY_BYTES)
        self._cipher = stream_at(self._key, 0)
        self._digest = hashlib.sha256()
        self._head = b""
        self._limit, self._size = limit, 0
        self._reader: SpoolReader | None = None
        self._kept = False
        self.oversize = False

    def writable(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Encrypt and append; what exceeds the limit is dropped."""
        if self.oversize or self._size + len(data) > self._limit:
            self.oversize = True
            return len(data)
        if len(self._head) < _HEAD:
            self._head += bytes(data[: _HEAD - len(self._head)])
        self._digest.update(data)
        self._out.write(self._cipher.update(data))
        self._size += len(data)
        return len(data)

    def finish(self) -> Spooled:
        """End writing; what has been stored."""
        if not self._out.closed:
            self._out.close()
        return Spooled(self._path, self._key, self._size, self._digest.hexdigest(), self._head)

    def keep(self, target: Path) -> Spooled:
        """Move the finished file to a place of its own, where it outlives this object."""
        spooled = self.finish()
        self._path.replace(target)
        self._kept = True
        return Spooled(target, spooled.key, spooled.size, spooled.sha256, spooled.head)

    def _read_side(self) -> SpoolReader:
        if self._reader is None:
            self._reader = self.finish().open()
        return self._reader

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """End writing and move within what was written."""
        return self._read_side().seek(offset, whence)

    def tell(self) -> int:
        """Place in the plain text."""
        return self._reader.tell() if self._reader else self._size

    def read(self, size: int = -1) -> bytes:
        """Plain text from the current place."""
        return self._read_side().read(size)

    def close(self) -> None:
        """Close, and remove what nobody keeps."""
        if not self.closed:
            self._out.close()
            if self._reader is not None:
                self._reader.close()
            if not self._kept:
                self._path.unlink(missing_ok=True)
        super().close()
