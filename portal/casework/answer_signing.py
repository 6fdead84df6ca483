"""The office's own signature under its answers, by a key that is unlocked with the case keys.

The key follows from the window's identity, so that it lies nowhere else: whoever may open an
objection for an office may sign for it, and nobody else. Its public half stands beside the public
key that objections are sealed to. An age identity signs with Ed25519, an SM2 one with SM2 and SM3;
of a module that holds SM2 keys with the module's own signing pair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.domain.objection import Signature
from portal.ledger.signing import SigningKey
from portal.sealed.signed_answers import body_of
from portal.sealed.sm_keys import SIGNS, is_secret, key_of, sign_message, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.domain.objection import Answer
    from portal.sealed.sm_keys import SmKey

_INFO = b"portal answer signature/1"


class AnswerKey(Protocol):
    """What an office signs with."""

    @property
    def public(self) -> str:
        """The public half as it stands in key files and ledger."""

    def sign(self, message: bytes) -> str:
        """The signature in base64; SealError where a module cannot."""


@dataclass(frozen=True, slots=True)
class _SmAnswerKey:
    """The signing pair beside an SM2 key."""

    key: SmKey

    @property
    def public(self) -> str:
        return text_of(SIGNS, self.key.signs)

    def sign(self, message: bytes) -> str:
        return sign_message(self.key, message)


def answer_key(identity: str) -> AnswerKey:
    """The signing key of a window's identity."""
    if is_secret(identity):
        return _SmAnswerKey(key_of(identity))
    seed = HKDF(hashes.SHA256(), 32, None, _INFO).derive(identity.strip().encode())
    return SigningKey(Ed25519PrivateKey.from_private_bytes(seed))


def signed_answer(
    answer: Answer,
    *,
    number: str,
    notice: str,
    office: str,
    identities: Sequence[str],
    at: datetime,
) -> Answer:
    """The answer with the office's signature; as it is where no key is unlocked."""
    if not identities:
        return answer
    draft = replace(answer, signature=Signature(office, at.replace(microsecond=0), ""))
    value = answer_key(identities[0]).sign(body_of(draft, number, notice).encode())
    return replace(answer, signature=Signature(office, at.replace(microsecond=0), value))
