"""`/search/`: any part of a name finds it. The static site answers the same page by a script.

Without a query the page is the same live and frozen; with one the server answers it here, and on
the static site the script of `web/static/search/` does, from the files below `/search/data/`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request

from portal.domain.states import main_state
from portal.errors import RequestError
from portal.search.analysis import parse, printable
from portal.search.labels import HEADINGS, labels
from portal.search.live import LiveSearch, Turns
from portal.search.results import FACETS, narrow
from portal.search.snippets import marked, passages
from portal.search.static import shards_of
from portal.site.list_views import list_path, selections
from portal.site.page_contexts import SearchContext
from portal.site.shown import Facet, Hit
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.search.analysis import Query
    from portal.search.documents import Document
    from portal.search.results import Results
    from portal.site.views import Views

_BAD_REQUEST, _UNAVAILABLE = 400, 503
_NOT_READY = "检索正在准备，请过一分钟再试；也可以按下面的分类浏览"
_BUSY = "现在检索的人太多，请过几秒再试"
_MINUTE, _MOMENT = 60, 5


@dataclass(frozen=True, slots=True)
class Request:
    """What a visitor asked for; `chosen` holds the filters that are set."""

    text: str
    chosen: Mapping[str, str]
    page: int

    def path(self, change: Mapping[str, str] = MappingProxyType({}), page: int = 1) -> str:
        """Address of another choice of filters or another page; an empty value clears a filter."""
        chosen = {f: v for f in FACETS if (v := change.get(f, self.chosen.get(f, "")))}
        numbered = {"page": str(page)} if page > 1 else {}
        return f"/search/?{urlencode({'q': self.text, **chosen, **numbered})}"


def asked(known: Mapping[str, Mapping[str, str]]) -> Request:
    """Read the request's address; RequestError for a filter value that does not exist."""
    chosen = {facet: value for facet in FACETS if (value := request.args.get(facet, ""))}
    for facet, value in chosen.items():
        if value not in known[facet]:
            raise RequestError(f"没有这样的筛选条件：{HEADINGS[facet]}。请去掉筛选后重新查找")
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1  # noqa: PLR2004 - no list has more pages
    return Request(request.args.get("q", ""), chosen, number)


def make_blueprint(views: Views) -> Blueprint:
    """`/search/` and the data of the static site below it."""
    blueprint = Blueprint("search", __name__)
    live, turns = LiveSearch(views.options.search_folder), Turns()
    if views.options.search_folder is not None:
        live.begin(views.catalogue, views.clock)

    @blueprint.get("/search/")
    def search() -> Response:
        catalogue, at = views.catalogue(), views.clock()
        if not request.args.get("q", "").strip():
            return views.page(_empty(catalogue, at))
        with turns.take() as mine:
            if mine:
                return _searched(views, live, catalogue, at)
        # Without the lists to browse: it has to be quick.
        return _later(views, SearchContext(page=_head("搜索", error=True), error=_BUSY), _MOMENT)

    @blueprint.get("/search/data/<path:name>")
    def data(name: str) -> Response:
        content = views.options.search_files(name) if views.options.search_files else None
        if content is None:
            abort(404)
        return Response(content, content_type="application/octet-stream")

    return blueprint


def _searched(views: Views, live: LiveSearch, catalogue: Catalogue, at: datetime) -> Response:
    known = labels(catalogue, at)
    try:
        wanted = asked(known)
        query = parse(wanted.text)
    except RequestError as error:
        response = views.page(_refusal(catalogue, at, str(error)))
        response.status_code = _BAD_REQUEST
        return response
    snapshot = live.snapshot(catalogue, at)
    if snapshot is None:
        return _later(views, _refusal(catalogue, at, _NOT_READY), _MINUTE)
    results = narrow(snapshot.find(query), wanted.chosen, wanted.page)
    context = _answer(known, wanted, query, results)
    if not results.total:
        context = replace(context, browse=browse(catalogue, at))
    return views.page(context)


def _head(title: str, *, error: bool = False, demonstration: bool = False) -> PageHead:
    return PageHead(
        title=title,
        section="search",
        description="按单位、姓名、文号或者任意几个字查找公告、名单、政策解读、常见问题和表格。",
        crumbs=(Crumb("首页", "/"), Crumb("搜索")),
        column="搜索",
        column_type="搜索",
        error=error,
        demonstration=demonstration,
    )


def browse(catalogue: Catalogue, at: datetime) -> dict[str, tuple[tuple[str, str], ...]]:
    """The lists that lead to every notice without a search."""
    known = labels(catalogue, at)
    rows: dict[str, list[tuple[str, str]]] = {}
    for selection in selections(catalogue, at):
        facet, _, value = selection.name.partition("/")
        if value and value in known[facet]:
            rows.setdefault(HEADINGS[facet], []).append((known[facet][value], list_path(selection)))
    return {name: tuple(row) for name, row in rows.items()}


def _empty(catalogue: Catalogue, at: datetime) -> SearchContext:
    return SearchContext(
        page=_head("搜索"),
        browse=browse(catalogue, at),
        answered=False,
        shards=shards_of(len(catalogue.timestamps(at))),
    )


def _refusal(catalogue: Catalogue, at: datetime, error: str) -> SearchContext:
    return SearchContext(
        page=_head("搜索", error=True),
        text=printable(request.args.get("q", "")),
        error=error,
        browse=browse(catalogue, at),
    )


def _later(views: Views, context: SearchContext, seconds: int) -> Response:
    response = views.page(replace(context, text=printable(request.args.get("q", ""))))
    response.status_code = _UNAVAILABLE
    response.headers["Retry-After"] = str(seconds)
    return response


def _answer(
    known: Mapping[str, Mapping[str, str]], wanted: Request, query: Query, results: Results
) -> SearchContext:
    hits = tuple(_hit(known, document, query) for document in results.hits)
    number = results.page
    return SearchContext(
        page=_head(
            f"搜索：{printable(wanted.text)}", demonstration=any(hit.demonstration for hit in hits)
        ),
        text=printable(wanted.text),
        total=results.total,
        hits=hits,
        facets=tuple(_facet(facet, known[facet], wanted, results) for facet in FACETS),
        chosen=wanted.chosen,
        number=number,
        pages=results.pages,
        newer=wanted.path(page=number - 1) if number > 1 else "",
        older=wanted.path(page=number + 1) if number < results.pages else "",
        clear=wanted.path(dict.fromkeys(FACETS, "")) if wanted.chosen else "",
    )


def _hit(known: Mapping[str, Mapping[str, str]], document: Document, query: Query) -> Hit:
    state = main_state(document.states) if document.states else ""
    text = document.text
    return Hit(
        path=document.path,
        title=marked(text.title, query.terms),
        label=known["kind"][document.section],
        place=known["county"].get(document.county, ""),
        published=document.published.date() if document.published else None,
        state=state,
        state_text=known["state"].get(state, ""),
        passages=passages(text, query.terms),
        demonstration=document.demonstration,
    )


def _facet(facet: str, names: Mapping[str, str], wanted: Request, results: Results) -> Facet:
    """A filter's choices: what would find something, and what is chosen."""
    chosen = wanted.chosen.get(facet, "")
    counts = results.counts[facet]
    return Facet(
        name=HEADINGS[facet],
        choices=tuple(
            (label, counts.get(value, 0), wanted.path({facet: value}), value == chosen)
            for value, label in names.items()
            if counts.get(value) or value == chosen
        ),
        clear=wanted.path({facet: ""}) if chosen else "",
    )
