"""What a page that seals is told in JSON: what an act gave, or why nothing was taken."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, request

from portal.errors import PortalError
from portal.submission.page_messages import TooManyError
from portal.submission.page_sealed import OtherBytesError
from portal.submission.sealed_forms import NotOurFormError
from portal.submission.submitting import WindowShutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHUT = {
    "scheduled": "公示尚未开始，没有接收。",
    "closed": "公示期已经届满，以服务器时间为准，没有接收。",
    "withdrawn": "这份公告已经撤回，没有接收。",
}
_FAILED = "服务器没能把内容保存好，所以没有接收。"
_AWAY = HTTPStatus.SERVICE_UNAVAILABLE
_CHUNK = 256 * 1024

# The first that an error is of counts; `{}` is what it says itself.
_REFUSALS: tuple[tuple[type[Exception], str, HTTPStatus, str], ...] = (
    (WindowShutError, "closed", HTTPStatus.CONFLICT, SHUT["closed"]),
    (TooManyError, "many", HTTPStatus.CONFLICT, "{}。"),
    (OtherBytesError, "other", HTTPStatus.CONFLICT, "{}。"),
    (NotOurFormError, "form", HTTPStatus.BAD_REQUEST, "{}，没有接收。"),
    (FileExistsError, "twice", _AWAY, _FAILED),  # the same was sent twice at once
    (PortalError, "failed", _AWAY, _FAILED),
    (OSError, "failed", _AWAY, _FAILED),
)


@dataclass(eq=False)
class RefusedError(Exception):
    """Why nothing was taken: a word for the script, a sentence for the reader."""

    word: str
    message: str = ""
    code: HTTPStatus = HTTPStatus.CONFLICT
    more: tuple[tuple[str, Any], ...] = ()


def full(what: str = "为了不丢失任何一份异议，暂时停止在线接收") -> RefusedError:
    """That the disk has no room."""
    return RefusedError("full", f"服务器的存储空间不足，{what}。", _AWAY)


@contextmanager
def refusing() -> Iterator[None]:
    """Raise what goes wrong while an envelope is taken as RefusedError."""
    try:
        yield
    except (PortalError, OSError) as error:
        _, word, code, words = next(row for row in _REFUSALS if isinstance(error, row[0]))
        raise RefusedError(word, words.format(error), code) from error


def _json(values: dict[str, Any], code: HTTPStatus = HTTPStatus.OK) -> Response:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Response(text, code, mimetype="application/json")


def answered(act: Callable[[], dict[str, Any]]) -> Response:
    """What an act tells the page, or why it was refused."""
    try:
        return _json(act())
    except RefusedError as refused:
        return refusal(refused)


def answered_whole(act: Callable[[], dict[str, Any]]) -> Response:
    """The same, and what is left of the body is read, or browsers hear nothing."""
    response = answered(act)
    while request.stream.read(_CHUNK):
        pass
    return response


def refusal(refused: RefusedError) -> Response:
    """Why it was refused, for the page."""
    values = {"error": refused.word, "message": refused.message, **dict(refused.more)}
    return _json(values, refused.code)
