"""What a file of the built site is served as, by its path: media type, attachment, caching.

`deploy/nginx.conf` says the same of files on a disk, and the app of its answers; a test fetches
every kind of file from all three.
"""

from __future__ import annotations

import re

_OFFICE = "application/vnd.openxmlformats-officedocument"
PASSIVE = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
"""What an attachment of a notice may be shown as; what is not listed is bytes."""

_TYPES = PASSIVE | {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "json": "application/json",
    "xml": "application/xml",
    "ics": "text/calendar",
    "woff2": "font/woff2",
}
_BY_NAME = (
    (re.compile(r".*\.rss\.xml"), "application/rss+xml"),
    (re.compile(r".*\.atom\.xml"), "application/atom+xml"),
    (re.compile(r"feeds/.+\.json"), "application/feed+json"),
)
_ATTACHED = re.compile(r"notices/[^/]+/(revisions/[0-9]+/)?files/.*")
_FINGERPRINTED = re.compile(r"static/.+\.[0-9a-f]{10}\..*")
_TEXTS = re.compile(r"text/.*|.*[/+](json|xml)")


def served_as(path: str) -> dict[str, str]:
    """Headers of a file by its path below the site's root: `notices/call/index.html`."""
    attached = _ATTACHED.fullmatch(path) is not None
    kind = _type_of(path, PASSIVE if attached else _TYPES)
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if _TEXTS.fullmatch(kind) else kind,
        "Cache-Control": "no-cache",
    }
    if _FINGERPRINTED.fullmatch(path):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return headers | ({"Content-Disposition": "attachment"} if attached else {})


def _type_of(path: str, known: dict[str, str]) -> str:
    named = (kind for pattern, kind in _BY_NAME if pattern.fullmatch(path))
    suffix = path.rpartition("/")[2].rpartition(".")[2].lower()
    return next(named, "") or known.get(suffix, "application/octet-stream")
