"""Redirect after POST: what a form was answered with gets an address of its own.

A browser that goes back to the answer of a POST shows an error page of its own making. So each page
that answers one is kept for a while and shown by GET, at `<the same address>?shown=<id>`:

    <folder>/<quarter of an hour>/<hash of the key>   the page, under a key of this browser alone

The key derives from the secret of the session's CSRF token, which lies in the browser's cookie and
nowhere else. Whoever loses the cookie, or comes too late, gets the address without its answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import shutil
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from werkzeug.wrappers import Response as Answer

SPAN = 900
"""Seconds of one folder; a page is kept for one to two of them."""

_MOST = 2000  # pages of one folder: beyond, answers go out as they are
_LARGEST = 4 * 1024 * 1024
_NAME = "shown"
_TOLD = ("Retry-After",)


class Pages(Protocol):
    """Where pages are kept, by the quarter of an hour; an OSError where they cannot be."""

    def put(self, turn: int, place: str, data: bytes, most: int) -> bool:
        """Keep a page and drop those before the last turn; not where there are `most` already."""

    def get(self, turn: int, place: str) -> bytes | None:
        """A kept page; None where there is none."""


class PageFolder:
    """Pages in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, turn: int, place: str, data: bytes, most: int) -> bool:
        """As `Pages.put`."""
        folder = self._folder / str(turn)
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for other in self._folder.iterdir():
                if other.name not in (str(turn), str(turn - 1)):
                    shutil.rmtree(other, ignore_errors=True)
        if sum(1 for _ in folder.iterdir()) >= most:
            return False
        fresh = folder / f"{secrets.token_hex(8)}.new"
        fresh.write_bytes(data)
        fresh.replace(folder / place)
        return True

    def get(self, turn: int, place: str) -> bytes | None:
        """As `Pages.get`."""
        try:
            return (self._folder / str(turn) / place).read_bytes()
        except OSError:
            return None


class ShownAgain:
    """The pages kept; `now` is the Unix time, `owner` who may see what is kept now."""

    def __init__(
        self, pages: Pages, now: Callable[[], float], owner: Callable[[], str] = lambda: ""
    ) -> None:
        self._pages, self._now, self._owner = pages, now, owner

    def keep(self, secret: str, answer: Response) -> str:
        """The id under which an answer is kept; empty where it cannot be."""
        body = answer.get_data(as_text=True)
        if len(body) > _LARGEST:
            return ""
        id_ = secrets.token_hex(8)
        told = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
        content = json.dumps([answer.status_code, told, body])
        key = self._key(secret, id_)
        sealed = Fernet(key).encrypt(content.encode())
        try:
            turn = int(self._now() // SPAN)
            return id_ if self._pages.put(turn, self._place(key), sealed, _MOST) else ""
        except OSError:
            return ""

    def find(self, secret: str, id_: str) -> Response | None:
        """What is kept under an id, for this browser and person only."""
        key = self._key(secret, id_)
        turn = int(self._now() // SPAN)
        for one in (turn, turn - 1):
            try:
                found = self._pages.get(one, self._place(key))
                kept = Fernet(key).decrypt(found) if found else b""
            except InvalidToken:
                continue
            if not kept:
                continue
            code, told, body = json.loads(kept)
            told["Cache-Control"] = "no-store"  # where no view of the form's stands behind it
            return Response(body, code, headers=told, mimetype="text/html")
        return None

    def _key(self, secret: str, id_: str) -> bytes:
        parts = f"shown again\n{secret}\n{self._owner()}\n{id_}"
        return base64.urlsafe_b64encode(hashlib.sha256(parts.encode()).digest())

    @staticmethod
    def _place(key: bytes) -> str:
        return hashlib.sha256(key).hexdigest()


def init_shown_again(app: Flask, pages: ShownAgain, prefix: str = "/") -> None:
    """Answer every POST below a path with a redirect; to be added after what guards the app."""

    @app.before_request
    def show() -> Answer | None:
        if not request.path.startswith(prefix):
            return None
        id_ = request.args.get(_NAME, "")
        if request.method not in ("GET", "HEAD") or not id_:
            return None
        secret = _brought(app)
        kept = pages.find(secret, id_) if secret else None
        if kept is None and isinstance(request.routing_exception, MethodNotAllowed):
            return redirect(_above(app), HTTPStatus.SEE_OTHER)
        return kept

    @app.after_request
    def move(answer: Response) -> Response:
        if not request.path.startswith(prefix) or not _is_page(answer):
            return answer
        secret = _brought(app)
        id_ = pages.keep(secret, answer) if secret else ""
        if not id_:
            return answer
        query = [(k, v) for k, v in request.args.items(multi=True) if k != _NAME]
        query.append((_NAME, id_))
        address = f"{_here(request.path)}?{urlencode(query)}"
        moved = Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})
        moved.headers["Cache-Control"] = "no-store"
        return moved


def _brought(app: Flask) -> str:
    """The secret that the browser brought: one made during this request it may not keep."""
    found = app.session_interface.open_session(app, request)
    return str(found.get("csrf_token", "")) if found else ""


def _is_page(answer: Response) -> bool:
    """Whether a navigation by POST ends here with a page of ours."""
    return (
        request.method == "POST"
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        and answer.mimetype == "text/html"
        and answer.location is None
        and answer.is_sequence
        and "Content-Disposition" not in answer.headers
    )


def _above(app: Flask) -> str:
    """The nearest address above this one that can be opened."""
    adapter = app.create_url_adapter(request)
    path = request.path
    while adapter is not None and path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            adapter.match(path, "GET")
        except RequestRedirect:
            break
        except HTTPException:
            continue
        break
    return _here(path)


def _here(path: str) -> str:
    """A path of this app as a header may carry it: no new line in it, and no other host."""
    return quote("/" + f"{request.script_root}{path}".lstrip("/"))
