"""Former editions: their guide, questions and forms, each page saying whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from portal.render.annex.annex_files import all_annex_files, annex_filenames
from portal.site.download_views import form_card
from portal.site.page_contexts import FormerContext
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from markupsafe import Markup

    from portal.content.catalogue import Catalogue
    from portal.content.parts import FormerEdition, Question
    from portal.site.views import Views


def make_blueprint(views: Views) -> Blueprint:
    """`/former/<edition>/` and what is below it."""
    blueprint = Blueprint("former", __name__)

    @blueprint.get("/former/<edition>/")
    def index(edition: str) -> Response:
        catalogue = views.catalogue()
        former = _found(catalogue, edition)
        return views.page(_context(catalogue, former, "", "", former.path, forms=True))

    @blueprint.get("/former/<edition>/guide/<slug>/")
    def part(edition: str, slug: str) -> Response:
        catalogue = views.catalogue()
        former = _found(catalogue, edition)
        found = next((one for one in former.guide if one.slug == slug), None) or abort(404)
        html = views.html(catalogue, found.body)
        path = f"{former.path}guide/{slug}/"
        return views.page(_context(catalogue, former, found.title, html, path))

    @blueprint.get("/former/<edition>/faq/")
    def faq(edition: str) -> Response:
        catalogue = views.catalogue()
        former = _found(catalogue, edition)
        if not former.questions:
            abort(404)
        groups: dict[str, list[tuple[Question, Markup]]] = {}
        for question in former.questions:
            answer = views.html(catalogue, question.answer)
            groups.setdefault(question.group, []).append((question, answer))
        path = f"{former.path}faq/"
        return views.page(_context(catalogue, former, "常见问题", "", path, groups=groups))

    @blueprint.get("/former/<edition>/downloads/<filename>")
    def file(edition: str, filename: str) -> Response:
        annexes = _found(views.catalogue(), edition).annexes
        if filename not in annex_filenames(annexes):
            abort(404)
        found = all_annex_files(annexes)[filename]
        return Response(found.content, content_type=found.media_type)

    return blueprint


def _found(catalogue: Catalogue, edition: str) -> FormerEdition:
    return next((one for one in catalogue.former if one.slug == edition), None) or abort(404)


def _context(
    catalogue: Catalogue,
    former: FormerEdition,
    title: str,
    html: Markup | str,
    path: str,
    *,
    forms: bool = False,
    groups: dict[str, list[tuple[Question, Markup]]] | None = None,
) -> FormerContext:
    edition = catalogue.editions[former.slug]
    whole = f"{edition.short}的政策解读、常见问题和表格"
    page = PageHead(
        title=f"{title}（{edition.short}）" if title else whole,
        path=path,
        section="guide",
        description=f"{whole}，只供查阅。",
        crumbs=(
            *(Crumb("首页", "/"), Crumb("政策解读", "/guide/")),
            *(
                [Crumb(edition.short, former.path), Crumb(title)]
                if title
                else [Crumb(edition.short)]
            ),
        ),
        column="政策解读",
        column_type="政策文件",
        demonstration=edition.demonstration,
    )
    return FormerContext(
        page=page,
        edition=edition.name,
        former=former,
        html=html,
        groups={name: tuple(pairs) for name, pairs in (groups or {}).items()},
        cards=tuple(form_card(annex, f"{former.path}downloads/") for annex in former.annexes)
        if forms
        else (),
    )
