"""No page names a folder of the server: an error says what to do, not how the machine is laid out.

Errors name files, as whoever runs a command needs them; in a browser `/srv/portal/content/faq.yml`
becomes `content/faq.yml`. One place at the door, since any error may come to be shown.
"""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask, Response

_DEEP = 3
"""Parts from which on a folder is shortened: /content may be the beginning of an address."""
_TEXTS = frozenset({"text/html", "application/json", "text/plain"})
_TYPED = r'<textarea\b.*?</textarea>|\bvalue="[^"]*"'


class Shortener:
    """Writes paths below known folders without what leads to them; what is typed stays."""

    def __init__(self, folders: Mapping[Path, str]) -> None:
        here = (Path(sys.prefix), Path.cwd(), Path(__file__).parents[2])
        self._names: dict[str, str] = {}
        for folder, name in {**dict.fromkeys(here, ""), **folders}.items():
            for one in (folder.absolute(), folder.resolve()):
                if len(one.parts) >= _DEEP:
                    self._names[str(one)] = name
        longest = sorted(self._names, key=len, reverse=True)
        known = "|".join(map(re.escape, longest)) or r"(?!)"
        found = rf"{_TYPED}|(?<![A-Za-z0-9_./-])(?P<folder>{known})(?P<more>/|(?![A-Za-z0-9_.-]))"
        self._found = re.compile(found, re.DOTALL)

    def __call__(self, text: str) -> str:
        """The text with every such path shortened."""
        return self._found.sub(self._shown, text)

    def _shown(self, found: re.Match[str]) -> str:
        if found["folder"] is None:
            return found[0]
        name, more = self._names[found["folder"]], found["more"]
        return f"{name}{more}" if name else "" if more else Path(found["folder"]).name


def init_server_paths(app: Flask, folders: Mapping[Path, str]) -> None:
    """Shorten the folders in all that an app answers; each has what is shown in its place."""
    short = Shortener(folders)

    @app.after_request
    def shorten(response: Response) -> Response:
        coded = response.content_encoding or response.direct_passthrough
        if response.mimetype in _TEXTS and not coded:
            # What is no UTF-8 is no page of ours, and goes out as it is.
            with contextlib.suppress(UnicodeDecodeError):
                text = response.get_data(as_text=True)
                if (shown := short(text)) != text:
                    response.set_data(shown)
        return response
