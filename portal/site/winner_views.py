"""Winners: each edition by grade, all editions in figures, each winner over the editions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flask import Blueprint, abort

from portal.content.winners import decision_of, winners_over
from portal.domain.awards import Sort
from portal.domain.quotas import vacancies
from portal.site.data_views import DATA
from portal.site.page_contexts import (
    EditionWinnersContext,
    TracesContext,
    WinnerContext,
    WinnersContext,
)
from portal.site.shown import (
    EditionFigures,
    GradeGroup,
    WinnerLine,
    award_name,
    newest_edition,
    notice_line,
    shares,
)
from portal.site.traces import EditionLists
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flask import Response

    from portal.content.catalogue import Catalogue
    from portal.content.winners import Winner
    from portal.domain.editions import Edition
    from portal.domain.notice import Entry, Notice
    from portal.site.views import Views

_WON = "获奖名单"
_COLUMN = "结果公布"
_ALL = Crumb(_WON, "/winners/")


def grade_groups(
    edition: Edition, decision: Notice | None, lines: Mapping[int, WinnerLine]
) -> tuple[GradeGroup, ...]:
    """The grades of an edition in order, none without a decision; `lines` by place in its list."""
    if decision is None:
        return ()
    vacant = vacancies(edition, decision.entries)
    return tuple(
        GradeGroup(
            grade,
            grade.places,
            tuple(
                lines[number]
                for number, entry in enumerate(decision.entries, 1)
                if entry.grade == grade
            ),
            vacant.get(grade, 0),
        )
        for grade in edition.terms.grades
    )


def make_blueprint(views: Views) -> Blueprint:
    """`/winners/` and what is below it."""
    blueprint = Blueprint("winners", __name__)

    @blueprint.get("/winners/")
    def index() -> Response:
        return views.page(_index(*views.now(), data=views.options.gives(DATA)))

    @blueprint.get("/winners/<slug>/")
    def edition(slug: str) -> Response:
        catalogue, at = views.now()
        found = catalogue.editions.get(slug) or abort(404)
        return views.page(_edition(catalogue, found, at, data=views.options.gives(DATA)))

    @blueprint.get("/winners/<slug>/traces/")
    def traces(slug: str) -> Response:
        catalogue, at = views.now()
        found = catalogue.editions.get(slug) or abort(404)
        return views.page(_traces(catalogue, found, at))

    @blueprint.get("/winners/who/<key>/")
    def winner(key: str) -> Response:
        catalogue, at = views.now()
        found = next((w for w in winners_over(catalogue, at) if w.key == key), None)
        return views.page(_winner(catalogue, found or abort(404)))

    return blueprint


def _index(catalogue: Catalogue, at: datetime, *, data: bool) -> WinnersContext:
    editions = catalogue.editions.values()
    decisions = {edition.slug: decision_of(catalogue, edition, at) for edition in editions}
    page = _head(
        _WON,
        "/winners/",
        f"历届{_won(catalogue)}获奖名单，以表彰决定为准。",
        Crumb(_WON),
        demonstration=any(edition.demonstration for edition in editions),
    )
    return WinnersContext(
        page=page,
        editions=tuple(
            (f"/winners/{e.slug}/", e.name, decided(decisions[e.slug]), e.demonstration)
            for e in editions
        ),
        figures=tuple(
            _figures(catalogue, e, decision) for e in editions if (decision := decisions[e.slug])
        ),
        data=data,
    )


def _figures(catalogue: Catalogue, edition: Edition, decision: Notice) -> EditionFigures:
    """How many won, by grade, by class and by county, those of the site in its order."""
    entries = decision.entries
    grades = Counter(str(entry.grade) for entry in entries if entry.grade)
    classes = Counter(str(entry.category) for entry in entries)
    counties = Counter(entry.county for entry in entries if entry.county)
    order = [county.name for county in catalogue.site.counties.values()]
    names = [name for name in order if counties[name]]
    return EditionFigures(
        name=edition.name,
        path=f"/winners/{edition.slug}/",
        demonstration=edition.demonstration,
        total=len(entries),
        grades=tuple((str(grade), grades[str(grade)]) for grade in edition.terms.grades),
        parts=tuple(
            (label, shares(counted))
            for label, counted in (
                ("类别", [(str(c), classes[str(c)]) for c in edition.terms.categories]),
                (catalogue.site.words.county, [(name, counties[name]) for name in names]),
            )
            if any(number for _, number in counted)
        ),
    )


def _edition(
    catalogue: Catalogue, edition: Edition, at: datetime, *, data: bool
) -> EditionWinnersContext:
    decision = decision_of(catalogue, edition, at)
    page = _head(
        f"{edition.name}获奖名单",
        f"/winners/{edition.slug}/",
        f"{edition.name}获奖名单：{decided(decision)}。",
        _ALL,
        Crumb(edition.name),
        demonstration=edition.demonstration,
    )
    traces = f"/winners/{edition.slug}/traces/" if data else ""
    lines: dict[int, WinnerLine] = {}
    if decision:
        for winner in winners_over(catalogue, at):
            for win in winner.wins:
                if win.edition is edition:
                    trace = f"{traces}#{decision.slug}-{win.number}" if traces else ""
                    lines[win.number] = WinnerLine(win.entry, winner.path, trace, win.revoked)
    return EditionWinnersContext(
        page=page,
        groups=grade_groups(edition, decision, lines),
        decision=notice_line(catalogue, decision, at) if decision else None,
        name=edition.name,
        traces=traces,
    )


def _traces(catalogue: Catalogue, edition: Edition, at: datetime) -> TracesContext:
    title = f"{edition.name}名单的来历和变动"
    page = _head(
        title,
        f"/winners/{edition.slug}/traces/",
        f"{title}：各条目出自哪些名单，哪些没有列入、更名、取消或者空缺，以及原因。",
        _ALL,
        Crumb(edition.name, f"/winners/{edition.slug}/"),
        Crumb("来历和变动"),
        demonstration=edition.demonstration,
    )
    lists = EditionLists(catalogue, edition, at).traced()
    return TracesContext(
        page=page,
        name=edition.name,
        lists=tuple((notice_line(catalogue, one.notice, at), one) for one in lists),
    )


def _winner(catalogue: Catalogue, winner: Winner) -> WinnerContext:
    page = _head(
        winner.name,
        winner.path,
        f"{winner.name}历届获奖情况，以表彰决定为准。",
        _ALL,
        Crumb(winner.name),
        demonstration=winner.demonstration,
    )
    entry = winner.wins[0].entry
    former = dict.fromkeys(w.entry.name for w in winner.wins if w.entry.name != winner.name)
    facts = {
        "原名称": "、".join(former),
        "信用代码": next((w.entry.credit_code for w in winner.wins if w.entry.credit_code), ""),
        catalogue.site.words.county: entry.county,
        "工作单位": _employer(entry),
    }
    return WinnerContext(
        page=page,
        name=winner.name,
        facts={label: value for label, value in facts.items() if value},
        wins=winner.wins,
    )


def _head(title: str, path: str, description: str, *crumbs: Crumb, demonstration: bool) -> PageHead:
    """The head of a page among the winners; `crumbs` below the home page."""
    return PageHead(
        title=title,
        path=path,
        section="winners",
        description=description,
        crumbs=(Crumb("首页", "/"), *crumbs),
        column=_WON,
        column_type=_COLUMN,
        demonstration=demonstration,
    )


def _employer(entry: Entry) -> str:
    return f"{entry.employer}{entry.position}" if entry.category.sort is Sort.INDIVIDUAL else ""


def _won(catalogue: Catalogue) -> str:
    """What can be won: 某市质量奖、提名奖."""
    award = award_name(catalogue)
    edition = newest_edition(catalogue)
    grades = edition.terms.grades if edition else ()
    return "、".join((award, *(grade for grade in grades if not award.endswith(grade))))


def decided(decision: Notice | None) -> str:
    """Whether the winners are decided, in a few words."""
    return f"共{len(decision.entries)}项" if decision else "本站尚未发布表彰决定"
