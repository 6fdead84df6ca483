"""The one-time code again, or a passkey, before a grave act of somebody who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from portal.casework.people import CodeProof
from portal.desk.entry.access import PROVED
from portal.desk.entry.gate import live, person
from portal.domain.dates import write_clock
from portal.errors import RequestError

if TYPE_CHECKING:
    from portal.desk.entry.sessions import Live
    from portal.desk.services import Desk

_WRONG_CODE = "动态口令不正确；同一个动态口令只能用一次，请等下一个"


def proved(desk: Desk) -> CodeProof:
    """The proof of the form's `passkey`, else `code`, used up; RequestError for a wrong one.

    The one door to a second factor after the sign-in, for the endpoints of `PROVED` alone.
    """
    if request.endpoint not in PROVED:
        raise RuntimeError(f"{request.endpoint} asks for a proof and does not stand in PROVED")
    if passkey := request.form.get("passkey", ""):
        return desk.passkeys.prove(person(), passkey, proof_purpose(live()), desk.clock())
    code = request.form.get("code", "").strip()
    proof = desk.signing_in.prove(person().username, code, desk.clock())
    if isinstance(proof, CodeProof):
        return proof
    late = proof.retry_at
    told = f"；尝试过于频繁，请于{write_clock(late)}之后再试" if late else ""
    raise RequestError(_WRONG_CODE + told)


def proof_purpose(session: Live) -> str:
    """What a challenge for a grave act is for: this session and no other."""
    return f"proof {session.id_hash}"
