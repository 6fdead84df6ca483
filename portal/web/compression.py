"""Answers sent compressed to who takes gzip, where nothing in front of the app does it.

Only what anybody may keep: the answers of the form, all `no-store`, hold a token beside the
visitor's own words, and those must not be compressed together (BREACH).
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request, Response

_TYPES = frozenset(
    {"application/json", "application/xml", "application/rss+xml", "application/atom+xml"}
)
# Below this a packet is not filled either way; above the level more time buys hardly any bytes.
_WORTH, _LEVEL = 1024, 6


def to_be_compressed(response: Response, request: Request) -> bool:
    """Whether this answer will go out compressed; if so its fingerprint says that it differs.

    Asked before the answer is compared with what the client has, so that a 304 costs no work.
    """
    headers = response.headers
    if not response.is_sequence or "Content-Encoding" in headers:
        return False
    if "no-store" in headers.get("Cache-Control", ""):
        return False
    kind = response.mimetype or ""
    if not (kind.startswith("text/") or kind in _TYPES):
        return False
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings["gzip"] and len(response.get_data()) >= _WORTH
    if wanted and (etag := response.get_etag()[0]):
        response.set_etag(f"{etag}-gz")
    return bool(wanted)


def compress(response: Response) -> Response:
    """The answer with its body compressed; always the same bytes for the same body."""
    response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
