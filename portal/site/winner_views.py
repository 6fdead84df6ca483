"""Winners by edition and grade, with the places left vacant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort

from portal.content.selection import Selection
from portal.domain.notice import Kind
from portal.domain.quotas import vacancies
from portal.site.page_contexts import EditionWinnersContext, WinnersContext
from portal.site.shown import GradeGroup, award_name, newest_edition, notice_line
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from portal.content.catalogue import Catalogue
    from portal.domain.editions import Edition
    from portal.domain.notice import Notice
    from portal.site.views import Views


def decision_of(catalogue: Catalogue, edition: Edition, at: datetime) -> Notice | None:
    """The decision that stands: the newest of the edition that was not withdrawn."""
    return catalogue.standing(at, Selection(kind=Kind.DECISION, edition=edition.slug))


def grade_groups(edition: Edition, decision: Notice | None) -> tuple[GradeGroup, ...]:
    """The grades of an edition in order, empty groups without a decision left out."""
    if decision is None:
        return ()
    vacant = vacancies(edition, decision.entries)
    return tuple(
        GradeGroup(
            grade,
            grade.places,
            tuple(entry for entry in decision.entries if entry.grade == grade),
            vacant.get(grade, 0),
        )
        for grade in edition.terms.grades
    )


def make_blueprint(views: Views) -> Blueprint:
    """`/winners/` and `/winners/<edition>/`."""
    blueprint = Blueprint("winners", __name__)

    @blueprint.get("/winners/")
    def index() -> Response:
        catalogue, at = views.now()
        decisions = {e: decision_of(catalogue, ed, at) for e, ed in catalogue.editions.items()}
        editions = tuple(
            (f"/winners/{slug}/", edition.name, decided(decisions[slug]), edition.demonstration)
            for slug, edition in catalogue.editions.items()
        )
        page = PageHead(
            title="获奖名单",
            path="/winners/",
            section="winners",
            description=f"历届{_won(catalogue)}获奖名单，以表彰决定为准。",
            crumbs=(Crumb("首页", "/"), Crumb("获奖名单")),
            column="获奖名单",
            column_type="结果公布",
            demonstration=any(e.demonstration for e in catalogue.editions.values()),
        )
        return views.page(WinnersContext(page=page, editions=editions))

    @blueprint.get("/winners/<slug>/")
    def edition(slug: str) -> Response:
        catalogue, at = views.now()
        found = catalogue.editions.get(slug)
        if found is None:
            abort(404)
        decision = decision_of(catalogue, found, at)
        page = PageHead(
            title=f"{found.name}获奖名单",
            path=f"/winners/{slug}/",
            section="winners",
            description=f"{found.name}获奖名单：{decided(decision)}。",
            crumbs=(Crumb("首页", "/"), Crumb("获奖名单", "/winners/"), Crumb(found.name)),
            column="获奖名单",
            column_type="结果公布",
            demonstration=found.demonstration,
        )
        return views.page(
            EditionWinnersContext(
                page=page,
                groups=grade_groups(found, decision),
                decision=notice_line(catalogue, decision, at) if decision else None,
                name=found.name,
            )
        )

    return blueprint


def _won(catalogue: Catalogue) -> str:
    """What can be won: 某市质量奖、提名奖."""
    award = award_name(catalogue)
    edition = newest_edition(catalogue)
    grades = edition.terms.grades if edition else ()
    return "、".join((award, *(grade for grade in grades if not award.endswith(grade))))


def decided(decision: Notice | None) -> str:
    """Whether the winners are decided, in a few words."""
    return f"共{len(decision.entries)}项" if decision else "本站尚未发布表彰决定"
