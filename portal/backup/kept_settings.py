"""Settings in a backup: the PORTAL_… variables, as systemd and a shell read them alike."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PREFIX = "PORTAL_"
_NEVER = frozenset({"PORTAL_PASSPHRASE", "PORTAL_BACKUP_PASSPHRASE"})
_PLACES = frozenset(
    {
        "PORTAL_STATE",
        "PORTAL_CONTENT",
        "PORTAL_NOTICES",
        "PORTAL_KEYS",
        "PORTAL_DROPBOX",
        "PORTAL_SPOOL",
        "PORTAL_LEDGER_KEY",
        "PORTAL_BUILD",
        "PORTAL_DESK_DATABASE",
        "PORTAL_DESK_CARRIER",
        "PORTAL_STORE",
        "PORTAL_STORE_ENDPOINT",
        "PORTAL_STORE_REGION",
        "PORTAL_FORM_DATABASE",
    }
)


def settings_of(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The portal's own settings; passphrases are typed, and never kept."""
    return tuple(
        (name, value)
        for name, value in sorted(environment.items())
        if name.startswith(_PREFIX) and name not in _NEVER and "\n" not in value
    )


def settings_file(settings: Iterable[tuple[str, str]]) -> bytes:
    """One `NAME="value"` a line."""
    lines = (f"{name}={_quoted(value)}\n" for name, value in settings)
    return "".join(lines).encode("utf-8", "surrogateescape")


def _quoted(value: str) -> str:
    escaped = value
    for sign in '\\"$`':
        escaped = escaped.replace(sign, f"\\{sign}")
    return f'"{escaped}"'


def read_settings(data: bytes) -> dict[str, str]:
    """What `settings_file` wrote; RequestError for anything else."""
    found: dict[str, str] = {}
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        name, _, value = line.partition("=")
        try:
            words = shlex.split(value)
        except ValueError:
            words = []
        if not name.startswith(_PREFIX) or len(words) > 1:
            raise RequestError(f"备份里的设置无法识别：{name[:40]}")
        # In double quotes a shell takes \$ and \` for $ and `; shlex leaves their backslash.
        found[name] = words[0].replace("\\$", "$").replace("\\`", "`") if words else ""
    return found


def moved(settings: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """The settings of a restored machine: what named a place of the old one is left out."""
    return {n: v for n, v in settings.items() if n not in _PLACES} | dict(places)
