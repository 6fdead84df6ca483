"""The one door to waitress: a trial server whose buffers on disk are encrypted.

Waitress keeps request bodies above half a megabyte in a temporary file before the app sees them;
evidence must not lie there in the clear. In production gunicorn passes bodies straight on.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any

from waitress.buffers import FileBasedBuffer, OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server

from portal.cli.request_buffer import ScratchFile
from portal.errors import RequestError

if TYPE_CHECKING:
    from flask import Flask

_CONNECTIONS = 1000  # the default of 100 falls to a few hundred slow clients


class _EncryptedBuffer(FileBasedBuffer):  # type: ignore[misc]  # no types are published
    """A buffer on disk, encrypted."""

    def __init__(self, from_buffer: Any = None) -> None:
        super().__init__(self.newfile(), from_buffer)

    def newfile(self) -> ScratchFile:
        """A fresh file."""
        return ScratchFile()


class _Buffer(OverflowableBuffer):  # type: ignore[misc]
    """Waitress's buffer that goes to an encrypted file when it overflows."""

    buf: Any

    def _set_large_buffer(self) -> None:
        before = self.buf
        self.buf = _EncryptedBuffer(before)
        if before is not None:
            before.close()
        self.overflowed = True


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads requests; their bodies go to the encrypted buffer."""

    def parse_header(self, header_plus: bytes) -> None:
        """Parse, then exchange the body's buffer while it is still empty."""
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = _Buffer(self.adj.inbuf_overflow)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that uses the parser above."""

    parser_class = _Parser


def _stop(*_: object) -> None:
    sys.exit(0)


def serve(app: Flask, host: str, port: int, *, threads: int = 8) -> None:
    """Serve until interrupted or terminated; requests under way are finished."""
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            connection_limit=_CONNECTIONS,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] or 1 << 20,
            ident="",
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        raise RequestError(f"不能监听 {host}:{port}（{error.strerror}），请换一个端口") from error
    server.channel_class = _Channel
    signal.signal(signal.SIGTERM, _stop)
    server.run()
