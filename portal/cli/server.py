"""The one door to waitress: a trial server whose buffers on disk are encrypted.

Waitress keeps request bodies above half a megabyte in a temporary file before the app sees them;
evidence must not lie there in the clear. In production gunicorn passes bodies straight on.
"""

from __future__ import annotations

import signal
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click
from waitress.buffers import FileBasedBuffer, OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask

from portal.cli.request_buffer import ScratchFile
from portal.errors import RequestError, reason_of
from portal.web.error_pages import TEXTS

if TYPE_CHECKING:
    from flask import Flask

_REFUSED = (
    '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
    "<title>{text.title}</title></head><body><h1>{text.title}</h1><p>{text.message}{text.remedy}</p></body></html>\n"
)
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


class _Refusal(ErrorTask):  # type: ignore[misc]
    """The page of a request that never reaches the app: too large, or no request at all."""

    def execute(self) -> None:
        """Answer as nginx does in production, with words instead of the server's English."""
        code = self.request.error.code
        text = TEXTS.get(code) or TEXTS[500 if code >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
        body = _REFUSED.format(text=text).encode()
        self.status = f"{code} {HTTPStatus(code).phrase}"
        self.response_headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.response_headers.append(("Cache-Control", "no-store"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that uses the parser and the words above."""

    parser_class = _Parser
    error_task_class = _Refusal


def _stop(*_: object) -> None:
    sys.exit(0)


def serve(app: Flask, host: str, port: int, *, threads: int = 8, told: str = "") -> None:
    """Serve until interrupted or terminated; requests under way are finished.

    `told` is printed once the address is taken.
    """
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
        raise RequestError(f"不能监听 {host}:{port}（{reason_of(error)}），请换一个端口") from error
    server.channel_class = _Channel
    if told:
        click.echo(told)
    signal.signal(signal.SIGTERM, _stop)
    server.run()
