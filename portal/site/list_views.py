"""Lists of notices: all, by kind, county, edition and year in pages; by state on one page.

Pages are numbered from the oldest (`portal.content.selection`), so that publishing one notice
changes the front page of each list it belongs to and no archive page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, abort

from portal.content.selection import EVERYTHING, Selection
from portal.domain.notice import Kind
from portal.domain.states import SOUGHT_STATES, State
from portal.domain.window import WindowState
from portal.render.notice.feeds import FeedFormat, feed_path
from portal.site.page_contexts import ListContext
from portal.site.shown import notice_line
from portal.web.page import Crumb, Link, PageHead

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from portal.content.catalogue import Catalogue
    from portal.content.selection import ListPage
    from portal.domain.notice import Notice
    from portal.site.views import Views

STATE_LIMIT = 100
_WINDOW_STATES = {
    State.OPEN: WindowState.OPEN,
    State.SCHEDULED: WindowState.SCHEDULED,
    State.CLOSED: WindowState.CLOSED,
}


def list_path(selection: Selection) -> str:
    """Address of a list's front page."""
    return "/notices/" if selection == EVERYTHING else f"/notices/{selection.name}/"


def selections(catalogue: Catalogue, at: datetime) -> tuple[Selection, ...]:
    """Every list that has pages."""
    return (
        EVERYTHING,
        *(Selection(kind=kind) for kind in catalogue.kinds),
        *(Selection(county=county) for county in catalogue.site.counties),
        *(Selection(edition=edition) for edition in catalogue.editions),
        *(Selection(year=year) for year in catalogue.years(at)),
    )


def selection_of(catalogue: Catalogue, facet: str, value: str) -> Selection | None:
    """The selection an address names; asks only for settings, so that no list depends on others."""
    match facet:
        case "kind":
            kind = next((kind for kind in catalogue.kinds if kind == value), None)
            return Selection(kind=kind) if kind else None
        case "county" if value in catalogue.site.counties:
            return Selection(county=value)
        case "edition" if value in catalogue.editions:
            return Selection(edition=value)
        case "year" if value.isascii() and value.isdigit():
            return Selection(year=int(value))
        case "all":
            return EVERYTHING
    return None


def with_state(catalogue: Catalogue, state: State, at: datetime) -> tuple[Notice, ...]:
    """The newest notices that a reader looks for under a state."""
    if state in _WINDOW_STATES:
        return catalogue.with_window(at, _WINDOW_STATES[state], limit=STATE_LIMIT)
    found = (n for n in catalogue.amended(at) if state in catalogue.status(n, at).states)
    return tuple(n for n, _ in zip(found, range(STATE_LIMIT), strict=False))


def make_blueprint(views: Views) -> Blueprint:
    """`/notices/` and the lists below it."""
    blueprint = Blueprint("lists", __name__)

    @blueprint.get("/notices/")
    @blueprint.get("/notices/page/<int:number>/")
    @blueprint.get("/notices/<any(kind,county,edition,year):facet>/<value>/")
    @blueprint.get("/notices/<any(kind,county,edition,year):facet>/<value>/page/<int:number>/")
    def selected(facet: str = "all", value: str = "", number: int = 0) -> Response:
        catalogue, at = views.now()
        selection = selection_of(catalogue, facet, value)
        if selection is None:
            abort(404)
        try:
            page = catalogue.page(at, selection, number)
        except IndexError:
            abort(404)
        twice = number and page.is_front  # the front page's one address is the list's own
        if twice or (selection.year and not page.notices):
            abort(404)
        return views.page(_context(catalogue, at, selection, page))

    @blueprint.get("/notices/state/<value>/")
    def by_state(value: str) -> Response:
        if value not in SOUGHT_STATES:
            abort(404)
        catalogue, at = views.now()
        return views.page(_state_context(catalogue, at, State(value)))

    return blueprint


def _title(catalogue: Catalogue, selection: Selection) -> str:
    if selection.edition:
        return f"{catalogue.editions[selection.edition].name}公告"
    if selection.year:
        return f"{selection.year}年公告"
    label = selection.label(catalogue.site.counties)
    return f"{label}公告" if label else "公告公示"


def _head(catalogue: Catalogue, title: str, path: str, feed: Selection) -> PageHead:
    top = path == "/notices/"
    return PageHead(
        title=title,
        path=path,
        section="notices",
        description=f"{catalogue.site.name}{title}：{_told(catalogue)}。",
        crumbs=(
            Crumb("首页", "/"),
            *(() if top else (Crumb("公告公示", "/notices/"),)),
            Crumb(title),
        ),
        column=title,
        column_type="公告公示",
        links=tuple(
            Link("alternate", feed_path(feed, fmt), fmt.media_type, f"{title}（{fmt.label}）")
            for fmt in FeedFormat
        ),
    )


def _context(
    catalogue: Catalogue, at: datetime, selection: Selection, page: ListPage
) -> ListContext:
    base = list_path(selection)
    path = base if page.is_front else f"{base}page/{page.number}/"
    has_feed = selection.edition is None and selection.year is None
    feed = selection if has_feed else EVERYTHING
    lines = tuple(notice_line(catalogue, notice, at) for notice in page.notices)
    newer = "" if page.is_front else _page_path(base, page.number + 1, page.count)
    title = _title(catalogue, selection)
    head = _head(catalogue, title, path, feed)
    return ListContext(
        page=_marked(head, any(line.demonstration for line in lines)),
        lines=lines,
        facets=_facets(catalogue, at, base) if page.is_front else {},
        number=page.number,
        front=page.is_front,
        newer=newer,
        older=_page_path(base, page.number - 1, page.count) if page.number > 1 else "",
        feeds=tuple((fmt.label, feed_path(feed, fmt)) for fmt in FeedFormat),
    )


def _page_path(base: str, number: int, count: int) -> str:
    return base if number == count else f"{base}page/{number}/"


def _marked(head: PageHead, demonstration: bool) -> PageHead:
    return replace(head, demonstration=True) if demonstration else head


# A list of open windows may be kept until they are closed; the dates beside them stay true.
_PASSES = "公示期是否已满，以每条公告后面的日期为准。"


def _state_context(catalogue: Catalogue, at: datetime, state: State) -> ListContext:
    notices = with_state(catalogue, state, at)
    lines = tuple(notice_line(catalogue, notice, at) for notice in notices)
    path = f"/notices/state/{state}/"
    head = _head(catalogue, f"{state.label}的公告", path, EVERYTHING)
    return ListContext(
        page=_marked(head, any(line.demonstration for line in lines)),
        lines=lines,
        facets=_facets(catalogue, at, path),
        number=1,
        front=True,
        newer="",
        older="",
        feeds=tuple((fmt.label, feed_path(EVERYTHING, fmt)) for fmt in FeedFormat),
        note=_PASSES if state in (State.OPEN, State.SCHEDULED) else "",
    )


def _told(catalogue: Catalogue) -> str:
    """The kinds of notices that a reader comes for: 通知、县（区）公示、市级公示和表彰决定."""
    sought = (k.label for k in catalogue.kinds if k.has_list or k is Kind.CALL)
    *most, last = sought
    return f"{'、'.join(most)}和{last}"


def _facets(
    catalogue: Catalogue, at: datetime, current: str
) -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """Rows of filters.

    Years stand only on the first list: elsewhere they would tie every list to every notice.
    """
    site = catalogue.site
    rows = {
        "类型": [
            ("全部", "/notices/"),
            *((k.label, f"/notices/kind/{k}/") for k in catalogue.kinds),
        ],
        site.words.county: [
            (c.name, f"/notices/county/{c.slug}/") for c in catalogue.site.counties.values()
        ],
        "状态": [(s.label, f"/notices/state/{s}/") for s in SOUGHT_STATES],
        "届次": [(e.short, f"/notices/edition/{e.slug}/") for e in catalogue.editions.values()],
    }
    if current == "/notices/":
        rows["年份"] = [(f"{y}年", f"/notices/year/{y}/") for y in catalogue.years(at)]
    return {
        name: tuple((label, path, path == current) for label, path in row)
        for name, row in rows.items()
        if row
        if row
    }
