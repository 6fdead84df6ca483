"""The self-check (自查): every answer is a link, so it needs neither script nor memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort

from portal.site.download_views import download_cards
from portal.site.page_contexts import CheckOutcomeContext, CheckQuestionContext, CheckStartContext
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from flask import Response

    from portal.content.selfcheck import CheckPath, Outcome, SelfCheck
    from portal.site.views import Views

ROOT = "/check/"
_COLUMN = "申报自查"


def _head(title: str, path: str, *crumbs: Crumb) -> PageHead:
    return PageHead(
        title=title,
        path=path,
        section="check",
        description="逐项对照政策文本，看组织或个人是否符合申报条件；不填写任何信息。",
        crumbs=(Crumb("首页", "/"), *crumbs),
        column=_COLUMN,
        column_type="办事服务",
    )


def make_blueprint(views: Views) -> Blueprint:
    """`/check/` and the questions and outcomes below it."""
    blueprint = Blueprint("checks", __name__)

    def found(slug: str) -> tuple[SelfCheck, CheckPath]:
        check = views.catalogue().self_check
        if check is None or slug not in check.paths:
            abort(404)
        return check, check.paths[slug]

    @blueprint.get(ROOT)
    def start() -> Response:
        catalogue = views.catalogue()
        check = catalogue.self_check
        if check is None:
            abort(404)
        return views.page(
            CheckStartContext(
                page=_head(check.title, ROOT, Crumb(_COLUMN)),
                check=check,
                intro=views.html(catalogue, check.intro),
                caution=views.html(catalogue, check.caution),
            )
        )

    @blueprint.get(f"{ROOT}<path>/<question>/")
    def ask(path: str, question: str) -> Response:
        return views.page(_question(*found(path), question))

    @blueprint.get(f"{ROOT}<path>/result/<outcome>/")
    def end(path: str, outcome: str) -> Response:
        check, chosen = found(path)
        if f"{path}/result/{outcome}/" not in check.addresses():
            abort(404)
        return views.page(_outcome(views, check, chosen, check.outcomes[outcome]))

    return blueprint


def _question(check: SelfCheck, path: CheckPath, slug: str) -> CheckQuestionContext:
    asked = next((q for q in path.questions if q.slug == slug), None)
    if asked is None:
        abort(404)
    number = path.number(slug)
    before = f"{path.slug}/{path.questions[number - 2].slug}/" if number > 1 else ""
    page = _head(
        asked.question,
        f"{ROOT}{path.slug}/{slug}/",
        Crumb(_COLUMN, ROOT),
        Crumb(f"{path.label}，第{number}步"),
    )
    answers = tuple((a.label, ROOT + check.target(path, slug, a)) for a in asked.answers)
    return CheckQuestionContext(
        page=page, path=path, question=asked, number=number, answers=answers, back=ROOT + before
    )


def _outcome(
    views: Views, check: SelfCheck, path: CheckPath, reached: Outcome
) -> CheckOutcomeContext:
    catalogue = views.catalogue()
    address = f"{ROOT}{path.slug}/result/{reached.slug}/"
    cards = download_cards(catalogue) if reached.tone == "good" else ()
    return CheckOutcomeContext(
        page=_head(reached.title, address, Crumb(_COLUMN, ROOT), Crumb("自查结果")),
        path=path,
        outcome=reached,
        html=views.html(catalogue, reached.text_for(path)),
        caution=views.html(catalogue, check.caution),
        cards=tuple(card for card in cards if card.annex.number == path.annex),
    )
