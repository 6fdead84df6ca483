"""A site below a path of its host, such as `https://host/award/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Mounted:
    """An app that answers below `root`, whether the server in front strips it or not."""

    def __init__(self, app: WSGIApplication, root: str) -> None:
        self._app, self._root = app, root

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Move the root from the path to the script name, where redirects take it from."""
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(f"{self._root}/"):
            path = path[len(self._root) :] or "/"
        inside = {**environ, "SCRIPT_NAME": self._root, "PATH_INFO": path}
        return self._app(inside, start_response)
