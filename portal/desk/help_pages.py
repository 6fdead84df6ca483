"""帮助: how a notice is made public and an objection handled, on one page, with pictures.

The pictures are made by a test of the pages (tests/browser/test_publishing_pictures.py), so that
they show what is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from portal.desk.desk_contexts import HelpContext
from portal.desk.entry.gate import page_head
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from portal.desk.services import Desk

PICTURES = Path(__file__).parent / "pictures"
_KNOWN = ("list", "time", "send")


def make_blueprint(desk: Desk) -> Blueprint:
    """The views of the help."""
    blueprint = Blueprint("help", __name__)

    @blueprint.get("/help")
    def page() -> str:
        return render(HelpContext(page_head(desk, "帮助", Crumb("帮助"))))

    @blueprint.get("/help/<name>.png")
    def picture(name: str) -> Response:
        path = PICTURES / f"{name}.png"
        if name not in _KNOWN or not path.exists():
            abort(404)
        return Response(path.read_bytes(), mimetype="image/png")

    return blueprint
