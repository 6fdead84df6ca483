"""Delivery of notices by SMTP and by an SMS gateway; the only door to smtplib."""

from __future__ import annotations

import json
import smtplib
import ssl
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.message import EmailMessage
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from portal.errors import UnreachableError

if TYPE_CHECKING:
    from portal.config.desk_settings import MailSettings, SmsSettings

_TIMEOUT = 10
_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Smtp:
    """A mail server; every failure is an OSError, as `objections.mail` expects."""

    settings: MailSettings

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one mail; UnreachableError with the server's number where it refused."""
        try:
            self._send(recipient, subject, body)
        except smtplib.SMTPRecipientsRefused as error:
            codes = "、".join(sorted({str(code) for code, _ in error.recipients.values()}))
            raise UnreachableError(f"邮件服务器不收这个地址（{codes}）") from error
        except smtplib.SMTPResponseException as error:
            raise UnreachableError(f"邮件服务器没有接收（{error.smtp_code}）") from error
        except smtplib.SMTPNotSupportedError as error:
            raise UnreachableError("邮件服务器不支持加密、登录或者中文地址") from error
        except smtplib.SMTPException as error:
            raise UnreachableError("邮件服务器中途断开") from error
        except ssl.SSLError as error:
            raise UnreachableError("邮件服务器的证书不受信任，或者加密不成") from error
        except (ValueError, HeaderParseError) as error:
            raise UnreachableError("收件地址、发件地址或者服务器的名称不合规定") from error

    def _send(self, recipient: str, subject: str, body: str) -> None:
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


class _Straight(HTTPRedirectHandler):
    """A gateway answers itself: an address is carried to no other place."""

    def redirect_request(self, *_args: Any) -> None:
        """None: what was moved is an error."""


@dataclass(frozen=True)
class Sms:
    """A gateway that takes one POST for each message; every failure is an OSError."""

    settings: SmsSettings

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one message: its subject, which says all there is to say."""
        del body
        request = Request(  # noqa: S310 - the scheme is checked by the settings
            self.settings.url, self._filled(recipient, subject).encode(), self._headers()
        )
        try:
            with build_opener(_Straight).open(request, timeout=_TIMEOUT) as answer:
                said = answer.read(_ANSWER).decode("utf-8", "replace")
        except (HTTPException, ValueError) as error:
            raise OSError("短信网关的回答不合规定") from error
        if self.settings.success not in said:
            raise OSError("短信网关没有接收")

    def _headers(self) -> dict[str, str]:
        name, _, value = self.settings.header.partition(":")
        own = {name.strip(): value.strip()} if name.strip() else {}
        return {"Content-Type": self.settings.media_type, **own}

    def _filled(self, recipient: str, text: str) -> str:
        escape = quote_plus if "form" in self.settings.media_type else _in_json
        filled = self.settings.body.replace("{text}", escape(text))
        return filled.replace("{to}", escape(recipient))


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


@dataclass(frozen=True)
class Messenger:
    """Each message by its way: to mail addresses by SMTP, to telephone numbers by the gateway."""

    mail: MailSettings
    sms: SmsSettings

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one message; OSError, also where its way is not set."""
        if "@" in recipient and self.mail.host:
            Smtp(self.mail).send(recipient, subject, body)
        elif "@" not in recipient and self.sms.url:
            Sms(self.sms).send(recipient, subject, body)
        else:
            raise OSError("没有设置邮件服务器或者短信网关")
