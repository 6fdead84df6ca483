"""Handing a file to an officer: an attachment under a safe name, nothing allowed to run."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from flask import Response

from portal.domain.filetypes import TYPES, clean_name, extension_of

_ODD = re.compile(r"[^\w.()（）\-]+")
_LIMIT = 80
_NOT_ASCII = re.compile(r"[^A-Za-z0-9._-]+")


def safe_name(name: str, fallback: str) -> str:
    """A name that is no path, no device, no double extension trick, and keeps its Chinese.

    Windows refuses CON, NUL and the like, and hides known extensions: a name that does not end in
    an allowed extension gets `.bin`, so that a double click runs nothing.
    """
    plain = unicodedata.normalize("NFKC", clean_name(name))
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cc", "Zl", "Zp"))
    extension = extension_of(plain)
    stem = plain[: -len(extension) - 1] if extension else plain
    stem = _ODD.sub("_", stem).replace(".", "_").strip("_ ")[:_LIMIT]
    if extension not in TYPES:
        stem, extension = f"{stem}_{_ODD.sub('_', extension)}".strip("_"), "bin"
    return f"{fallback}_{stem}.{extension}" if stem else f"{fallback}.{extension}"


def _disposition(name: str) -> str:
    """Headers are ASCII: the Chinese name goes into `filename*` (RFC 6266), beside a plain one."""
    plain = _NOT_ASCII.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def attachment(name: str, data: bytes, prefix: str) -> Response:
    """Original bytes of evidence: downloaded, never shown by the browser."""
    response = Response(data, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = _disposition(safe_name(name, prefix))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def document(name: str, data: bytes, media_type: str) -> Response:
    """A file the desk made itself."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = _disposition(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
