"""What an office signs of an answer, as a text that can be kept, carried and checked anywhere.

    异议答复 portal-signed-answer/1
    异议编号：YY20261206-7K3QX9PA
    公告：2026-dongshan-publicity
    受理单位：dongshan-office
    签发时间：2026-12-20T09:30:00+08:00
    事项：reply closed upheld
    理由：
    移送：
    答复目标：
    内容：
    | 经核查，异议成立。
    签名：<base64 of the Ed25519 signature over the lines above, each with its line end>

The key is the office's own for the window; its public half stands in the window's public key file.
In a window of SM2 keys it is an SM2 key, and the signature SM2 with SM3, DER in base64.
Spaces around a line and line ends are not signed, so that a copied text still holds.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.errors import VerificationError
from portal.ledger.signing import holds
from portal.sealed.sm_keys import is_signing_key, message_holds

if TYPE_CHECKING:
    from portal.domain.objection import Answer

TITLE = "异议答复 portal-signed-answer/1"
_SIGNATURE = "签名："


class Proof(StrEnum):
    """What the signature of an answer says."""

    SOUND = "sound"
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"
    FALSE = "false"

    @property
    def counts(self) -> bool:
        """Whether the answer may change what the citizen is told of the case."""
        return self is not Proof.FALSE


@dataclass(frozen=True, slots=True)
class SignedText:
    """A signed answer as it was handed in; `body` is what the signature stands under."""

    number: str
    notice: str
    office: str
    at: str
    body: str
    signature: str


def body_of(answer: Answer, number: str, notice: str) -> str:
    """The lines that are signed; the answer names office and time of its signature."""
    signed = answer.signature
    if signed is None:
        raise ValueError("an answer that names no signature")
    kind = (answer.kind.value, answer.state.value, answer.outcome.value if answer.outcome else "")
    lines = [
        TITLE,
        f"异议编号：{number}",
        f"公告：{notice}",
        f"受理单位：{signed.office}",
        f"签发时间：{signed.at.isoformat()}",
        f"事项：{' '.join(filter(None, kind))}",
        f"理由：{_one_line(answer.reason)}",
        f"移送：{_one_line(answer.office)}",
        f"答复目标：{answer.due.isoformat() if answer.due else ''}",
        "内容：",
        *(f"| {line.strip()}" for line in answer.text.splitlines()),
    ]
    return "".join(f"{line.strip()}\n" for line in lines)


def text_of(answer: Answer, number: str, notice: str) -> str:
    """The signed answer as a text to be kept."""
    value = answer.signature.value if answer.signature else ""
    return f"{body_of(answer, number, notice)}{_SIGNATURE}{value}\n"


def is_signed_answer(data: bytes) -> bool:
    """Whether a file says that it is a signed answer."""
    return data.lstrip(b"\xef\xbb\xbf \r\n").startswith(TITLE.encode())


def read_signed(text: str) -> SignedText:
    """A signed answer from its text, not checked yet; VerificationError where it is none."""
    lines = [line.strip() for line in text.removeprefix("\ufeff").strip().splitlines()]
    if len(lines) < 2 or lines[0] != TITLE or not lines[-1].startswith(_SIGNATURE):  # noqa: PLR2004
        raise VerificationError("不是异议答复：缺少首行或者签名行")
    fields = dict(line.split("：", 1) for line in lines[1:8] if "：" in line)
    try:
        return SignedText(
            fields["异议编号"],
            fields["公告"],
            fields["受理单位"],
            fields["签发时间"],
            "".join(f"{line}\n" for line in lines[:-1]),
            lines[-1].removeprefix(_SIGNATURE),
        )
    except KeyError as error:
        raise VerificationError("异议答复的内容不完整") from error


def signed_by(body: str, signature: str, public: str) -> bool:
    """Whether a body was signed by a key: Ed25519 in base64, or SM2 with SM3 (`sm2sign1…`)."""
    try:
        if base64.b64encode(base64.b64decode(signature, validate=True)).decode() != signature:
            return False  # unused bits, set by another hand
    except (binascii.Error, ValueError):
        return False
    check = message_holds if is_signing_key(public) else holds
    return check(public, signature, body.encode())


def proof_of(answer: Answer, number: str, notice: str, public: str | None) -> Proof:
    """What an answer's signature says, by the key of the office that it names."""
    if answer.signature is None:
        return Proof.UNSIGNED
    if public is None:
        return Proof.UNKNOWN
    sound = signed_by(body_of(answer, number, notice), answer.signature.value, public)
    return Proof.SOUND if sound else Proof.FALSE


def _one_line(text: str) -> str:
    return " ".join(text.split())
