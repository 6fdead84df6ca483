"""Downloads: the annex forms with purpose, version, size, fingerprint and what changed."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from portal.render.annex.annex_files import all_annex_files, annex_filenames, annex_files
from portal.site.page_contexts import DownloadsContext
from portal.site.prose_views import opening
from portal.site.shown import DownloadCard, DownloadFile, former_links
from portal.web.filters import filesize
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from portal.content.annex.annexes import Annex
    from portal.content.catalogue import Catalogue
    from portal.site.views import Views


def download_cards(catalogue: Catalogue, *, with_files: bool = False) -> tuple[DownloadCard, ...]:
    """Every form; sizes and fingerprints only when asked for, since they need the files made."""
    if not with_files:
        return tuple(DownloadCard(annex, (), ()) for annex in catalogue.annexes)
    return tuple(map(form_card, catalogue.annexes))


def form_card(annex: Annex, folder: str = "/downloads/") -> DownloadCard:
    """A form with its files and those of its earlier versions, below an address."""
    earlier = tuple((old, _files(old, folder)) for old in annex.versions[1:])
    return DownloadCard(annex, _files(annex, folder), earlier)


def _files(annex: Annex, folder: str) -> tuple[DownloadFile, ...]:
    return tuple(
        DownloadFile(
            label=file.format,
            path=f"{folder}{file.filename}",
            name=f"{file.title}{PurePosixPath(file.filename).suffix}",
            size=filesize(file.size),
            sha256=file.sha256,
        )
        for file in annex_files(annex)
    )


def make_blueprint(views: Views) -> Blueprint:
    """`/downloads/` and the files below it."""
    blueprint = Blueprint("downloads", __name__)

    @blueprint.get("/downloads/")
    def index() -> Response:
        catalogue = views.catalogue()
        text, (lead, rest) = catalogue.pages.get("downloads"), opening(catalogue, "downloads")
        page = PageHead(
            title=text.title if text else "申报表格下载",
            path="/downloads/",
            section="downloads",
            description=text.summary if text else "申报表格下载，以及需要报送的材料。",
            crumbs=(Crumb("首页", "/"), Crumb("表格下载")),
            column="表格下载",
            column_type="办事服务",
        )
        return views.page(
            DownloadsContext(
                page=page,
                lead=lead,
                html=views.html(catalogue, rest),
                cards=download_cards(catalogue, with_files=True),
                office=catalogue.site.main_office,
                former=former_links(catalogue),
            )
        )

    @blueprint.get("/downloads/<filename>")
    def file(filename: str) -> Response:
        catalogue = views.catalogue()
        if filename not in annex_filenames(catalogue.annexes):
            abort(404)
        found = all_annex_files(catalogue.annexes)[filename]
        return Response(found.content, content_type=found.media_type)

    return blueprint
