"""Submission: is the window open, seal, store durably; only then is anything acknowledged."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from portal.domain.exchange import (
    checked,
    read_message,
    read_objection,
    write_message,
    write_objection,
)
from portal.domain.objection import Evidence
from portal.domain.receipt_code import ReceiptCode, objection_number
from portal.domain.workdays import SHANGHAI
from portal.errors import PortalError, SealError
from portal.sealed.envelope import Header, Member, container
from portal.sealed.paper_cases import header_of
from portal.sealed.receipts import Derived, Receipt, ReceiptSigner, derived
from portal.sealed.sealing import Sealer
from portal.sealed.spoken import speaker, spoken_text
from portal.sealed.suites import AGE, suite_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portal.domain.notice import Notice, Status
    from portal.domain.objection import FileRole, Message, Objection
    from portal.sealed.boxes import Box
    from portal.sealed.dropbox import Sum
    from portal.sealed.public_keys import PublicKeys
    from portal.submission.spool import SpoolReader

# For how long the same draft sent again shows the receipt again: a lost response on a bad network
# must not leave a citizen without the code.
REPEAT = timedelta(minutes=15)


class WindowShutError(PortalError):
    """The window is not open now; nothing was taken."""

    def __init__(self, status: Status) -> None:
        super().__init__("现在不在公示期内，没有接收这份异议")
        self.status = status


class AlreadySentError(PortalError):
    """The draft was sent before, too long ago to show the receipt again."""


class NotReadyError(PortalError):
    """The window has no keys yet, so nothing can be sealed."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sealed; `open` gives a fresh stream of its plain text."""

    name: str
    extension: str
    size: int
    sha256: str
    role: FileRole
    open: Callable[[], SpoolReader]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the citizen is told, once the envelope is safe.

    `signed` is None for a repeated request whose envelope the desk has taken meanwhile.
    """

    code: ReceiptCode
    header: Header
    signed: str | None
    repeated: bool = False


def _evidence(uploads: Sequence[Upload]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(f"files/{place}.{u.extension}", u.name, u.size, u.sha256, u.role)
        for place, u in enumerate(uploads, 1)
    )


def digest_of(message: Message, uploads: Sequence[Upload]) -> str:
    """SHA-256 of all that a message says; when it was sent is no part of it."""
    files = [(u.name, u.extension, u.size, u.sha256, u.role) for u in uploads]
    said = json.dumps((message.kind, message.answers, message.text, files))
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Submissions:
    """Takes objections and later messages; holds public keys and the receipt key only."""

    box: Box
    keys: PublicKeys
    signer: ReceiptSigner

    def ready(self, office: str | None, notice: str) -> bool:
        """Whether objections to a notice can be sealed to an office."""
        return bool(office and self.keys.recipients(office, notice))

    def submit(
        self,
        draft: Objection,
        uploads: Sequence[Upload],
        *,
        notice: Notice,
        office: str,
        code: ReceiptCode,
        decide: Callable[[], tuple[datetime, Status]],
        copied: bool = False,
    ) -> Acknowledged:
        """Seal and store an objection; `decide` reads the server's clock and the notice's status.

        With `copied` the words, without the files, are kept for the holder of the code as well.
        Number, time and evidence of `draft` are filled in here. The same code twice stores once.
        """
        recipients = self.keys.recipients(office, notice.slug)
        suite = suite_for(recipients) if recipients else AGE
        known = derived(code, suite)
        now, status = decide()
        earlier = self.box.header(known.lookup)
        if earlier is not None:
            return self._again(code, earlier, now)
        if not status.accepts_objections or now < (notice.opens_at() or now):
            raise WindowShutError(status)
        received = now.astimezone(SHANGHAI).replace(microsecond=0)
        header = Header(
            "objection",
            known.lookup,
            notice=notice.slug,
            office=office,
            number=objection_number(received.date(), known.number),
            received=received,
            reply=known.reply,
            demonstration=notice.demonstration,
        )
        objection = replace(
            draft,
            number=header.number,
            received=received,
            evidence=_evidence(uploads),
            speak=speaker(code, suite).public,
        )
        document = checked(objection, header.bound, write_objection, read_objection)
        try:
            sealed = self._store(header, "objection.json", document, objection.evidence, uploads)
        except FileExistsError:  # the same draft was sent twice at once; the other one won
            return self._again(code, self._header(known), now)
        if copied:
            self._copy(known, "objection.json", lambda bound: write_objection(objection, bound))
        return Acknowledged(code, header, self._sign(header, sealed.sha256))

    def send(
        self,
        message: Message,
        uploads: Sequence[Upload],
        *,
        code: ReceiptCode,
        office: str,
        id_: str,
        copied: bool = False,
    ) -> Header:
        """Seal and store a later message to the office that handles the case now.

        `id_` follows from what is said (`digest_of`), so that the same twice is stored once.
        """
        known = derived(code)
        case = self._header(known)
        known = derived(code, case.replies)
        header = Header(
            "message",
            known.lookup,
            notice=case.notice,
            office=office or case.office,
            received=message.sent,
            id=id_,
            demonstration=case.demonstration,
        )
        full = replace(message, evidence=_evidence(uploads))
        said = spoken_text(full, header.bound).encode()
        full = replace(full, signature=speaker(code, case.replies).sign(said))
        document = checked(full, header.bound, write_message, read_message)
        if self.box.message(header) is not None:
            return header  # sent before, and perhaps taken: the id says that it is the same
        with suppress(FileExistsError):  # the same was sent twice at once
            self._store(header, "message.json", document, full.evidence, uploads)
            if copied:
                self._copy(known, "message.json", lambda bound: write_message(full, bound))
        return header

    def repeat(self, code: ReceiptCode, now: datetime) -> Acknowledged | None:
        """The receipt of a draft that was sent a moment ago; None for one never sent."""
        earlier = self.box.header(derived(code).lookup)
        return None if earlier is None else self._again(code, earlier, now)

    def _header(self, known: Derived) -> Header:
        header = header_of(self.box, known.lookup)
        if header is None:
            raise SealError("没有这件异议")
        return header

    def _store(
        self,
        header: Header,
        name: str,
        document: bytes,
        evidence: Sequence[Evidence],
        uploads: Sequence[Upload],
    ) -> Sum:
        recipients = self.keys.recipients(header.office, header.notice)
        if not recipients:
            raise NotReadyError("这次公示的受理密钥尚未就绪，暂时不能在线接收异议")
        sealer = Sealer(recipients)
        with ExitStack() as stack:
            members = [
                Member(e.member, u.size, stack.enter_context(u.open()))
                for e, u in zip(evidence, uploads, strict=True)
            ]
            content = container(name, document, members)
            return self.box.put(header, lambda out: sealer.seal(header, content, out))

    def _copy(self, known: Derived, name: str, write: Callable[[str], bytes]) -> None:
        """Keep what was sent for the holder of the code; without it nothing is lost."""
        header = Header("copy", known.lookup, id=secrets.token_hex(8))
        content = container(name, write(header.bound))
        sealer = Sealer((known.reply,))
        with suppress(OSError, SealError):
            self.box.put_copy(header, lambda out: sealer.seal(header, content, out))

    def _sign(self, header: Header, sha256: str) -> str:
        assert header.received is not None
        return self.signer.sign(Receipt(header.number, header.notice, header.received, sha256))

    def _again(self, code: ReceiptCode, earlier: Header, now: datetime) -> Acknowledged:
        if earlier.received is None or now - earlier.received > REPEAT:
            raise AlreadySentError("这份异议已经提交成功，查询码只在提交时显示")
        try:
            sha256 = self.box.sum(earlier).sha256
        except FileNotFoundError:  # the desk has taken it meanwhile
            return Acknowledged(code, earlier, None, repeated=True)
        return Acknowledged(code, earlier, self._sign(earlier, sha256), repeated=True)
