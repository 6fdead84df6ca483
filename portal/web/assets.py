"""Static files under names with their fingerprint, so that browsers may keep them for ever.

They are compressed once and for all; what pages may be compressed is in `compression`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, abort, request

from portal.domain.form_ways import OPENING_WAYS, PAGE_POLICY, SEALING_WAYS
from portal.web.script_constants import with_constants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

STATIC = Path(__file__).parent / "static"
TYPES = frozenset({".css", ".js", ".svg", ".png", ".ico"})
TEXT = (".css", ".js", ".svg")
LICENCE = b"/*!"

JOINED = {
    "intake.js": ("filetypes", "places", "page"),
    "search.js": ("query", "postings", "matching", "snippets", "page"),
    "sealing.js": (
        "../intake/filetypes",
        "secret",
        "suite",
        "archive",
        "rules",
        "document",
        "screens",
        "keeping",
        "sending",
        "opening",
        "page",
    ),
    "status.js": (
        "../intake/filetypes",
        "../sealing/secret",
        "../sealing/suite",
        "../sealing/archive",
        "../sealing/rules",
        "../sealing/screens",
        "../sealing/sending",
        "typed",
        "letters",
        "documents",
        "signed",
        "words",
        "message",
        "filling",
        "screening",
        "page",
    ),
}
"""Scripts made of parts, in the order in which one needs another, from the folder of their name.

A page loads them as one file; a test loads a part with those that it says it needs.
"""

FORM_SCRIPTS = (
    *("forms.js", "prefs.js", "site.js", "intake.js", "sealing.js", "status.js"),
    *("age.js", "sm.js", "qr.js"),
    *("aloud.js", "work.js", "altcha-pbkdf2.js"),
)
"""Every script of the objection form: those of its page, and those that they load."""

FORM_STYLES = ("site.css", "forms.css", "old.css", "aloud.css")
"""Its style sheets: one of another's could tell the server what is typed, letter by letter."""

SUITE_SCRIPTS = {"age1": "age.js", "sm21": "sm.js"}
"""What a page seals and opens with, by how the public keys of a suite begin."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,>]) ?")


def squeeze_css(css: str) -> str:
    """Take comments and needless space out of a style sheet of ours (none holds a quoted brace)."""
    return _AROUND.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", css))).replace(";}", "}").strip()


def squeeze_js(script: str) -> str:
    """Take whole-line comments and indentation out of a script of ours (no string spans lines)."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def joined(folder: Path, parts: Iterable[str]) -> str:
    """The parts of a script as one, which leaves no name behind on the page that runs it."""
    texts = (folder.joinpath(f"{part}.js").read_text(encoding="utf-8") for part in parts)
    return "{\n" + "".join(texts) + "}\n"


_SQUEEZE = {".css": squeeze_css, ".js": squeeze_js}


@lru_cache(maxsize=256)  # each worker of a build makes an app of its own
def _prepared(suffix: str, data: bytes) -> bytes:
    """A file as it is served; what others wrote begins with its licence, and stays as it came."""
    if data.startswith(LICENCE):
        return data
    if suffix == ".js":
        data = with_constants(data.decode()).encode()
    if suffix in _SQUEEZE:
        data = _SQUEEZE[suffix](data.decode()).encode()
    return data


class Assets:
    """The static files of an app, read once; `url` gives the address under which one is served."""

    def __init__(self, root: str, folders: Iterable[Path] = (STATIC,)) -> None:
        self._root = root
        self._served: dict[str, str] = {}
        self._bytes: dict[str, bytes] = {}
        self._small: dict[str, bytes] = {}
        for folder in folders:
            for path in sorted(folder.iterdir()):
                name = f"{path.name}.js"
                if path.is_dir() and name in JOINED:
                    self._add(name, joined(path, JOINED[name]).encode())
                elif path.suffix in TYPES:
                    self._add(path.name, path.read_bytes())

    def _add(self, name: str, data: bytes) -> None:
        stem, suffix = Path(name).stem, Path(name).suffix
        data = _prepared(suffix, data)
        digest = hashlib.sha256(data).hexdigest()[:10]
        served = f"{stem}.{digest}{suffix}"
        self._served[name] = served
        self._bytes[served] = data

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path served, without the site's root: what the static build has to write."""
        return tuple(f"/static/{name}" for name in self._bytes)

    def url(self, name: str) -> str:
        """Address of a file by the name it has in the source."""
        return f"{self._root}/static/{self._served[name]}"

    def digest(self, name: str) -> str:
        """What a browser holds a script or style sheet against (subresource integrity)."""
        data = self._bytes[self._served[name]]
        return f"sha384-{base64.b64encode(hashlib.sha384(data).digest()).decode()}"

    def read(self, served: str) -> bytes | None:
        """Bytes of a file by the name under which it is served."""
        return self._bytes.get(served)

    def read_small(self, served: str) -> bytes | None:
        """The same, compressed; None for files that are unknown or would not get smaller."""
        if served not in self._small and served.endswith(TEXT) and (data := self.read(served)):
            self._small[served] = gzip.compress(data, 9, mtime=0)
        return self._small.get(served)


def form_digests() -> dict[str, str]:
    """The digest of each file of the objection form by the name under which it is served."""
    assets, names = Assets(""), (*FORM_SCRIPTS, *FORM_STYLES)
    return {assets.url(name).rpartition("/")[2]: assets.digest(name) for name in names}


def suite_script(key: str) -> str:
    """The script that seals to a public key; KeyError for one of an unknown suite."""
    return SUITE_SCRIPTS[key[:4]]


def sealing_script(settings: str) -> str:
    """The script that a form with these settings (`data-sealing`) seals with."""
    values = json.loads(settings)
    offices = [office["keys"] for office in values.get("offices", {}).values()]
    keys = (key for held in (*values.get("keys", {}).values(), *offices) for key in held)
    return next(map(suite_script, keys), SUITE_SCRIPTS["age1"])


def init_assets(app: Flask, assets: Assets) -> None:
    """Serve the files at /static/ and give templates the function `asset`."""

    def static_file(name: str) -> Response:
        data = assets.read(name)
        if data is None:
            abort(404)
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        small = assets.read_small(name) if request.accept_encodings["gzip"] else None
        response = Response(small or data, mimetype=media_type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        if small:
            response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{name}.gz" if small else name)
        return response

    app.add_url_rule("/static/<name>", "static_file", static_file)
    app.jinja_env.globals.update(
        asset=assets.url,
        digest=assets.digest,
        guarded=lambda: False,
        page_policy=PAGE_POLICY,
        sealing_ways=SEALING_WAYS,
        opening_ways=OPENING_WAYS,
        suite_script=suite_script,
        sealing_script=sealing_script,
    )
