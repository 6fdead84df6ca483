"""Envelopes (docs/objection-protocol.md): two readable header lines, then a sealed container.

The container is a tar archive, so that `tail -n +3 | age -d | tar x` recovers it without this
program; zeros after its end hide the length of the text.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol

from portal.errors import SealError
from portal.sealed.suites import AGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION = "portal-envelope/1"
HEADER_LIMIT = 4096
KINDS = ("objection", "message", "answer")
_CHUNK = 64 * 1024
_FLOOR = 16 * 1024
_BLOCK = tarfile.BLOCKSIZE
_LOOKUP = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{16}|\.[0-9]{4})?")
_TYPES = (str, int, bool)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Header:
    """The header line: what both sides may know without a key."""

    kind: str
    lookup: str
    notice: str = ""
    office: str = ""
    number: str = ""
    received: datetime | None = None
    reply: str = ""
    id: str = ""
    seq: int = 0
    demonstration: bool = False

    @property
    def name(self) -> str:
        """File name without its suffix."""
        if self.kind == "answer":
            return f"{self.lookup}.{self.seq:04d}"
        return f"{self.lookup}.{self.id}" if self.id else self.lookup

    def line(self) -> bytes:
        """The header line without its newline; empty values are left out."""
        values = {
            "kind": self.kind,
            "lookup": self.lookup,
            "notice": self.notice,
            "office": self.office,
            "number": self.number,
            "received": self.received.isoformat() if self.received else "",
            "reply": self.reply,
            "id": self.id,
            "seq": self.seq,
            "demonstration": self.demonstration,
        }
        kept = {key: value for key, value in values.items() if value}
        return json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()

    @property
    def bound(self) -> str:
        """SHA-256 of the header line, repeated inside the sealed document."""
        return hashlib.sha256(self.line()).hexdigest()


def parse_header(line: bytes) -> Header:
    """Read a header line; raises SealError for anything this version did not write."""
    try:
        values = json.loads(line)
        received = values.pop("received", None)
        header = Header(**values, received=datetime.fromisoformat(received) if received else None)
        sound = (
            tuple(type(value) for value in (header.lookup, header.seq, header.demonstration))
            == _TYPES
            and header.kind in KINDS
            and _LOOKUP.fullmatch(header.lookup)
            and _NAME.fullmatch(header.name)
            and all(not slug or _SLUG.fullmatch(slug) for slug in (header.notice, header.office))
            and header.line() == line
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise SealError("信封的头部无法识别") from error
    if not sound:
        raise SealError("信封的头部无法识别")
    return header


def write_head(header: Header, target: BinaryIO, suite: str = AGE.name) -> None:
    """Write both header lines."""
    target.write(f"{VERSION} {suite}\n".encode() + header.line() + b"\n")


def read_header(source: BinaryIO, suites: Sequence[str] = (AGE.name,)) -> Header:
    """Read both header lines, leaving the stream at the sealed part; raises SealError."""
    first = source.readline(HEADER_LIMIT)
    version, _, suite = first.decode("ascii", "replace").rstrip("\n").partition(" ")
    if version != VERSION or suite not in suites:
        raise SealError(f"信封的版本或者算法不受支持：{version[:40]} {suite[:40]}")
    line = source.readline(HEADER_LIMIT)
    if not line.endswith(b"\n"):
        raise SealError("信封的头部不完整")
    return parse_header(line[:-1])


class Readable(Protocol):
    """What a member is read from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file to go into the container; `source` gives exactly `size` bytes."""

    name: str
    size: int
    source: Readable


def padded_length(length: int) -> int:
    """Length after padding: 16 KiB at least, then Padmé, which leaks O(log log n) bits."""
    if length <= _FLOOR:
        return _FLOOR
    exponent = length.bit_length() - 1
    mask = (1 << exponent - exponent.bit_length()) - 1
    return (length + mask) & ~mask


def _tar_header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def _member(member: Member) -> Iterator[bytes]:
    yield _tar_header(member.name, member.size)
    left = member.size
    while left:
        chunk = member.source.read(min(_CHUNK, left))
        if not chunk:
            raise SealError("附件在封装时变短了")
        left -= len(chunk)
        yield chunk
    yield bytes(-member.size % _BLOCK)


def _archive(members: Sequence[Member]) -> Iterator[bytes]:
    written = 0
    for member in members:
        for chunk in _member(member):
            written += len(chunk)
            yield chunk
    missing = padded_length(written + 2 * _BLOCK) - written
    while missing:
        zeros = bytes(min(missing, _CHUNK))
        missing -= len(zeros)
        yield zeros


class _Stream(io.RawIOBase):
    """A readable stream over chunks; an error met while reading is kept, for pyrage hides it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; everything when negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = memoryview(chunk)
        taken, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return taken


def container(name: str, document: bytes, files: Sequence[Member] = ()) -> BinaryIO:
    """The padded tar archive of a document and its files, as a readable stream."""
    first = Member(name, len(document), io.BytesIO(document))
    return _Stream(_archive((first, *files)))  # type: ignore[return-value]
