"""Downloads: the annex forms with purpose, version, size, fingerprint and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from portal.site.contexts import DownloadsContext
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from portal.content.annexes import Annex
    from portal.content.catalogue import Catalogue
    from portal.site.views import Views


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """One file of a form, ready to print beside its link."""

    label: str
    path: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DownloadCard:
    """A form; `files` are empty where only its title is needed."""

    annex: Annex
    files: tuple[DownloadFile, ...]
    earlier: tuple[tuple[Annex, tuple[DownloadFile, ...]], ...]


def download_cards(catalogue: Catalogue, *, with_files: bool = False) -> tuple[DownloadCard, ...]:
    """Every form; sizes and fingerprints only when asked for, since they need the files made."""
    if not with_files:
        return tuple(DownloadCard(annex, (), ()) for annex in catalogue.annexes)
    return tuple(
        DownloadCard(annex, _files(annex), tuple((old, _files(old)) for old in annex.earlier))
        for annex in catalogue.annexes
    )


def _files(annex: Annex) -> tuple[DownloadFile, ...]:
    del annex
    return ()


def make_blueprint(views: Views) -> Blueprint:
    """`/downloads/` and the files below it."""
    blueprint = Blueprint("downloads", __name__)

    @blueprint.get("/downloads/")
    def index() -> Response:
        catalogue = views.catalogue()
        page = PageHead(
            title="申报表格下载",
            path="/downloads/",
            section="downloads",
            description="阳泉市质量奖组织申报表、个人推荐表等表格下载，以及需要报送的材料。",
            crumbs=(Crumb("首页", "/"), Crumb("表格下载")),
            column="表格下载",
            column_type="办事服务",
        )
        return views.page(
            DownloadsContext(
                page=page,
                cards=download_cards(catalogue, with_files=True),
                office=catalogue.site.main_office,
            )
        )

    return blueprint
