"""A notice: its page, its earlier texts, its other formats and its attachments.

What a page shows, and so what makes it stale: the notice, the notices that amend it or that it
amends (title, kind, time), its state, and the site's settings. Nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, abort

from portal.domain.dates import write_date, write_meta
from portal.domain.history import own_acts
from portal.domain.list_tables import list_tables
from portal.domain.places import Office
from portal.domain.round_news import RESULT_COLUMNS
from portal.domain.served import PASSIVE
from portal.domain.states import Act
from portal.render.notice.formats import formats_of
from portal.site.data_views import DATA
from portal.site.earlier_texts import leading_on
from portal.site.page_contexts import ChangesContext, NoticeContext, RevisionContext
from portal.site.shown import notice_line, revision_line, revision_lines, window_box
from portal.site.structured import article_data, article_meta
from portal.web.filters import filesize
from portal.web.page import Crumb, Link, PageHead
from portal.web.security import ATTACHMENT_HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Attachment, Notice, Revision
    from portal.render.notice.formats import OutputFormat
    from portal.site.views import Views


def public_notice(catalogue: Catalogue, slug: str, at: datetime) -> Notice:
    """The notice of a slug; 404 for one that does not exist or is not public yet."""
    notice = catalogue.as_of(at).notice(slug)
    if notice is None:
        abort(404)
    return notice


def _bytes_response(data: bytes, media_type: str) -> Response:
    return Response(data, content_type=_with_charset(media_type))


def _with_charset(media_type: str) -> str:
    textual = media_type.startswith("text/") or media_type == "application/json"
    return f"{media_type}; charset=utf-8" if textual else media_type


def _file(files: Iterable[Attachment], name: str) -> Response:
    """One of a text's attachments, handed over for download unless it is harmless to show."""
    file = next((file for file in files if file.name == name), None)
    if file is None:
        abort(404)
    suffix = name.rpartition(".")[2].lower()
    media_type = PASSIVE.get(suffix, "application/octet-stream")
    answer = _bytes_response(Path(file.path).read_bytes(), media_type)
    answer.headers.update(ATTACHMENT_HEADERS)
    return answer


def make_blueprint(views: Views) -> Blueprint:
    """`/notices/<slug>/` and everything below it."""
    blueprint = Blueprint("notices", __name__)

    @blueprint.get("/notices/<slug>/")
    def notice(slug: str) -> Response:
        catalogue, at = views.now()
        return views.page(_notice_context(views, catalogue, public_notice(catalogue, slug, at), at))

    @blueprint.get("/notices/<slug>/revisions/<int:number>/")
    def revision(slug: str, number: int) -> Response:
        catalogue, at = views.now()
        found = public_notice(catalogue, slug, at)
        if (texts := found.earlier(number)) is None:
            abort(404)
        return views.page(_revision_context(views, catalogue, found, texts, at))

    @blueprint.get("/notices/<slug>/revisions/<int:number>/changes/")
    def changes(slug: str, number: int) -> Response:
        catalogue, at = views.now()
        found = public_notice(catalogue, slug, at)
        if (texts := found.earlier(number)) is None:
            abort(404)
        return views.page(_changes_context(catalogue, found, texts, at))

    @blueprint.get("/notices/<slug>/revisions/<int:number>/files/<name>")
    def earlier_attachment(slug: str, number: int, name: str) -> Response:
        catalogue, at = views.now()
        texts = public_notice(catalogue, slug, at).earlier(number)
        return _file(texts[0].attachments if texts else (), name)

    @blueprint.get("/notices/<slug>/<filename>")
    def other_format(slug: str, filename: str) -> Response:
        catalogue, at = views.now()
        found = public_notice(catalogue, slug, at)
        fmt = next((fmt for fmt in formats_of(found) if fmt.filename == filename), None)
        if fmt is None:
            abort(404)
        return _bytes_response(fmt.render(found, catalogue.as_of(at)), fmt.media_type)

    @blueprint.get("/notices/<slug>/files/<name>")
    def attachment(slug: str, name: str) -> Response:
        catalogue, at = views.now()
        return _file(public_notice(catalogue, slug, at).attachments, name)

    return blueprint


def _crumbs(notice: Notice, *more: Crumb) -> tuple[Crumb, ...]:
    kind = Crumb(notice.kind.label, f"/notices/kind/{notice.kind}/")
    return (Crumb("首页", "/"), Crumb("公告公示", "/notices/"), kind, *more)


def issuer_of(catalogue: Catalogue, notice: Notice) -> Office:
    """The issuing office; one that the settings do not name keeps the name in the notice."""
    return catalogue.site.offices.get(notice.issuer) or Office("", notice.issuer, notice.issuer)


SHARE = "share"


def offered(notice: Notice, groups: frozenset[str] | None = None) -> tuple[OutputFormat, ...]:
    """The formats a reader is offered; the share picture is for messengers only."""
    return tuple(
        fmt
        for fmt in formats_of(notice)
        if fmt.group != SHARE and (groups is None or fmt.group in groups)
    )


# What the formats are for, in the order in which a reader looks.
_USES = {"documents": "阅读", "press": "媒体", "data": "数据"}


def by_use(formats: Iterable[OutputFormat]) -> tuple[tuple[str, tuple[OutputFormat, ...]], ...]:
    """The formats by what they are for; uses without a format left out."""
    some = tuple(formats)
    found = ((use, tuple(f for f in some if f.group == group)) for group, use in _USES.items())
    return tuple((use, own) for use, own in found if own)


def _facts(notice: Notice, issuer: Office) -> dict[str, str]:
    """The meta row; what is not known is left out (索引号 is given by no notice so far)."""
    current = f"第{notice.revision}版，{write_meta(notice.updated)}"
    facts = {
        "发文机关": issuer.name,
        "文号": notice.number,
        "成文日期": write_date(notice.issued) if notice.issued else "",
        "发布日期": write_meta(notice.published),
        "修订": current if notice.revision > 1 else "",
    }
    return {name: value for name, value in facts.items() if value}


def _notice_head(
    views: Views,
    catalogue: Catalogue,
    notice: Notice,
    at: datetime,
    formats: Iterable[OutputFormat],
) -> PageHead:
    issuer = issuer_of(catalogue, notice)
    path = f"/notices/{notice.slug}/"
    history = catalogue.history(notice, at)
    groups = views.options.formats
    pictured = groups is None or SHARE in groups
    return PageHead(
        title=history.mark + notice.title,
        path=path,
        section="notices",
        description=f"{issuer.name}{write_meta(notice.published)}发布：{notice.title}",
        crumbs=_crumbs(notice, Crumb("正文")),
        column=notice.kind.label,
        column_type="公告公示",
        article=article_meta(notice, issuer, history.mark),
        data=article_data(notice, issuer, catalogue.site.base_url, history),
        links=tuple(
            Link("alternate", f"{path}{fmt.filename}", fmt.media_type, fmt.label) for fmt in formats
        ),
        image=f"{path}share.png" if pictured else "",
        demonstration=notice.demonstration,
        draft=notice.draft,
    )


def _notice_context(
    views: Views, catalogue: Catalogue, notice: Notice, at: datetime
) -> NoticeContext:
    issuer = issuer_of(catalogue, notice)
    status = catalogue.status(notice, at)
    about = catalogue.by_slug.get(notice.about) if notice.about else None
    later = [n for n in catalogue.amendments.get(notice.slug, ()) if n.published <= at]
    formats = offered(notice, views.options.formats)
    prefix = views.options.objections_url
    return NoticeContext(
        page=_notice_head(views, catalogue, notice, at, formats),
        notice=notice,
        status=status,
        own_acts="、".join(act.label for act in Act if act in own_acts(notice)),
        redacted=notice.revisions[-1].redacted if notice.revisions else "",
        issuer=issuer,
        facts=_facts(notice, issuer),
        html=views.html(catalogue, notice.body),
        tables=list_tables(notice, catalogue.site.words.county),
        traces=_traces(catalogue, notice) if views.options.gives(DATA) else "",
        window=window_box(notice, status),
        calendar=views.calendar(notice.window) if notice.window else None,
        objections=f"{prefix}/{notice.slug}/" if prefix and notice.window else "",
        amending=tuple(notice_line(catalogue, n, at) for n in later if n.kind.amends),
        results=tuple(notice_line(catalogue, n, at) for n in later if not n.kind.amends),
        about=notice_line(catalogue, about, at) if about else None,
        result_columns=RESULT_COLUMNS,
        revisions=revision_lines(notice),
        formats=by_use(formats),
        attachments=notice.attachments,
    )


def _traces(catalogue: Catalogue, notice: Notice) -> str:
    """How the address of where a row of the list comes from begins; empty for a first list."""
    edition = catalogue.editions.get(notice.edition)
    if notice.draft or not edition or not edition.stands_on(notice.kind):
        return ""
    return f"/winners/{edition.slug}/traces/#{notice.slug}-"


def _revision_context(
    views: Views,
    catalogue: Catalogue,
    notice: Notice,
    texts: tuple[Revision, Revision],
    at: datetime,
) -> RevisionContext:
    shown, following = texts
    number = shown.number
    path = f"/notices/{notice.slug}/revisions/{number}/"
    history = catalogue.history(notice, at)
    title = f"{history.mark}{shown.title}（第{number}版）"
    earlier = replace(notice, title=shown.title, body=shown.body, entries=shown.entries)
    page = PageHead(
        title=title,
        path=path,
        section="notices",
        description=f"《{notice.title}》的第{number}版，已被新的版本代替。",
        crumbs=_crumbs(
            notice, Crumb("现行版本", f"/notices/{notice.slug}/"), Crumb(f"第{number}版")
        ),
        column=notice.kind.label,
        column_type="公告公示",
        article=article_meta(
            replace(earlier, published=shown.published),
            issuer_of(catalogue, notice),
            history.mark,
        ),
        demonstration=notice.demonstration,
        draft=notice.draft,
    )
    return RevisionContext(
        page=page,
        notice=notice,
        revision=revision_line(notice, shown),
        current=revision_line(notice, notice.revisions[-1]),
        changes=revision_line(notice, following).changes,
        redacted=shown.redacted,
        amended=tuple(later.sentence for later in history.shown if later.by),
        html=leading_on(
            views.html(catalogue, shown.body),
            {file.name for file in notice.files_of(shown)},
            own=bool(shown.attachments),
        ),
        tables=list_tables(earlier, catalogue.site.words.county),
        files=tuple(
            (file.name, f"{path}files/{quote(file.name)}", filesize(file.size))
            for file in shown.attachments
        ),
    )


def _changes_context(
    catalogue: Catalogue, notice: Notice, texts: tuple[Revision, Revision], at: datetime
) -> ChangesContext:
    from portal.site.comparing import compare  # loads much that no other page needs

    earlier, later = (revision_line(notice, text) for text in texts)
    mark = catalogue.history(notice, at).mark
    what = f"第{earlier.number}版与第{later.number}版的不同"
    page = PageHead(
        title=f"{mark}{later.title}（{what}）",
        path=f"/notices/{notice.slug}/revisions/{earlier.number}/changes/",
        section="notices",
        description=f"《{later.title}》的{what}，逐段对照。",
        crumbs=_crumbs(
            notice,
            Crumb("现行版本", f"/notices/{notice.slug}/"),
            Crumb(f"第{later.number}版改了什么"),
        ),
        column=notice.kind.label,
        column_type="公告公示",
        demonstration=notice.demonstration,
        draft=notice.draft,
    )
    return ChangesContext(
        page=page,
        notice=notice,
        earlier=earlier,
        later=later,
        comparison=compare(catalogue, notice, *texts),
        redacted=texts[0].redacted or texts[1].redacted,
    )
