"""What the second person reads before confirming: the case itself, or a copy for the main office.

The main office holds no key of a county's window. Where the county lets it, a proposal carries the
text that it rests on, sealed to the main office's own key for that window: without the objector's
name, number or files. Who confirms without having read says so, and that is on record.
"""

from __future__ import annotations

import io
import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import Action, record
from portal.casework.cases import find, waiting
from portal.casework.decisions import Ending
from portal.casework.handling import read_contents
from portal.casework.looks import tell_looks
from portal.casework.models import AuditLine
from portal.casework.people import Role
from portal.casework.unsealing import unseal
from portal.domain.dates import write_meta
from portal.domain.objection import Grounds
from portal.domain.round_news import WHOLE_LIST
from portal.errors import RequestError, SealError
from portal.sealed.envelope import Header, container

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.handling import Contents
    from portal.casework.models import Approval, Case
    from portal.casework.people import Person

_FORMAT = "portal-shared/1"
_ID = 8
_RESTS_ON_CONTENT = (Ending.REFUSE, Ending.CLOSE, Ending.REOPEN)
UNREAD = "请先阅读再复核；不阅读的，请勾选“我没有阅读异议书和答复，仍然复核同意”"


class Reading(StrEnum):
    """How the second person knew what was confirmed."""

    CASE = "case"
    COPY = "copy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its text."""

    head: str
    text: str


def can_share(room: CaseRoom, case: Case) -> bool:
    """Whether the main office is another one than the case's."""
    return case.office != room.main_office and bool(case.office_county)


def keep_copy(
    room: CaseRoom, case: Case, approval: Approval, reply: str, keys: Sequence[str]
) -> None:
    """Seal what a proposal rests on to the main office's key; SealError where it has none."""
    if not can_share(room, case):
        return
    if not keys:
        raise RequestError("请先输入密钥口令，解锁以后再提请")
    header = Header("copy", case.lookup, id=secrets.token_hex(_ID))
    parts = [[part.head, part.text] for part in _parts(read_contents(room, case, keys), reply)]
    document = {"format": _FORMAT, "bound": header.bound, "number": case.number, "parts": parts}
    content = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    target = io.BytesIO()
    sealer = room.office_sealer(room.main_office, case.notice)
    sealer.seal(header, container("shared.json", content), target)
    approval.shared = target.getvalue()


def _parts(contents: Contents, reply: str) -> Iterator[Part]:
    objection = contents.objection
    named = [entry.name for entry in objection.entries]
    named += [WHOLE_LIST] if objection.concerns_list else []
    yield Part("有异议的条目", "、".join(named))
    yield Part("事由", "、".join(Grounds(ground).label for ground in objection.grounds))
    yield Part("事实与理由", objection.facts)
    for opened in contents.messages:
        head = f"{opened.message.kind.label}（{write_meta(opened.row.at)}）"
        yield Part(head, "\n".join(filter(None, (opened.voice.doubt, opened.message.text))))
    if names := [
        f"{n}. {listed.evidence.name}" for n, (_, listed, _) in enumerate(contents.files(), 1)
    ]:
        yield Part("附件（只有名称）", "\n".join(names))
    if reply:
        yield Part("复核同意后送达异议人的答复", reply)


def shared_parts(case: Case, approval: Approval, identities: Sequence[str]) -> tuple[Part, ...]:
    """The copy of a proposal in the clear; SealError for a wrong key, or another case's copy."""
    unsealed = unseal(io.BytesIO(approval.shared or b""), identities)
    try:
        document = json.loads(unsealed.document)
        bound = (document["format"], document["bound"], document["number"])
        parts = tuple(Part(str(head), str(text)) for head, text in document["parts"])
    except (ValueError, TypeError, LookupError) as error:
        raise SealError("复核副本的内容无法识别") from error
    if bound != (_FORMAT, unsealed.header.bound, case.number):
        raise SealError("复核副本不属于这件异议")
    return parts


def may_read_copy(room: CaseRoom, person: Person, case: Case) -> bool:
    """Whether a waiting proposal has a copy for this person's office."""
    approval = waiting(case)
    main = person.role is Role.CITY and person.office == room.main_office
    return main and approval is not None and approval.shared is not None


def open_copy(
    room: CaseRoom, person: Person, number: str, identities: Sequence[str], now: datetime
) -> None:
    """Read the copy of what waits, on record; the citizen is told that somebody has looked."""
    with room.register.write() as session:
        case = find(session, person, room.main_office, number)
        approval = waiting(case)
        if approval is None or not may_read_copy(room, person, case):
            raise RequestError("这一项提请没有给您单位的复核副本")
        shared_parts(case, approval, identities)
        record(session, now, person.username, Action.READ_COPY, case=number)
    tell_looks(room, number)


def reading_of(session: Session, person: Person, case: Case, approval: Approval) -> Reading:
    """What a person has read of a case, by the record: the copy only since it was proposed."""
    query = select(AuditLine.action, AuditLine.at).where(
        AuditLine.case_number == case.number,
        AuditLine.actor == person.username,
        AuditLine.action.in_((Action.OPEN.value, Action.READ_COPY.value)),
    )
    seen = session.execute(query).all()
    if any(action == Action.OPEN for action, _ in seen):
        return Reading.CASE
    copies = [at for action, at in seen if action == Action.READ_COPY]
    return Reading.COPY if any(at >= approval.proposed_at for at in copies) else Reading.NONE


def require_reading(
    session: Session, person: Person, case: Case, approval: Approval, *, unread: bool
) -> dict[str, str | int]:
    """What goes on record of it; RequestError for who neither read nor says so."""
    if not rests_on_content(approval):
        return {}
    reading = reading_of(session, person, case, approval)
    if reading is Reading.NONE and not unread:
        raise RequestError(UNREAD)
    return {"read": reading.value}


def rests_on_content(approval: Approval) -> bool:
    """Whether there is something to read before a proposal is confirmed."""
    return Ending(approval.action) in _RESTS_ON_CONTENT
