"""The one door to Frozen-Flask: a freezer of planned URLs, and the client it asks the app through.

The URLs come from the plan and nowhere else: no discovery, no static file walk, no `url_for` log.
Whether every route is planned is a test, so the library's own check of single runs is left out.
"""

from __future__ import annotations

import warnings
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from flask_frozen import Freezer, FrozenFlaskWarning, MissingURLGeneratorWarning
from werkzeug.test import EnvironBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from flask import Flask
    from werkzeug.wrappers import Response


class DirectClient:
    """Stands in for the test client: hands a prepared request straight to the app.

    The library's client builds and takes apart an environment for each request, which costs more
    than rendering the page.
    """

    def __init__(self, app: Flask, *_: object, **__: object) -> None:
        self._app = app

    def get(self, url: str, *, base_url: str | None, follow_redirects: bool = False) -> Response:
        """The app's whole response to a GET of a path below the site's root."""
        del follow_redirects
        environ: dict[str, Any] = self._app.config.get("FREEZER_ENVIRON") or self._prepare(base_url)
        # WSGI carries bytes of a path as Latin-1 (PEP 3333).
        path = url.encode().decode("latin-1")
        with self._app.request_context({**environ, "PATH_INFO": path}):
            response = self._app.full_dispatch_request()
        response.direct_passthrough = False
        return response

    def _prepare(self, base_url: str | None) -> dict[str, Any]:
        environ = EnvironBuilder(path="/", base_url=base_url).get_environ()
        self._app.config["FREEZER_ENVIRON"] = environ
        return environ


class SiteFreezer(Freezer):  # type: ignore[misc]
    """Writes the planned URLs of an app below a folder; keeps going when one of them fails."""

    def __init__(self, app: Flask, folder: Path, base_url: str) -> None:
        app.test_client_class = DirectClient  # type: ignore[assignment]
        app.config.update(
            FREEZER_DESTINATION=str(folder),
            FREEZER_BASE_URL=base_url,
            FREEZER_REMOVE_EXTRA_FILES=False,
            FREEZER_REDIRECT_POLICY="error",
            # A file's ending cannot say that a feed is a feed; servers are told in deploy/.
            FREEZER_IGNORE_MIMETYPE_WARNINGS=True,
        )
        super().__init__(
            app, with_static_files=False, with_no_argument_rules=False, log_url_for=False
        )
        self._queue: deque[str] = deque()
        self._current = ""
        self._begin: Callable[[str], None] = lambda _: None
        self.register_generator(self._planned)

    def _planned(self) -> Iterator[str]:
        while self._queue:
            self._current = self._queue.popleft()
            self._begin(self._current)
            yield quote(self._current)

    def write(
        self, urls: Iterable[str], begin: Callable[[str], None]
    ) -> Iterator[tuple[str, Exception | None]]:
        """Write each URL's file and say whether it failed; every library warning is a failure.

        `begin` is called with each URL before it is asked for.
        """
        self._queue.extend(urls)
        self._begin = begin
        while self._queue:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", FrozenFlaskWarning)
                    warnings.simplefilter("ignore", MissingURLGeneratorWarning)
                    for _ in self.freeze_yield():
                        yield self._current, None
            except Exception as error:  # noqa: BLE001 - whatever a page raises is that page's failure
                yield self._current, error


def file_of(url: str) -> str:
    """Path of a URL's file below the output folder, by the library's rule."""
    path = urlsplit(url).path if "?" in url else url
    return path[1:] + "index.html" if path.endswith("/") else path[1:]
