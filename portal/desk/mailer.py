"""Delivery of notices by SMTP; the only door to smtplib."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.config.desk_settings import MailSettings

_TIMEOUT = 10


@dataclass(frozen=True)
class Smtp:
    """A mail server; every failure is an OSError, as `objections.mail` expects."""

    settings: MailSettings

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one mail."""
        message = EmailMessage()
        message["From"] = self.settings.sender or self.settings.user
        message["To"] = recipient
        message["Subject"] = subject
        message.set_content(body)
        with smtplib.SMTP(self.settings.host, self.settings.port, timeout=_TIMEOUT) as server:
            if self.settings.tls:
                server.starttls(context=ssl.create_default_context())
            if self.settings.user:
                server.login(self.settings.user, self.settings.password)
            server.send_message(message)
