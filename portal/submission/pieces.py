"""Envelopes on their way in pieces: sealed bytes that a bad line has brought so far.

An unfinished envelope has a name that follows from a secret which only its sender knows, so nobody
can ask for, continue or overwrite another's. Pieces go behind each other, each on the disk before
it is acknowledged. Nothing here is an objection yet: that begins with the receipt.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO

from portal.machine.closed_files import NEW_FILE
from portal.machine.file_lock import lock
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN = re.compile(r"[0-9a-f]{32}-[1-9][0-9]{0,9}")
_PART, _DONE = ".part", ".done"
_CHUNK = 256 * 1024
_IDLE = 600
"""Seconds after which what was only announced is counted no more; what has come still is."""


class GoneError(Exception):
    """No such envelope under way: unknown, or swept away."""


class OffsetError(Exception):
    """The piece does not begin where the stored bytes end."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"{offset} bytes are here")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Pieces:
    """A folder of unfinished envelopes; `most` bytes of all of them together."""

    root: Path
    most: int

    def begin(self, size: int, first: bytes) -> str | None:
        """The secret of a new envelope of `size` bytes, which begins so; None where it is full."""
        closed_folder(self.root)
        token = f"{secrets.token_hex(16)}-{size}"
        path = self._path(token, _PART)
        with os.fdopen(os.open(path, NEW_FILE, 0o600), "wb") as target:
            target.write(first)
            _flush(target)
            now = os.fstat(target.fileno()).st_mtime
        if (
            self._counted(now) > self.most
        ):  # itself among them, so that two at once cannot both pass
            path.unlink()
            return None
        return token

    def append(self, token: str, offset: int, source: IO[bytes]) -> int:
        """Store what follows; how many bytes are here now. What came of a broken piece is kept.

        Raises GoneError, OffsetError (also while another request brings a piece).
        """
        size = _size_in(token)
        try:
            target = self._path(token, _PART).open("r+b")
        except FileNotFoundError as error:
            raise GoneError from error
        with target:
            at = target.seek(0, os.SEEK_END)
            try:
                lock(target, wait=False)
            except BlockingIOError as error:
                raise OffsetError(at) from error
            at = target.seek(0, os.SEEK_END)
            if at != offset:
                raise OffsetError(at)
            try:
                while at < size and (data := source.read(min(_CHUNK, size - at))):
                    at += target.write(data)
            finally:
                _flush(target)
        return at

    def open(self, token: str) -> tuple[BinaryIO, int]:
        """The envelope and its size, when all of it is here; GoneError, OffsetError."""
        size = _size_in(token)
        try:
            stream = self._path(token, _PART).open("rb")
        except FileNotFoundError as error:
            raise GoneError from error
        here = stream.seek(0, os.SEEK_END)
        if here != size:
            stream.close()
            raise OffsetError(here)
        stream.seek(0)
        return stream, size

    def finish(self, token: str, stored: str) -> None:
        """The envelope is in the drop box: keep only its name, for who asks once more."""
        self._path(token, _DONE).write_text(json.dumps({"lookup": stored}), encoding="ascii")
        self._path(token, _PART).unlink(missing_ok=True)

    def finished(self, token: str) -> str:
        """The name under which an envelope was stored; empty where it was not."""
        if not _TOKEN.fullmatch(token):
            return ""
        try:
            return str(json.loads(self._path(token, _DONE).read_text("ascii"))["lookup"])
        except (OSError, ValueError, KeyError):
            return ""

    def sweep(self, now: float, age: float) -> int:
        """Remove what nobody has continued for `age` seconds; returns how many."""
        removed = 0
        for path in self.root.iterdir() if self.root.is_dir() else ():
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > age:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, token: str, suffix: str) -> Path:
        name = hashlib.sha256(token.encode()).hexdigest()[:32]
        return self.root / f"{name}.{_size_in(token)}{suffix}"

    def _counted(self, now: float) -> int:
        """Bytes that are here, and of those that somebody is sending the ones still to come."""
        total = 0
        for path in self.root.glob(f"*{_PART}"):
            with suppress(FileNotFoundError):
                seen = path.stat()
                moving = abs(now - seen.st_mtime) < _IDLE
                total += max(seen.st_size, int(path.name.split(".")[1]) if moving else 0)
        return total


def _size_in(token: str) -> int:
    if not _TOKEN.fullmatch(token):
        raise GoneError
    return int(token.partition("-")[2])


def _flush(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())
