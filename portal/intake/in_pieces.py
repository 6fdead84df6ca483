"""A sealed envelope in pieces, whatever it holds: begin it, add to it, take it as a whole.

Each act is a plain POST, which every server in front lets pass. The secret of an envelope under way
travels in `X-Upload` and stands in no address. Nothing here is told to have arrived for good.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import request

from portal.intake.page_refusals import RefusedError, full, refusing
from portal.sealed.envelope import HEADER_LIMIT
from portal.submission.pieces import GoneError, OffsetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from portal.intake.service import Intake

_PIECE_LIMIT = 8 * 1024 * 1024
_LINES = HEADER_LIMIT + 100
_PIECE = "这一段没有接收"
_GONE = "服务器上没有送完的部分已经过期，请重新发送。"


def upload_named() -> str:
    """The secret that the request names; empty where it brings the whole."""
    return request.headers.get("X-Upload", "")


def begun(intake: Intake, check: Callable[[BinaryIO, int], object]) -> dict[str, Any]:
    """The secret of a new envelope whose first lines and length were checked; RefusedError.

    `check` raises what `refusing` knows, or RefusedError.
    """
    request.max_content_length = _LINES
    first = request.get_data(cache=False)
    size = request.headers.get("X-Length", type=int) or 0
    with refusing():
        check(io.BytesIO(first), size)
    token = intake.pieces.begin(size, first)
    if token is None:
        raise replace(full(_PIECE), word="crowded")
    return {"upload": token, "offset": len(first)}


def added(intake: Intake) -> dict[str, Any]:
    """Add a piece; RefusedError with the right place where it begins elsewhere."""
    request.max_content_length = _PIECE_LIMIT
    if not intake.room():
        raise full(_PIECE)
    offset = request.headers.get("X-Offset", -1, type=int)
    with _found(), _stored():
        return {"offset": intake.pieces.append(upload_named(), offset, request.stream)}


@contextmanager
def whole(intake: Intake, token: str) -> Iterator[tuple[BinaryIO, int]]:
    """The envelope and its size, all of which is here; RefusedError."""
    with _found():
        stream, size = intake.pieces.open(token)
    with stream:
        yield stream, size


@contextmanager
def _found() -> Iterator[None]:
    try:
        yield
    except GoneError as error:
        raise RefusedError("gone", _GONE, HTTPStatus.NOT_FOUND) from error
    except OffsetError as error:
        raise RefusedError("offset", more=(("offset", error.offset),)) from error


@contextmanager
def _stored() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise full(_PIECE) from error
