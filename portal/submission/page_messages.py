"""Later messages that a page sealed: taken as they stream in, for whoever holds the case's code.

That it is the holder is proved before (`portal.intake.sealed_status`); here the header line must be
of that case, and the office one that has its key for the window: the server cannot know to whom a
case was handed over, since that is sealed too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from portal.domain.objection import MESSAGES_LIMIT
from portal.domain.objection_rules import SAY
from portal.errors import PortalError
from portal.sealed.envelope import Header
from portal.sealed.suites import suite_for
from portal.submission.page_sealed import Arriving, OtherBytesError
from portal.submission.sealed_forms import NotOurFormError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.submission.submitting import Submissions


_OTHER = "同一编号的另一份内容先前已经收到，这一份没有接收。请重新查询后再提交"


class TooManyError(PortalError):
    """As many messages wait for the desk as may wait."""


@dataclass(frozen=True, slots=True)
class PageMessages:
    """Takes messages that pages sealed; holds the drop box and public keys only."""

    submissions: Submissions

    def check(self, source: BinaryIO, size: int, case: Header) -> None:
        """Whether a message that begins so would be taken; raises SealError, TooManyError."""
        self._read(source, size, case)

    def stored(self, name: str, case: Header) -> Header | None:
        """What was stored under a name, where it is of the case."""
        lookup, _, id_ = name.partition(".")
        known = Header("message", lookup, id=id_)
        earlier = self.submissions.box.message(known) if lookup == case.lookup and id_ else None
        return earlier[0] if earlier else None

    def take(
        self, source: BinaryIO, size: int, case: Header, clock: Callable[[], datetime]
    ) -> Header:
        """Store a message; the same again changes nothing, also once the desk has taken it.

        Its time is that of the moment in which it is here as a whole. Raises SealError,
        TooManyError, OtherBytesError, OSError (FileExistsError for two at once).
        """
        arriving, earlier = self._read(source, size, case)
        if earlier is not None:
            return _same(arriving, *earlier)
        box = self.submissions.box
        found: list[Header] = []

        def write(target: BinaryIO) -> None:
            found.append(arriving.write(target, clock))

        box.put(arriving.header, write)
        return found[-1]

    def _read(
        self, source: BinaryIO, size: int, case: Header
    ) -> tuple[Arriving, tuple[Header, str] | None]:
        """A message whose line is right, and what was stored under its name before."""
        arriving = Arriving.begin(source, size)
        self._require_of(case, arriving.header)
        box = self.submissions.box
        earlier = box.message(arriving.header)
        if earlier is None and len(box.messages(case.lookup)) >= MESSAGES_LIMIT:
            raise TooManyError(SAY["message_waiting"])
        return arriving, earlier

    def _require_of(self, case: Header, header: Header) -> None:
        of = (header.kind, header.lookup, header.notice, header.demonstration)
        if of != ("message", case.lookup, case.notice, case.demonstration):
            raise NotOurFormError("信封的头部与这件异议不符")
        keys = self.submissions.keys.recipients(header.office, header.notice)
        if not keys:
            raise NotOurFormError("信封的受理单位没有这次公示的密钥")
        if header.suite != suite_for(keys).name:
            raise NotOurFormError("信封的密码与这次公示的密钥不符")


def _same(arriving: Arriving, earlier: Header, sha256: str) -> Header:
    """The earlier message of this name, if these are its bytes; OtherBytesError."""
    alike = replace(arriving.header, received=earlier.received) == earlier
    if not alike or arriving.digest(earlier) != sha256:
        raise OtherBytesError(_OTHER)
    return earlier
