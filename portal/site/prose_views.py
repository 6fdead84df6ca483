"""Pages of prose: the guide and its parts, questions, press, about, privacy, accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort

from portal.content.selection import Selection, listed_selections
from portal.domain.dates import write_date
from portal.render.notice.feeds import FeedFormat, feed_path
from portal.site.page_contexts import (
    FaqContext,
    GuideContext,
    GuidePartContext,
    PressContext,
    ProseContext,
)
from portal.site.paths import PROSE
from portal.site.shown import award_name, former_links, notice_line
from portal.web.page import Crumb, Link, PageHead

if TYPE_CHECKING:
    from flask import Response
    from markupsafe import Markup

    from portal.content.catalogue import Catalogue
    from portal.content.parts import Page, Question
    from portal.site.views import Views

_HOME = Crumb("首页", "/")
_GUIDE = "政策解读"


def make_blueprint(views: Views) -> Blueprint:
    """`/guide/`, `/faq/`, `/press/` and the single pages."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/guide/")
    def guide() -> Response:
        return views.page(_guide(views))

    @blueprint.get("/guide/<slug>/")
    def guide_part(slug: str) -> Response:
        return views.page(_guide_part(views, slug))

    @blueprint.get("/faq/")
    def faq() -> Response:
        return views.page(_faq(views))

    @blueprint.get("/press/")
    def press() -> Response:
        return views.page(_press(views))

    def prose(slug: str) -> Response:
        catalogue = views.catalogue()
        if slug not in catalogue.pages:
            abort(404)
        return views.page(_prose(views, catalogue, catalogue.pages[slug]))

    for slug in PROSE:
        blueprint.add_url_rule(f"/{slug}/", slug, prose, defaults={"slug": slug}, methods=["GET"])
    return blueprint


def opening(catalogue: Catalogue, slug: str) -> tuple[str, str]:
    """The first paragraph of an office's page, which leads in, and the rest of it."""
    page = catalogue.pages.get(slug)
    lead, _, rest = (page.body if page else "").strip().partition("\n\n")
    return lead, rest


def _guide(views: Views) -> GuideContext:
    catalogue = views.catalogue()
    text, (lead, _) = catalogue.pages.get("guide"), opening(catalogue, "guide")
    page = PageHead(
        title=_GUIDE,
        path="/guide/",
        section="guide",
        description=text.summary if text else "",
        crumbs=(_HOME, Crumb(_GUIDE)),
        column=_GUIDE,
        column_type="政策文件",
    )
    return GuideContext(page=page, lead=lead, parts=catalogue.guide, former=former_links(catalogue))


def _guide_part(views: Views, slug: str) -> GuidePartContext:
    catalogue = views.catalogue()
    parts = catalogue.guide
    found = next((i for i, part in enumerate(parts) if part.slug == slug), None)
    if found is None:
        abort(404)
    part = parts[found]
    page = PageHead(
        title=part.title,
        path=f"/guide/{slug}/",
        section="guide",
        description=part.summary,
        crumbs=(_HOME, Crumb(_GUIDE, "/guide/"), Crumb(part.title)),
        column=_GUIDE,
        column_type="政策文件",
    )
    return GuidePartContext(
        page=page,
        part=part,
        html=views.html(catalogue, part.body),
        parts=parts,
        before=parts[found - 1] if found else None,
        after=parts[found + 1] if found + 1 < len(parts) else None,
    )


def _faq(views: Views) -> FaqContext:
    catalogue = views.catalogue()
    groups: dict[str, list[tuple[Question, Markup]]] = {}
    for question in catalogue.questions:
        answer = views.html(catalogue, question.answer)
        groups.setdefault(question.group, []).append((question, answer))
    page = PageHead(
        title="常见问题",
        path="/faq/",
        section="faq",
        description=f"关于{award_name(catalogue)}申报、评选、公示和异议的常见问题。",
        crumbs=(_HOME, Crumb("常见问题")),
        column="常见问题",
        column_type="办事服务",
    )
    return FaqContext(
        page=page,
        groups={name: tuple(pairs) for name, pairs in groups.items()},
        former=former_links(catalogue),
    )


def _prose(views: Views, catalogue: Catalogue, found: Page) -> ProseContext:
    page = PageHead(
        title=found.title,
        path=f"/{found.slug}/",
        description=found.summary,
        crumbs=(_HOME, Crumb(found.title)),
        column=found.title,
        column_type="网站说明",
    )
    updated = write_date(found.updated) if found.updated else ""
    return ProseContext(page=page, html=views.html(catalogue, found.body), updated=updated)


def _feed_label(catalogue: Catalogue, selection: Selection) -> str:
    return selection.label(catalogue.site.counties) or "全部公告"


def _press(views: Views) -> PressContext:
    catalogue, at = views.now()
    text = catalogue.pages.get("press")
    title = text.title if text else "新闻媒体"
    feeds = tuple(
        (
            _feed_label(catalogue, selection),
            tuple((fmt, feed_path(selection, fmt)) for fmt in FeedFormat),
        )
        for selection in listed_selections(catalogue.site.counties, catalogue.kinds)
    )
    newest = tuple(notice_line(catalogue, n, at) for n in catalogue.listed(at, limit=5))
    page = PageHead(
        title=title,
        path="/press/",
        section="press",
        description=text.summary if text else "订阅公告、取得可刊用的文稿。",
        crumbs=(_HOME, Crumb("新闻媒体")),
        column="新闻媒体",
        column_type="新闻服务",
        links=tuple(
            Link("alternate", path, fmt.media_type, f"{label}（{fmt.label}）")
            for label, files in feeds[:1]
            for fmt, path in files
        ),
        demonstration=any(line.demonstration for line in newest),
    )
    html = views.html(catalogue, text.body if text else "")
    return PressContext(page=page, html=html, feeds=feeds, newest=newest)
