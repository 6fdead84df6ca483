"""Form tokens: the secret of a draft and the time its form was opened, signed; held in the form."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, URLSafeSerializer

from portal.submission.form_drafts import SECRET_BYTES, new_secret

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask, Request
    from flask.sessions import SecureCookieSession

FORM_HEADER = "X-Form-Token"
"""The header in which a page that seals sends its token."""
_PURPOSES = 256  # notices with a window, and cases that are looked at now


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a form carries; `opened` is a Unix time in whole seconds."""

    secret: bytes
    opened: int


class Tokens:
    """Issues and reads tokens. The signature keeps strangers from filling the disk with drafts."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key
        self._serializer = lru_cache(_PURPOSES)(self._new_serializer)

    def _new_serializer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._key, salt=f"objection form {purpose}")

    def issue(self, purpose: str, now: datetime) -> str:
        """A token for a fresh form; `purpose` is the notice's slug, or the case's lookup."""
        secret = base64.urlsafe_b64encode(new_secret()).decode()
        return str(self._serializer(purpose).dumps([secret, int(now.timestamp())]))

    def read(self, purpose: str, text: str) -> FormToken | None:
        """The token of a form, or None for one that was not issued here for this purpose."""
        try:
            secret, opened = self._serializer(purpose).loads(text)
            token = FormToken(base64.urlsafe_b64decode(secret), int(opened))
        except (BadData, ValueError, TypeError):
            return None
        return token if len(token.secret) == SECRET_BYTES else None

    def proof(self, about: str, at: int) -> str:
        """What only this server can say of something at a Unix time: 64 hex digits."""
        stated = f"objection form proof\n{at}\n{about}".encode()
        return hmac.digest(self._key.encode(), stated, "sha256").hex()


class FormSessions(SecureCookieSessionInterface):
    """The session of the form; what a page sealed needs none, whatever cookie came along."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The browser's session; an empty one beside a token in its own header."""
        if FORM_HEADER in request.headers:
            return self.session_class()
        return super().open_session(app, request)
