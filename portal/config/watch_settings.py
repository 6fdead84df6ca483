"""Settings of watching: who may ask, whom an alarm reaches."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from portal.config.common import text
from portal.config.wrong_settings import refuse

_HERE = "127.0.0.0/8 ::1"


def _networks() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    given = text("PORTAL_WATCH_NETWORKS") or _HERE
    try:
        return tuple(ipaddress.ip_network(part) for part in given.replace(",", " ").split())
    except ValueError:
        words = f"应为网段，如 127.0.0.0/8 10.1.2.0/24，现为“{given}”"
        here = tuple(ipaddress.ip_network(part) for part in _HERE.split())
        return refuse("PORTAL_WATCH_NETWORKS", words, here)


def _app() -> str:
    given = text("PORTAL_WATCH_APP")
    if given and not given.startswith(("unix:/", "http://")):
        words = f"应为 unix:/路径 或者 http://主机:端口，现为“{given}”"
        return refuse("PORTAL_WATCH_APP", words, "")
    return given


@dataclass(frozen=True)
class WatchSettings:
    """Environment: PORTAL_WATCH_NETWORKS (this machine when unset), PORTAL_ALARM_MAIL.

    PORTAL_WATCH_APP: where the app of this machine answers, `unix:/path` or `http://host:port`.

    `runtime` is the folder that systemd makes for the unit: notes of the alarm are there too.
    """

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = field(
        default_factory=_networks
    )
    alarm_mail: tuple[str, ...] = field(
        default_factory=lambda: tuple(
            dict.fromkeys(text("PORTAL_ALARM_MAIL").replace(",", " ").split())
        )
    )
    app: str = field(default_factory=_app)
    runtime: str = field(default_factory=lambda: text("RUNTIME_DIRECTORY"))
