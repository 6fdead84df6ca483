"""Checks that ask a service: the app of this machine, and what several hosts share."""

from __future__ import annotations

import socket
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.errors import reason_of
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_SECONDS = 10
_UNIX = "unix:"
_AGAIN = timedelta(minutes=5)
"""What is asked by writing is asked no oftener while it goes well."""
_RESTART = "看 systemctl status 和 journalctl 里这个服务的情况，再启动它"


class _Unix(HTTPConnection):
    """HTTP over a socket in the file system, as gunicorn listens for nginx."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(self._path)


def app_answers(address: str) -> Check:
    """Whether the app of this machine answers `/healthz`; `unix:/path` or `http://host:port`."""

    def look(_now: datetime) -> Finding:
        try:
            status = _status(address)
        except (OSError, HTTPException, ValueError) as error:
            return Finding(Level.BAD, f"{address} 没有应答：{reason_of(error)}", _RESTART)
        if status != 200:  # noqa: PLR2004 - HTTP's own number
            return Finding(Level.BAD, f"{address} 答复 HTTP {status}", _RESTART)
        return good("有应答")

    return Check("app", "服务", look)


def _status(address: str) -> int:
    if address.startswith(_UNIX):
        connection: HTTPConnection = _Unix(address.removeprefix(_UNIX))
    else:
        parts = urlsplit(address)
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status
    finally:
        connection.close()


def shared(name: str, title: str, ask: Callable[[], object], remedy: str) -> Check:
    """Whether what an objection needs on another machine takes it: `ask` raises where not."""
    sound: list[datetime] = []

    def look(now: datetime) -> Finding:
        if not sound or not timedelta() <= now - sound[-1] < _AGAIN:
            try:
                ask()
            except OSError as error:
                return Finding(Level.BAD, f"{reason_of(error)}，异议无法提交", remedy)
            sound[:] = [now]
        return good("可以写入")

    return Check(name, title, look)
