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
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from portal.domain.receipt_code import objection_number
from portal.errors import SealError
from portal.sealed.suites import AGE, SUITES, is_recipient, suite_named, suite_taking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from portal.sealed.suites import Suite

VERSION = "portal-envelope/1"
PAGE = "page"
"""What `sealed` says of an envelope that was sealed before it reached the server."""

HEADER_LIMIT = 4096
# Five files of 20 MB, the text, and the padding of at most 12 %.
SIZE_LIMIT = 160 * 1024 * 1024
_CHUNK = 64 * 1024
_FLOOR = 16 * 1024
_BLOCK = tarfile.BLOCKSIZE
_LOOKUP = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[0-9a-f]{16}")
_NUMBER = re.compile(r"YY[0-9]{8}-[0-9A-Z]{8}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}[+-][0-9]{2}:[0-9]{2}")
_YEARS = range(2000, 2200)
_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_SEQ = range(1, 10_000)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Header:
    """The header line: what both sides may know without a key.

    `suite` is what the first line named, of a header that was read from an envelope.
    """

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
    sealed: str = ""
    suite: str = field(default=AGE.name, compare=False)

    @property
    def replies(self) -> Suite:
        """The suite in which the citizen is answered: the reply key's, else the envelope's."""
        return suite_taking(self.reply) or suite_named(self.suite)

    @property
    def name(self) -> str:
        """File name without its suffix."""
        if self.kind == "answer":
            return f"{self.lookup}.{self.seq:04d}"
        return f"{self.lookup}.{self.id}" if self.id else self.lookup

    def line(self) -> bytes:
        """The header line without its newline; empty values are left out."""
        return self._line({})

    def _line(self, changed: Mapping[str, str]) -> bytes:
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
            "sealed": self.sealed,
            **changed,
        }
        kept = {key: value for key, value in values.items() if value}
        return _COMPACT(kept).encode()

    @property
    def bound(self) -> str:
        """SHA-256 of the header line, repeated inside the sealed document.

        A page seals before the server says when it came: its line has no time and no number yet.
        """
        line = self._line({"received": "", "number": ""}) if self.sealed else self.line()
        return hashlib.sha256(line).hexdigest()


def page_number(lookup: str, received: datetime) -> str:
    """The number of what a page sealed: it follows from lookup and day, for anybody to check.

    The server need not trust a page with it, and nobody can give a case another's number.
    """
    digest = hashlib.sha256(f"portal objection number/1\n{lookup}".encode()).digest()
    return objection_number(received.date(), digest[:5])


def _is_text(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _time_of(value: object) -> datetime | None:
    if not _is_text(value, _TIME):
        raise ValueError("received")
    at = datetime.fromisoformat(str(value))
    if at.year not in _YEARS:
        raise ValueError("received")
    return at


# What each kind of envelope must say besides kind and lookup, and what it may.
_SHAPES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "objection": (
        frozenset({"notice", "office", "number", "received"}),
        frozenset({"reply", "sealed"}),
    ),
    "message": (frozenset({"notice", "office", "received", "id"}), frozenset({"sealed"})),
    "answer": (frozenset({"seq"}), frozenset()),
    "look": (frozenset({"id"}), frozenset()),
    # With the case's own fields: of one that came on paper, for which the public side has no other.
    "copy": (frozenset({"id"}), frozenset({"notice", "office", "number", "received"})),
}
_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "lookup": lambda value: _is_text(value, _LOOKUP),
    "notice": lambda value: _is_text(value, _SLUG),
    "office": lambda value: _is_text(value, _SLUG),
    "number": lambda value: _is_text(value, _NUMBER),
    "received": lambda value: bool(_time_of(value)),
    "reply": lambda value: isinstance(value, str) and is_recipient(value),
    "id": lambda value: _is_text(value, _ID),
    "seq": lambda value: type(value) is int and value in _SEQ,
    "demonstration": lambda value: value is True,
    "sealed": lambda value: value == PAGE,
}
# What the server adds to the line of a page.
_SERVERS = frozenset({"number", "received"})


def parse_header(line: bytes) -> Header:
    """Read a header line; raises SealError for anything this version did not write.

    Every field is checked for its type and range: who reads a header relies on all of it.
    """
    return _parse(line, frozenset())


def parse_page_header(line: bytes) -> Header:
    """Read the line that a page sends, before the server says when it came; SealError."""
    header = _parse(line, _SERVERS)
    if not header.sealed:
        raise SealError("信封的头部无法识别")
    return header


def _parse(line: bytes, missing: frozenset[str]) -> Header:
    try:
        header = _header_of(json.loads(line), missing)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise SealError("信封的头部无法识别") from error
    if header.line() != line:
        raise SealError("信封的头部无法识别")
    return header


def _header_of(values: dict[str, Any], missing: frozenset[str]) -> Header:
    kind = values.pop("kind")
    needed, allowed = _SHAPES[kind]
    needed = (needed | {"lookup"}) - missing
    wrong = [key for key, value in values.items() if not _CHECKS[key](value)]
    if wrong or not needed <= values.keys() <= needed | allowed | {"demonstration"}:
        raise ValueError("fields")
    received = values.pop("received", None)
    header = Header(kind, **values, received=_time_of(received) if received else None)
    if header.sealed and header.number and header.received:
        _require_its_number(header, header.received)
    return header


def _require_its_number(header: Header, received: datetime) -> None:
    if header.number != page_number(header.lookup, received):
        raise ValueError("number")


def write_head(header: Header, target: BinaryIO, suite: str = AGE.name) -> None:
    """Write both header lines."""
    target.write(f"{VERSION} {suite}\n".encode() + header.line() + b"\n")


def read_header(source: BinaryIO) -> Header:
    """Read both header lines, leaving the stream at the sealed part; raises SealError."""
    suite, line = _two_lines(source)
    return _of_suite(parse_header(line), suite)


def read_page_header(source: BinaryIO) -> Header:
    """The same for an envelope on its way from a page."""
    suite, line = _two_lines(source)
    return _of_suite(parse_page_header(line), suite)


def _of_suite(header: Header, suite: Suite) -> Header:
    """An answer is sealed as the question was: the reply key is of the envelope's suite."""
    if header.reply and not suite.takes(header.reply):
        raise SealError("信封的头部无法识别")
    return replace(header, suite=suite.name)


def _two_lines(source: BinaryIO) -> tuple[Suite, bytes]:
    first = source.readline(HEADER_LIMIT)
    version, _, name = first.decode("ascii", "replace").rstrip("\n").partition(" ")
    suite = next((suite for suite in SUITES if suite.name == name), None)
    if version != VERSION or suite is None:
        raise SealError(f"信封的版本或者算法不受支持：{version[:40]} {name[:40]}")
    line = source.readline(HEADER_LIMIT)
    if not line.endswith(b"\n"):
        raise SealError("信封的头部不完整")
    return suite, line[:-1]


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
