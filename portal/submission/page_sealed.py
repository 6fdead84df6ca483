"""What a page has sealed: taken as it streams in, and never understood.

The server reads the header line, and of the sealed part only its form: to exactly the two keys of
the window, in the suite that the envelope names, padded as `portal.sealed.envelope` pads. Time and
number are added here; `bound` covers the line without them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, SealError
from portal.sealed.envelope import (
    SIZE_LIMIT,
    Header,
    page_number,
    read_page_header,
    write_head,
)
from portal.sealed.receipts import Receipt
from portal.submission.sealed_forms import FORMS, NotOurFormError, require_padding
from portal.submission.submitting import Submissions, WindowShutError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from portal.domain.notice import Notice, Status
    from portal.sealed.boxes import Box
    from portal.submission.sealed_forms import SealedForm

_CHUNK = 256 * 1024
_OTHER = "这个查询码下已经收到过一份内容不同的异议，请返回修改后重新提交"


class OtherBytesError(PortalError):
    """Another envelope lies under this name already."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the page is told. `signed` is empty where the desk has the envelope meanwhile."""

    header: Header
    signed: str
    sha256: str
    repeated: bool = False


class _Rest:
    """What follows the header: exactly as many bytes as were announced, its beginning checked."""

    def __init__(self, source: BinaryIO, size: int, form: SealedForm) -> None:
        self._source, self._left, self._form = source, size, form

    def copy(self, write: Callable[[bytes], object]) -> None:
        head = self._form.head(self._line)
        require_padding(self._left)
        write(head)
        while self._left:
            write(self._take(min(self._left, _CHUNK)))

    def _line(self, limit: int) -> bytes:
        line = self._source.readline(min(limit, self._left))
        self._left -= len(line)
        return line

    def _take(self, size: int) -> bytes:
        parts = []
        while size:
            part = self._source.read(size)
            if not part:
                raise NotOurFormError("没有收完整")
            parts.append(part)
            size -= len(part)
            self._left -= len(part)
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Arriving:
    """An envelope whose header line has been read; the sealed part waits in the stream."""

    header: Header
    source: BinaryIO
    size: int

    @classmethod
    def begin(cls, source: BinaryIO, size: int) -> Arriving:
        """Read the header line; raises NotOurFormError for what no page of ours makes."""
        if size > SIZE_LIMIT:
            raise NotOurFormError("超过允许的大小")
        counting = _Lines(source)
        try:
            header = read_page_header(counting)  # type: ignore[arg-type]
        except SealError as error:
            raise NotOurFormError(str(error)) from error
        left = size - counting.read_so_far
        FORMS[header.suite].require_size(left)
        return cls(header, source, left)

    @classmethod
    def read(
        cls, source: BinaryIO, size: int, notice: Notice, offices: Collection[str]
    ) -> Arriving:
        """Read the header line of an objection and check it; raises SealError."""
        arriving = cls.begin(source, size)
        header = arriving.header
        known = (header.kind, header.notice, header.demonstration)
        if known != ("objection", notice.slug, notice.demonstration) or not header.reply:
            raise NotOurFormError("信封的头部与这份公告不符")
        if header.office not in offices:
            raise NotOurFormError("信封的受理单位与这份公告不符")
        return arriving

    def copy(self, write: Callable[[bytes], object]) -> None:
        """Hand on the sealed part, checked for its form."""
        _Rest(self.source, self.size, FORMS[self.header.suite]).copy(write)

    def write(self, target: BinaryIO, clock: Callable[[], datetime]) -> Header:
        """Write the envelope; the header says when it was here as a whole."""
        begun, suite = _dated(self.header, clock()), self.header.suite
        write_head(begun, target, suite)
        self.copy(target.write)
        whole = clock()
        if begun.received == whole.replace(microsecond=0):
            return begun
        target.seek(0)  # the line is as long for any time
        dated = _dated(self.header, whole)
        write_head(dated, target, suite)
        return dated

    def digest(self, earlier: Header) -> str:
        """SHA-256 that it would have under the header of an earlier one; the stream is read."""
        found = hashlib.sha256()
        write_head(earlier, _Hashing(found.update), self.header.suite)  # type: ignore[arg-type]
        self.copy(found.update)
        return found.hexdigest()


class _Lines:
    """The lines of a stream, and how many bytes they were."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.read_so_far = 0

    def readline(self, limit: int) -> bytes:
        line = self._source.readline(limit)
        self.read_so_far += len(line)
        return line


def _dated(header: Header, now: datetime) -> Header:
    received = now.astimezone(SHANGHAI).replace(microsecond=0)
    if header.kind != "objection":
        return replace(header, received=received)
    return replace(header, received=received, number=page_number(header.lookup, received))


@dataclass(frozen=True, slots=True)
class PageSubmissions:
    """Takes what pages sealed; holds the drop box and the receipt key only."""

    submissions: Submissions

    @property
    def _box(self) -> Box:
        return self.submissions.box

    def again(self, arriving: Arriving) -> Taken | None:
        """The receipt of an envelope that lies here already; None for a new one.

        Raises OtherBytesError where other bytes have this name.
        """
        earlier = self._box.header(arriving.header.lookup)
        if earlier is None:
            return None
        alike = replace(arriving.header, received=earlier.received, number=earlier.number)
        if alike != earlier:
            raise OtherBytesError(_OTHER)
        digest = arriving.digest(earlier)
        try:
            noted = self._box.sum(earlier)
        except FileNotFoundError:  # the desk has taken it meanwhile
            return Taken(earlier, "", "", repeated=True)
        if noted.sha256 != digest:
            raise OtherBytesError(_OTHER)
        return self._taken(earlier, noted.sha256, repeated=True)

    def stored(self, lookup: str) -> Taken | None:
        """The receipt of what was stored under this name, for whoever knows that it was theirs."""
        header = self._box.header(lookup)
        if header is None or header.kind != "objection":  # a later message has a longer name
            return None
        try:
            noted = self._box.sum(header)
        except FileNotFoundError:  # the desk has taken it meanwhile
            return Taken(header, "", "", repeated=True)
        return self._taken(header, noted.sha256, repeated=True)

    def take(
        self, arriving: Arriving, notice: Notice, decide: Callable[[], tuple[datetime, Status]]
    ) -> Taken:
        """Store a new envelope; it counts from the moment in which it is here as a whole.

        Raises WindowShutError, SealError, FileExistsError for two at once, OSError.
        """
        found: list[Header] = []

        def moment() -> datetime:
            now, status = decide()
            if not status.accepts_objections or now < (notice.opens_at() or now):
                raise WindowShutError(status)
            return now

        def write(target: BinaryIO) -> None:
            found.append(arriving.write(target, moment))

        stored = self._box.put(arriving.header, write)
        return self._taken(found[0], stored.sha256)

    def _taken(self, header: Header, sha256: str, *, repeated: bool = False) -> Taken:
        assert header.received is not None
        receipt = Receipt(header.number, header.notice, header.received, sha256)
        return Taken(header, self.submissions.signer.sign(receipt), sha256, repeated=repeated)


class _Hashing:
    """A target of bytes that only go into a digest."""

    def __init__(self, update: Callable[[bytes], object]) -> None:
        self._update = update

    def write(self, data: bytes) -> int:
        self._update(data)
        return len(data)
