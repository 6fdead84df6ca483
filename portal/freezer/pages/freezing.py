"""The one door to Frozen-Flask: its generators and its loop, with requests of our own.

The URLs come from the plan and nowhere else: no discovery, no static file walk, no `url_for` log.
Whether every route is planned is a test, so the library's own check of single runs is silenced.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit
from wsgiref.util import setup_testing_defaults

from flask_frozen import Freezer, MissingURLGeneratorWarning

from portal.freezer.artifacts import file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flask import Flask, Request
    from werkzeug.routing import MapAdapter

    from portal.freezer.artifacts import Artifact


class SiteFreezer(Freezer):  # type: ignore[misc]
    """Freezes the artifacts of an app below a folder; keeps going when one of them fails.

    `freeze_yield` is the library's; how one URL is asked and written is ours. The library builds
    and takes apart a test client, an environment and half a dozen paths for every page: 1.1 ms
    beside 1.4 ms of rendering, 37 % of a cold build of 10,000 notices.
    """

    root: Path = Path()  # the library works it out anew for every page

    def __init__(self, app: Flask, folder: Path, base_url: str) -> None:
        app.config.update(
            FREEZER_DESTINATION=str(folder),
            FREEZER_BASE_URL=base_url,
            FREEZER_REMOVE_EXTRA_FILES=False,
        )
        super().__init__(
            app, with_static_files=False, with_no_argument_rules=False, log_url_for=False
        )
        self.register_generator(self._planned)
        self.root = folder
        self._due: dict[str, Artifact] = {}
        self._failed: dict[str, Exception] = {}
        self._begin: Callable[[str], None] = lambda _: None
        self._made: set[str] = set()
        self._environ = _environ(base_url)
        self._adapter = app.url_map.bind_to_environ(self._environ)
        # Every request is of one site: it is bound to its host and root once.
        app.create_url_adapter = self._bound  # type: ignore[method-assign]

    def write(
        self, artifacts: Iterable[Artifact], begin: Callable[[str], None]
    ) -> Iterator[tuple[Artifact, Exception | None]]:
        """Write each artifact and say whether it failed; anything but a page is a failure.

        `begin` is called with each URL before it is asked for.
        """
        # Quoted, so that a name may hold what ends a path in a URL.
        self._due, self._begin = {quote(a.url): a for a in artifacts}, begin
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MissingURLGeneratorWarning)
            for page in self.freeze_yield():
                yield self._due[page.url], self._failed.pop(page.url, None)

    def _planned(self) -> Iterator[str]:
        """The library's generator; it takes URLs as `url_for` gives them."""
        return map(quote, self._due)

    def _build_one(self, url: str, last_modified: object = None) -> Path:
        """Ask the app for one URL and write its file, where the library would."""
        del last_modified
        asked = self._due[url].url
        self._begin(asked)
        path = self.root / self.urlpath_to_filepath(asked)
        try:
            data = self._ask(asked)
        except sqlite3.Error:
            raise  # the record's or the disk's fault, not the page's
        except Exception as error:  # noqa: BLE001 - whatever a page raises is that page's failure
            self._failed[url] = error
        else:
            self._save(path, data)
        return path

    def urlpath_to_filepath(self, path: str) -> str:
        """The library's rule, which the record asks too."""
        return file_of(path)

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

    def _save(self, path: Path, data: bytes) -> None:
        name = str(path)
        folder = name.rpartition("/")[0]
        if folder not in self._made:
            _make(folder)
            self._made.add(folder)
        rest = memoryview(data)
        with open(name, "wb", buffering=0) as file:  # noqa: PTH123 - one call of ten thousand
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
