"""/healthz, /readyz and /metrics, for the local network alone: no session, no page.

They stand in front of the app. Who asks from elsewhere is told that there is no such address.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from portal.watching.findings import as_json, ready
from portal.web.security import HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from portal.watching.findings import Remembered
    from portal.web.measures import Measures

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HEADERS = [*HEADERS.items(), ("Cache-Control", "no-store")]


class Health:
    """An app with three addresses more; `forwarded` says whether a proxy in front is believed."""

    def __init__(
        self,
        app: WSGIApplication,
        checks: Remembered,
        measures: Measures,
        networks: Sequence[Network],
        *,
        forwarded: bool = False,
    ) -> None:
        self._app, self._checks = app, checks
        self._networks, self._forwarded = networks, forwarded
        self._answers: dict[str, Callable[[], tuple[str, bytes, str]]] = {
            "/healthz": lambda: ("200 OK", b"ok\n", "text/plain; charset=utf-8"),
            "/readyz": self._ready,
            "/metrics": measures.answer,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer here, or pass on."""
        answer = self._answers.get(environ.get("PATH_INFO", ""))
        if answer is None:
            return self._app(environ, start_response)
        status, body, kind = answer() if self._local(environ) else _NOBODY
        length = ("Content-Length", str(len(body)))
        start_response(status, [("Content-Type", kind), length, *_HEADERS])
        return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]

    def _ready(self) -> tuple[str, bytes, str]:
        found = self._checks.found()
        status = "200 OK" if ready(found) else "503 Service Unavailable"
        return status, as_json(found), "application/json"

    def _local(self, environ: WSGIEnvironment) -> bool:
        """Whether the peer is in a network that may ask; a proxy not counted on hides strangers."""
        if "HTTP_X_FORWARDED_FOR" in environ and not self._forwarded:
            return False
        peer = environ.get("REMOTE_ADDR", "")
        if not peer:  # over a socket in the file system, whose rights say who may
            return True
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)


_NOBODY = ("404 Not Found", b"not found\n", "text/plain; charset=utf-8")
