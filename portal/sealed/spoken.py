"""That a later message is of the holder of the receipt code, for the desk to check.

A key pair follows from the code. Its public half stands inside the sealed objection; under each
later message stands a signature. So neither who holds the window's public key and the lookup, nor
who wrote into the drop box or the carried folder, can answer, add or withdraw in another's case.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.domain.receipt_code import code_bytes
from portal.ledger.signing import SigningKey
from portal.sealed.receipts import CODE_SALT, derive
from portal.sealed.signed_answers import signed_by
from portal.sealed.sm_keys import SmSigner, hkdf_sm3
from portal.sealed.suites import SM

if TYPE_CHECKING:
    from portal.domain.objection import Message
    from portal.domain.receipt_code import ReceiptCode
    from portal.sealed.suites import Suite

TITLE = "portal-signed-message/1"


class Speaker(Protocol):
    """What a code's holder signs with."""

    @property
    def public(self) -> str:
        """The public half: base64 of 32 bytes (Ed25519), or `sm2sign1…`."""

    def sign(self, message: bytes) -> str:
        """The signature in base64."""


_NOT_COUNTED = "不算撤回，也不算对询问的答复；请打电话或者发询问，向异议人核实"


class Voice(StrEnum):
    """Whose a later message is. `UNKNOWN`: the objection is of a version that had no key yet."""

    HOLDER = "holder"
    UNKNOWN = "unknown"
    UNSIGNED = "unsigned"
    FALSE = "false"

    @property
    def counts(self) -> bool:
        """Whether a message may withdraw, or answer a question."""
        return self in (Voice.HOLDER, Voice.UNKNOWN)

    @property
    def doubt(self) -> str:
        """What an officer must know of it; empty where nothing speaks against it."""
        if self is Voice.UNSIGNED:
            return f"没有异议人的签名，不能确定是持查询码的人提交的。{_NOT_COUNTED}。"
        if self is Voice.FALSE:
            return f"签名不符：不是持查询码的人提交的，或者后来被改动过。{_NOT_COUNTED}。"
        return ""


def speaker(code: ReceiptCode, suite: Suite) -> Speaker:
    """The signing key of a code, in the suite of its reply key."""
    secret = code_bytes(code)
    if suite is SM:
        return SmSigner(hkdf_sm3(secret, CODE_SALT, b"speak sm2", 48))
    return SigningKey(Ed25519PrivateKey.from_private_bytes(derive(secret, "speak", 32)))


def spoken_text(message: Message, bound: str) -> str:
    """What is signed of a message in the envelope of a header: all of it, in one right writing."""
    files = [[e.member, e.name, e.size, e.sha256, e.role.value] for e in message.evidence]
    sent = message.sent.isoformat()
    said = [bound, message.kind.value, sent, message.answers, message.text, files]
    return f"{TITLE}\n{json.dumps(said, ensure_ascii=False, separators=(',', ':'))}\n"


def voice_of(message: Message, bound: str, speaks: str) -> Voice:
    """Whose a message is, as it was sealed, by the key that its objection names."""
    if not speaks:
        return Voice.UNKNOWN
    if not message.signature:
        return Voice.UNSIGNED
    sound = signed_by(spoken_text(message, bound), message.signature, speaks)
    return Voice.HOLDER if sound else Voice.FALSE
