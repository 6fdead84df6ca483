"""A server of files that costs a benchmark of the browser little: all files in memory, one loop.

Python's own answers a request in about a millisecond of the processor that the browser wants. This
one stands for the web server of a real site; connections stay open, an answer is one packet train.
"""

from __future__ import annotations

import asyncio
import mimetypes
import socket
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _answers(site: Path) -> dict[bytes, bytes]:
    """The whole answer for each path."""
    found = {}
    for file in site.rglob("*"):
        if not file.is_file():
            continue
        data, path = file.read_bytes(), f"/{file.relative_to(site).as_posix()}"
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
        found[path.removesuffix("index.html").encode()] = head.encode() + data
    return found


class _Connection(asyncio.Protocol):
    """Answers GET requests one after another."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers, self._rest = answers, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *heads, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for head in heads:
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            self._transport.write(self._answers.get(path, missing))


def _serve(listening: socket.socket, site: Path) -> None:
    async def run() -> None:
        answers = _answers(site)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(answers), sock=listening)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a server of these files, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = get_context("fork").Process(target=_serve, args=(listening, site), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()
