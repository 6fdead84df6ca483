"""Feeds at /feeds/: all notices, each kind, each county, in three formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from portal.content.selection import listed_selections
from portal.render.notice.feeds import FeedFormat, feed, feed_path

if TYPE_CHECKING:
    from portal.site.views import Views


def make_blueprint(views: Views) -> Blueprint:
    """`/feeds/<selection>.<format>`."""
    blueprint = Blueprint("feeds", __name__)

    @blueprint.get("/feeds/<path:name>")
    def show(name: str) -> Response:
        catalogue, at = views.now()
        path = f"/feeds/{name}"
        found = {
            feed_path(selection, fmt): (selection, fmt)
            for selection in listed_selections(catalogue.site.counties, catalogue.kinds)
            for fmt in FeedFormat
        }
        if path not in found:
            abort(404)
        selection, fmt = found[path]
        data = feed(catalogue, selection, at, fmt)
        return Response(data, content_type=f"{fmt.media_type}; charset=utf-8")

    return blueprint
