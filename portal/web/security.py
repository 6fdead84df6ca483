"""What every app keeps to: headers (nothing from elsewhere, nothing inline, no framing), bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from portal.domain.form_ways import PAGE_POLICY

if TYPE_CHECKING:
    from flask import Flask, Response

CSP = f"{PAGE_POLICY}; frame-ancestors 'none'"

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Attachments stand on the origin of the objection form: they are handed over and never run there.
# deploy/nginx.conf says the same; what may be shown as itself stands in portal.domain.served.
ATTACHMENT_HEADERS = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}

_ENCODED = 3  # a byte as %E4
_FIELDS = 20_000
"""Of one form: lists of a thousand entries have fewer, and splitting them takes no time."""


def init_security(app: Flask) -> None:
    """Bound what is typed, and add the headers; a view that set its own stricter one keeps it."""

    @app.before_request
    def bound_typed() -> None:
        # Werkzeug bounds a form with files only; any other it reads whole, however many fields.
        bound = app.config["MAX_FORM_MEMORY_SIZE"]
        if bound and request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = _ENCODED * bound
            if request.get_data().count(b"&") > _FIELDS:
                raise RequestEntityTooLarge

    @app.after_request
    def add_headers(response: Response) -> Response:
        there = {name.lower() for name, _ in response.headers}
        response.headers.extend((n, v) for n, v in HEADERS.items() if n.lower() not in there)
        return response
