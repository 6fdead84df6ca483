"""Open data: all lists of all editions in one file, and the page that says what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from portal.site.page_contexts import DataContext
from portal.web.page import Crumb, Link, PageHead

if TYPE_CHECKING:
    from portal.content.index import Index
    from portal.content.parts import Parts
    from portal.site.views import Views

DATA = "data"
"""The group of formats to which open data and the traces of lists belong."""
FILES = {
    "lists.csv": ("CSV，用表格软件打开", "text/csv; charset=utf-8"),
    "lists.json": ("JSON，供程序读取", "application/json; charset=utf-8"),
}
"""The files by name, with a label and their media type."""


def make_blueprint(views: Views) -> Blueprint:
    """`/data/` and its files."""
    blueprint = Blueprint("data", __name__)
    # Each file is made of every list there is: once, until an answer changes.
    kept: dict[str, tuple[Index, Parts, bytes]] = {}

    @blueprint.get("/data/")
    def page() -> Response:
        if not views.options.gives(DATA):
            abort(404)
        return views.page(_context(views))

    @blueprint.get("/data/<name>")
    def file(name: str) -> Response:
        from portal.render.notice.all_lists import all_lists_csv, all_lists_json

        if name not in FILES:
            abort(404)
        catalogue, at = views.now()
        index, make = catalogue.index(at), all_lists_csv if name == "lists.csv" else all_lists_json
        known = kept.get(name)
        if known is None or known[0] is not index or known[1] is not catalogue.parts:
            known = kept[name] = index, catalogue.parts, make(catalogue, at)
        return Response(known[2], content_type=FILES[name][1])

    return blueprint


def _context(views: Views) -> DataContext:
    from portal.render.notice.all_lists import columns

    catalogue = views.catalogue()
    page = PageHead(
        title="开放数据：历届名单",
        path="/data/",
        section="winners",
        description="历届公示和表彰的全部名单，一个文件，CSV 和 JSON 两种格式。",
        crumbs=(Crumb("首页", "/"), Crumb("获奖名单", "/winners/"), Crumb("开放数据")),
        column="开放数据",
        column_type="结果公布",
        links=tuple(
            Link("alternate", f"/data/{name}", media.partition(";")[0], label)
            for name, (label, media) in FILES.items()
        ),
        demonstration=any(edition.demonstration for edition in catalogue.editions.values()),
    )
    return DataContext(
        page=page,
        files=tuple((name, f"/data/{name}", label) for name, (label, _) in FILES.items()),
        columns=tuple(columns(catalogue).items()),
    )
