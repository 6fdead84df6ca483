"""Later messages that a page sealed: taken as they stream in, for whoever holds the case's code.

That it is the holder is proved before (`portal.intake.sealed_status`); here the header line must be
of that case, and the office one that has its key for the window: the server cannot know to whom a
case was handed over, since that is sealed too.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from portal.domain.objection import MESSAGES_LIMIT
from portal.domain.objection_rules import SAY
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError
from portal.sealed.envelope import Header, write_head
from portal.submission.page_sealed import Arriving
from portal.submission.sealed_forms import NotOurFormError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.submission.submitting import Submissions


class TooManyError(PortalError):
    """As many messages wait for the desk as may wait."""


@dataclass(frozen=True, slots=True)
class PageMessages:
    """Takes messages that pages sealed; holds the drop box and public keys only."""

    submissions: Submissions

    def take(
        self, source: BinaryIO, size: int, case: Header, clock: Callable[[], datetime]
    ) -> Header:
        """Store a message; the same again changes nothing. SealError, TooManyError, OSError.

        Its time is that of the moment in which it is here as a whole.
        """
        arriving = Arriving.begin(source, size)
        self._require_of(case, arriving.header)
        waiting = self.submissions.box.messages(case.lookup)
        if all(one.id != arriving.header.id for one in waiting) and len(waiting) >= MESSAGES_LIMIT:
            raise TooManyError(SAY["message_waiting"])
        found = []

        def write(target: BinaryIO) -> None:
            write_head(_dated(arriving.header, clock()), target, arriving.header.suite)
            arriving.copy(target.write)
            found.append(_dated(arriving.header, clock()))
            target.seek(0)  # the line is as long for any time
            write_head(found[-1], target, arriving.header.suite)

        with suppress(FileExistsError):
            self.submissions.box.put(arriving.header, write)
        return found[-1]

    def _require_of(self, case: Header, header: Header) -> None:
        of = (header.kind, header.lookup, header.notice, header.demonstration)
        if of != ("message", case.lookup, case.notice, case.demonstration):
            raise NotOurFormError("信封的头部与这件异议不符")
        keys = self.submissions.keys
        if not keys.recipients(header.office, header.notice):
            raise NotOurFormError("信封的受理单位没有这次公示的密钥")
        if header.suite not in {suite.name for suite in keys.suites(header.notice)}:
            raise NotOurFormError("信封的密码与这次公示的密钥不符")


def _dated(header: Header, now: datetime) -> Header:
    return replace(header, received=now.astimezone(SHANGHAI).replace(microsecond=0))
