"""Objections that came on paper, by phone or in person: sealed and registered like the others.

They get the same kind of envelope, the same row and the same clock; the channel stays on record.
Who wants one is given a receipt code on paper, and then follows the case like everybody else: the
public side learns of it by a copy sealed to that code alone. Without a code there is no reply key,
and the reply goes out the way the objection came.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.casework.collecting import add_case
from portal.casework.handling import settle
from portal.domain.exchange import checked, read_objection, write_objection
from portal.domain.objection import Evidence, Objection
from portal.domain.receipt_code import CODE_BYTES, code_from, objection_number
from portal.domain.routing import office_for
from portal.errors import RequestError
from portal.sealed.dropbox import SEALED, publish, publish_bytes
from portal.sealed.envelope import Header, Member, container
from portal.sealed.receipts import derived
from portal.sealed.sealing import Sealer
from portal.sealed.spoken import speaker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.casework.caseroom import CaseRoom
    from portal.casework.people import Person
    from portal.domain.receipt_code import ReceiptCode

_NUMBER_BYTES = 5
_LOOKUP_BYTES = 16


class Channel(StrEnum):
    """How an objection came in."""

    ONLINE = "online"
    PAPER = "paper"
    PHONE = "phone"
    VISIT = "visit"

    @property
    def label(self) -> str:
        """The channel's Chinese name."""
        return {"online": "网上", "paper": "书面", "phone": "电话", "visit": "来访"}[self.value]


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned page or other file brought along; `suffix` is an allowed extension."""

    name: str
    suffix: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """An objection as an officer wrote it down, without a number yet, and how it came in."""

    objection: Objection
    channel: Channel


@dataclass(frozen=True, slots=True)
class Registered:
    """The number of a new case, and the code that is shown once and kept nowhere."""

    number: str
    code: ReceiptCode | None


def register_by_hand(
    room: CaseRoom,
    person: Person,
    paper: Paper,
    scans: Sequence[Scan],
    now: datetime,
    *,
    coded: bool = False,
) -> Registered:
    """Seal and register an objection that came by hand; `coded` gives it a receipt code."""
    code = code_from(secrets.token_bytes(CODE_BYTES)) if coded else None
    header, revision = _header(room, paper.objection, now, code)
    evidence = tuple(
        Evidence(
            f"files/{position}.{scan.suffix}",
            scan.name,
            len(scan.data),
            hashlib.sha256(scan.data).hexdigest(),
        )
        for position, scan in enumerate(scans, 1)
    )
    document = replace(
        paper.objection,
        number=header.number,
        revision=revision,
        evidence=evidence,
        speak=speaker(code, header.replies).public if code else "",
    )
    members = [
        Member(item.member, item.size, io.BytesIO(scan.data))
        for item, scan in zip(evidence, scans, strict=True)
    ]
    text = checked(document, header.bound, write_objection, read_objection)
    content = container("objection.json", text, members)
    sealer = room.office_sealer(header.office, header.notice)
    target = room.folders.envelopes / f"{header.name}{SEALED}"
    copy = replace(header, kind="copy", reply="", id=secrets.token_hex(8))
    told = room.folders.outgoing / f"{copy.name}{SEALED}"
    # The file comes first and inside the transaction: a row never lacks its file, and should the
    # commit fail, the file is taken away before anybody can import it as an online objection.
    try:
        with room.register.write() as session:
            sealed = publish(
                room.folders.tmp, target, lambda stream: sealer.seal(header, content, stream)
            )
            channel, actor = paper.channel.value, person.username
            add_case(session, room, header, sealed, now, channel=channel, actor=actor)
            if code:
                publish_bytes(room.folders.tmp, told, _own_words(header.reply, copy, document))
    except BaseException:
        target.unlink(missing_ok=True)
        told.unlink(missing_ok=True)
        raise
    settle(room, now)
    return Registered(header.number, code)


def _own_words(reply: str, header: Header, document: Objection) -> bytes:
    """The citizen's own words, sealed to the code alone; its header tells the public side."""
    target = io.BytesIO()
    text = checked(document, header.bound, write_objection, read_objection)
    Sealer((reply,)).seal(header, container("objection.json", text), target)
    return target.getvalue()


def _header(
    room: CaseRoom, objection: Objection, now: datetime, code: ReceiptCode | None
) -> tuple[Header, int]:
    """The envelope's header and the revision of the notice it goes to."""
    notice = room.notice(objection.notice)
    if notice is None or notice.window is None:
        raise RequestError("请选择一则公示")
    if objection.received > now:
        raise RequestError("收到时间不能晚于现在")
    office = office_for(
        notice,
        room.catalogue().site,
        concerns_office=objection.concerns_office,
        supervisor=room.supervisor,
    )
    if office is None:
        raise RequestError("涉及主办单位的异议没有设置上一级办理单位（PORTAL_SUPERVISOR）")
    known = derived(code, room.office_sealer(office, notice.slug).suite) if code else None
    header = Header(
        "objection",
        known.lookup if known else secrets.token_hex(_LOOKUP_BYTES),
        notice=notice.slug,
        office=office,
        number=objection_number(objection.received.date(), secrets.token_bytes(_NUMBER_BYTES)),
        received=objection.received,
        reply=known.reply if known else "",
        demonstration=notice.demonstration,
    )
    return header, notice.revision
