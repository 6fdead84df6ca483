"""帮助: how a notice is made public and an objection handled, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from portal.desk.desk_contexts import HelpContext
from portal.desk.entry.gate import page_head
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from portal.desk.services import Desk


def make_blueprint(desk: Desk) -> Blueprint:
    """The view of the help."""
    blueprint = Blueprint("help", __name__)

    @blueprint.get("/help")
    def page() -> str:
        return render(HelpContext(page_head(desk, "帮助", Crumb("帮助"))))

    return blueprint
