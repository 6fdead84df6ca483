"""Telling a citizen that there is something new, if they want it: never what, nor about what.

The address comes sealed with the objection. The register keeps it encrypted under a key that
follows from the desk's own, for as long as the case is kept; a waiting message names the case, not
the address, which is looked up when the message goes.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.casework.models import Case, MailNotice
from portal.domain.objection_rules import contact_kind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom

SUBJECT = "您关注的事项有新进展"
BODY = f"{SUBJECT}。请打开您当时使用的网站，用查询码查看。请勿回复。\n"
CASE = "case:"
"""What the recipient of a waiting message begins with, before the case's row."""

_NONCE = 12
_PURPOSE = b"portal citizen address/1"


def _cipher(room: CaseRoom) -> AESGCM:
    """Ed25519 signs the same text alike each time, and only the desk can."""
    return AESGCM(hashlib.sha256(room.signer().sign(_PURPOSE).encode()).digest())


def keep_address(room: CaseRoom, case: Case, address: str) -> None:
    """Keep where a citizen wants to be told; what is no address is not kept."""
    if not contact_kind(address):
        return
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(room).encrypt(nonce, address.encode(), case.lookup.encode())
    case.told_at = base64.b64encode(nonce + sealed).decode()


def address_of(room: CaseRoom, case: Case) -> str:
    """The address of a case; empty where there is none, or the desk's key is another now."""
    data = base64.b64decode(case.told_at)
    try:
        return _cipher(room).decrypt(data[:_NONCE], data[_NONCE:], case.lookup.encode()).decode()
    except (InvalidTag, ValueError):
        return ""


def queue_news(session: Session, case: Case, now: datetime) -> None:
    """One message for the citizen, if they want it."""
    if case.told_at:
        session.add(
            MailNotice(
                recipient=f"{CASE}{case.id}",
                subject=SUBJECT,
                body=BODY,
                created_at=now,
                next_try_at=now,
            )
        )


def recipient_of(session: Session, room: CaseRoom, notice: MailNotice) -> str:
    """Where a waiting message goes; empty where its case has no address any more."""
    if not notice.recipient.startswith(CASE):
        return notice.recipient
    case = session.get(Case, int(notice.recipient.removeprefix(CASE)))
    return address_of(room, case) if case and case.told_at else ""
