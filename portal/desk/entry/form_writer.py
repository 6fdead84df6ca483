"""Who wrote a form: the token that every form of the desk carries says so, signed by the desk.

It outlives the session, however that ended: run out, signed out in another tab, put an end to by
somebody else, or gone from the register.
"""

from __future__ import annotations

import secrets

from flask import current_app, session
from itsdangerous import BadData, URLSafeTimedSerializer

_OLDEST = 14 * 24 * 3600
"""Seconds after which a page that was left open is nobody's work any more."""


def begin_writing(username: str) -> None:
    """Give the forms of a fresh session a token of their own, by which this person is known."""
    session["csrf_token"] = f"{secrets.token_hex(20)}.{username.encode().hex()}"


def writer_of(token: str) -> str:
    """Whose page a form came from; empty for a token of nobody, or none of ours."""
    # The name and the salt are those of Flask-WTF, which makes and checks the tokens.
    signed = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        _, _, name = str(signed.loads(token, max_age=_OLDEST)).partition(".")
        return bytes.fromhex(name).decode()
    except (BadData, ValueError):
        return ""
