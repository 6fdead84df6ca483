"""The one door to Frozen-Flask: a freezer of planned URLs.

The URLs come from the plan and nowhere else: no discovery, no static file walk, no `url_for` log.
Whether every route is planned is a test, so the library's own check of single runs is left out.
"""

from __future__ import annotations

import os
import sqlite3
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from wsgiref.util import setup_testing_defaults

from flask_frozen import Freezer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from flask import Flask, Request
    from werkzeug.routing import MapAdapter


class SiteFreezer(Freezer):  # type: ignore[misc]
    """Writes the planned URLs of an app below a folder; keeps going when one of them fails.

    The library's own loop builds and takes apart a test client, an environment and half a dozen
    paths for every page, which costs as much as rendering it. So the requests go straight into the
    app, and only the library's rule of which file a URL becomes is used here.
    """

    def __init__(self, app: Flask, folder: Path, base_url: str) -> None:
        app.config.update(FREEZER_DESTINATION=str(folder), FREEZER_BASE_URL=base_url)
        super().__init__(
            app, with_static_files=False, with_no_argument_rules=False, log_url_for=False
        )
        self._folder = str(folder)
        self._made: set[str] = set()
        self._environ = _environ(base_url)
        self._adapter = app.url_map.bind_to_environ(self._environ)
        # Every request is of one site: it is bound to its host and root once.
        app.create_url_adapter = self._bound  # type: ignore[method-assign]

    def write(
        self, urls: Iterable[str], begin: Callable[[str], None]
    ) -> Iterator[tuple[str, Exception | None]]:
        """Write each URL's file and say whether it failed; anything but a page is a failure.

        `begin` is called with each URL before it is asked for.
        """
        for url in urls:
            begin(url)
            try:
                data = self._ask(url)
            except sqlite3.Error:
                raise  # the record's or the disk's fault, not the page's
            except Exception as error:  # noqa: BLE001 - whatever a page raises is that page's failure
                yield url, error
                continue
            self._save(url, data)
            yield url, None

    def _ask(self, url: str) -> bytes:
        """The app's answer to a GET. Hooks on answers only set headers, which no file keeps."""
        app = self.app
        with app.request_context({**self._environ, "PATH_INFO": _wsgi(url)}):
            response = app.make_response(app.dispatch_request())
        if response.status_code != HTTPStatus.OK:
            raise ValueError(f"unexpected status {response.status} of {url}")
        response.direct_passthrough = False
        data: bytes = response.get_data()
        return data

    def _bound(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return None
        self._adapter.path_info = request.path
        return self._adapter

    def _save(self, url: str, data: bytes) -> None:
        path = f"{self._folder}/{self.urlpath_to_filepath(url)}"
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            _make(folder)
            self._made.add(folder)
        rest = memoryview(data)
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - one call of ten thousand
            while rest:
                rest = rest[file.write(rest) :]


def _wsgi(path: str) -> str:
    """A path as WSGI carries it: its bytes as Latin-1 (PEP 3333)."""
    return path if path.isascii() else path.encode().decode("latin-1")


def _environ(base_url: str) -> dict[str, Any]:
    """The WSGI environment of every request: a GET of a site at an address."""
    site = urlsplit(base_url)
    environ: dict[str, Any] = {
        "wsgi.url_scheme": site.scheme,
        "HTTP_HOST": site.netloc,
        "SCRIPT_NAME": _wsgi(unquote(site.path.rstrip("/"))),
        "PATH_INFO": "/",
        "QUERY_STRING": "",
    }
    setup_testing_defaults(environ)
    return environ


def _make(folder: str) -> None:
    """Make a folder, whose parent is nearly always there."""
    try:
        os.mkdir(folder)  # noqa: PTH102 - one call of ten thousand
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - likewise
    except FileExistsError:
        return  # another worker's, or another page's


def file_of(url: str) -> str:
    """Path of a URL's file below the output folder, by the library's rule."""
    path = urlsplit(url).path if "?" in url else url
    return path[1:] + "index.html" if path.endswith("/") else path[1:]
