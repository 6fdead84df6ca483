"""Settings of the staff desk; its cookie and secret are its own, never the public app's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from portal.config.common import Paths, command, kept_secret, names, number, text, web_address, yes
from portal.config.key_settings import KeySettings
from portal.config.shared_settings import SharedSettings

_SMS_BODY = '{"phone":"{to}","text":"{text}"}'
_SMS_TYPE = "application/json"


@dataclass(frozen=True)
class MailSettings:
    """Where notices to officers go; without a host no mail is written.

    Environment: PORTAL_DESK_SMTP_HOST, _PORT, _USER, _PASSWORD, _TLS (0 turns STARTTLS off), _FROM.
    """

    host: str = field(default_factory=lambda: text("PORTAL_DESK_SMTP_HOST"))
    port: int = field(default_factory=lambda: number("PORTAL_DESK_SMTP_PORT", 587, least=1))
    user: str = field(default_factory=lambda: text("PORTAL_DESK_SMTP_USER"))
    password: str = field(default_factory=lambda: text("PORTAL_DESK_SMTP_PASSWORD"), repr=False)
    tls: bool = field(default_factory=lambda: text("PORTAL_DESK_SMTP_TLS") != "0")
    sender: str = field(default_factory=lambda: text("PORTAL_DESK_SMTP_FROM"))


@dataclass(frozen=True)
class SmsSettings:
    """A gateway for messages to citizens' telephones; without an address none is written.

    Environment: PORTAL_DESK_SMS_URL, _BODY (`{to}` and `{text}` are filled in), _TYPE, _HEADER
    (one, as `Name: value`), _SUCCESS (what the answer must contain).
    """

    url: str = field(default_factory=lambda: web_address("PORTAL_DESK_SMS_URL"))
    body: str = field(default_factory=lambda: text("PORTAL_DESK_SMS_BODY") or _SMS_BODY)
    media_type: str = field(default_factory=lambda: text("PORTAL_DESK_SMS_TYPE") or _SMS_TYPE)
    header: str = field(default_factory=lambda: text("PORTAL_DESK_SMS_HEADER"), repr=False)
    success: str = field(default_factory=lambda: text("PORTAL_DESK_SMS_SUCCESS"))


@dataclass(frozen=True)
class DeskSettings:
    """Everything `portal.desk.create_app` is told.

    Environment: PORTAL_DESK_DATABASE (SQLAlchemy URL; a SQLite file under the state folder when
    unset), PORTAL_DESK_SECRET (else a file made once), PORTAL_KEYS, PORTAL_DROPBOX,
    PORTAL_DESK_CARRIER (the carried folder, where the drop box is on another machine),
    PORTAL_DESK_PLAIN_HTTP (1 on a trial machine without HTTPS: the cookie loses Secure),
    PORTAL_DESK_ORIGIN (where officers reach the desk, https://…: without it there are no passkeys),
    PORTAL_DESK_RP_ID (the domain passkeys are bound to, the origin's host when unset),
    PORTAL_DESK_REPLY_DAYS, PORTAL_DESK_RETENTION_DAYS, PORTAL_SUPERVISOR (office one level above
    the main office), PORTAL_ANONYMOUS (as on the public side), PORTAL_DEMONSTRATION (1: admits the
    printed demonstration officers), and the mail's; PORTAL_CHECKER, the office's own program that
    reads texts; PORTAL_BASE_URL, the public site's address as the public side has it.
    """

    paths: Paths = field(default_factory=Paths)
    database: str = field(default_factory=lambda: text("PORTAL_DESK_DATABASE"))
    secret: str = field(default_factory=lambda: text("PORTAL_DESK_SECRET"), repr=False)
    keys_folder: Path | None = None
    dropbox_folder: Path | None = None
    carrier: str = field(default_factory=lambda: text("PORTAL_DESK_CARRIER"))
    base_url: str = field(default_factory=lambda: text("PORTAL_BASE_URL"))
    plain_http: bool = field(default_factory=lambda: yes("PORTAL_DESK_PLAIN_HTTP"))
    origin: str = field(default_factory=lambda: text("PORTAL_DESK_ORIGIN"))
    rp_id: str = field(default_factory=lambda: text("PORTAL_DESK_RP_ID"))
    demonstration: bool = field(default_factory=lambda: yes("PORTAL_DEMONSTRATION"))
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=8)
    # No rule of the award sets a number of days (an internal target, docs/domain.md §5).
    reply_days: int = field(default_factory=lambda: number("PORTAL_DESK_REPLY_DAYS", 15, least=1))
    retention_days: int = field(
        default_factory=lambda: number("PORTAL_DESK_RETENTION_DAYS", 365, least=1)
    )
    checker: tuple[str, ...] = field(default_factory=lambda: command("PORTAL_CHECKER"))
    supervisor: str = field(default_factory=lambda: text("PORTAL_SUPERVISOR"))
    anonymous: frozenset[str] = field(default_factory=lambda: names("PORTAL_ANONYMOUS"))
    mail: MailSettings = field(default_factory=MailSettings)
    shared: SharedSettings = field(default_factory=SharedSettings)
    sms: SmsSettings = field(default_factory=SmsSettings)
    made_keys: KeySettings = field(default_factory=KeySettings)

    @property
    def folder(self) -> Path:
        """The desk's own state."""
        return self.paths.state / "desk"

    @property
    def upgrades(self) -> Path:
        """The copy of the register from before its last upgrade."""
        return self.folder / "before-upgrade"

    @property
    def keys(self) -> Path:
        """Passphrase-protected identity files; only on the desk's machine."""
        return self.keys_folder or Path(text("PORTAL_KEYS") or self.paths.state / "keys")

    @property
    def dropbox(self) -> Path:
        """The public side's drop box, when it is on this machine."""
        return self.dropbox_folder or Path(text("PORTAL_DROPBOX") or self.paths.state / "dropbox")

    @property
    def url(self) -> str:
        """The register's database URL."""
        return self.database or f"sqlite:///{(self.folder / 'register.sqlite3').absolute()}"

    def secret_key(self) -> str:
        """The desk's secret: from the environment, else a file of mode 600 made on first use."""
        if self.secret:
            return self.secret
        return kept_secret(self.folder / "secret")
