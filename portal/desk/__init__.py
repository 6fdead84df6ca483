"""The staff app: sign-in, inbox, cases, exports; its own cookie, secret and process.

Its parts are imported without the app: commands need the accounts and the checks alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def from_environment() -> Flask:
    """What a WSGI server is given: `portal.desk:from_environment()`, with one worker process."""
    from portal.desk.desk_app import app_of_environment

    return app_of_environment()
