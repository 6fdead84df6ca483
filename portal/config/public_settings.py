"""Settings of the internet-facing app; limits of the form are settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from portal.config.common import Paths, kept_secret, names, number, text
from portal.config.shared_settings import SharedSettings
from portal.config.wrong_settings import refuse
from portal.intake.intake_options import IntakeLimits


def _limits() -> IntakeLimits:
    usual = IntakeLimits()
    return IntakeLimits(
        submissions=number("PORTAL_LIMIT_ALL", usual.submissions),
        submissions_per_window=number("PORTAL_LIMIT_WINDOW", usual.submissions_per_window),
        submissions_per_address=number("PORTAL_LIMIT_ADDRESS", usual.submissions_per_address),
        drafts_per_address=number("PORTAL_LIMIT_DRAFTS", usual.drafts_per_address),
        lookups=number("PORTAL_LIMIT_LOOKUPS", usual.lookups),
        wrong_codes_per_address=number("PORTAL_LIMIT_CODES", usual.wrong_codes_per_address),
        free_bytes=number("PORTAL_LIMIT_FREE_MB", usual.free_bytes >> 20) << 20,
        unfinished_bytes=number("PORTAL_LIMIT_UNFINISHED_MB", usual.unfinished_bytes >> 20) << 20,
        minimum_seconds=number("PORTAL_LIMIT_SECONDS", usual.minimum_seconds),
    )


def _ways(name: str) -> frozenset[str]:
    if unknown := names(name) - {"mail", "sms"}:
        return refuse(name, f"只能写 mail 或者 sms，现有“{min(unknown)}”", frozenset())
    return names(name)


@dataclass(frozen=True)
class PublicSettings:
    """Everything `portal.public.create_app` is told.

    Environment: PORTAL_BASE_URL (else the one of content/site.toml), PORTAL_SECRET (else a file
    made once), PORTAL_KEYS, PORTAL_DROPBOX, PORTAL_SPOOL (a memory-backed folder is best),
    PORTAL_PROXIES (HTTPS proxies in front; their forwarded address is believed and the cookie gets
    Secure), PORTAL_SUPERVISOR (office above the main one), PORTAL_ANONYMOUS (offices that record
    anonymous tips, separated by commas; * for all), PORTAL_TELLS (how the desk can tell citizens of
    news: mail, sms), PORTAL_PRIVACY_VERSION, and in each hour
    PORTAL_LIMIT_ALL, _WINDOW, _ADDRESS, _DRAFTS, _LOOKUPS, _CODES; besides _FREE_MB, _SECONDS.
    """

    paths: Paths = field(default_factory=Paths)
    base_url: str = field(default_factory=lambda: text("PORTAL_BASE_URL"))
    secret: str = field(default_factory=lambda: text("PORTAL_SECRET"), repr=False)
    keys_folder: Path | None = None
    dropbox_folder: Path | None = None
    spool_folder: Path | None = None
    proxies: int = field(default_factory=lambda: number("PORTAL_PROXIES", 0))
    supervisor: str = field(default_factory=lambda: text("PORTAL_SUPERVISOR"))
    anonymous: frozenset[str] = field(default_factory=lambda: names("PORTAL_ANONYMOUS"))
    tells: frozenset[str] = field(default_factory=lambda: _ways("PORTAL_TELLS"))
    privacy: str = field(default_factory=lambda: text("PORTAL_PRIVACY_VERSION") or "1")
    limits: IntakeLimits = field(default_factory=_limits)
    shared: SharedSettings = field(default_factory=SharedSettings)

    @property
    def keys(self) -> Path:
        """The folder of keys; only public/ and receipt.key are read."""
        return self.keys_folder or Path(text("PORTAL_KEYS") or self.paths.state / "keys")

    @property
    def dropbox(self) -> Path:
        """Sealed envelopes."""
        return self.dropbox_folder or Path(text("PORTAL_DROPBOX") or self.paths.state / "dropbox")

    @property
    def spool(self) -> Path:
        """Encrypted drafts and uploads."""
        return self.spool_folder or Path(text("PORTAL_SPOOL") or self.paths.state / "spool")

    @property
    def quotas(self) -> Path:
        """Counters without personal data."""
        return self.paths.state / "quotas.sqlite3"

    @property
    def notices(self) -> Path:
        """What was read of the notices, which can be read again."""
        return self.paths.state / "cache" / "notices"

    @property
    def search(self) -> Path:
        """The index of the live search, which can be made again."""
        return self.paths.state / "cache" / "search"

    def secret_key(self) -> str:
        """The form's secret: from the environment, else a file of mode 600 made on first use."""
        if self.secret:
            return self.secret
        return kept_secret(self.paths.state / "public.secret")
