"""The single list of what a notice is published as, besides its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from portal.render.notice.list_data import list_csv, list_json, list_xlsx
from portal.render.notice.window_ics import window_ics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One representation of a notice: `/notices/<slug>/<filename>`.

    `group` names the member of `portal build --formats` that it belongs to. `render` may not ask
    the clock: the same notice and catalogue give the same bytes. A catalogue holds only what is
    public, so that a scheduled withdrawal does not show early. `signed` formats are what the
    ledger fingerprints: of an amended notice anew, when what amends it is entered. Every format
    tells of later acts as `portal.domain.history` has them.
    """

    name: str
    filename: str
    media_type: str
    label: str
    group: str
    applies: Callable[[Notice], bool]
    render: Callable[[Notice, Catalogue], bytes]
    signed: bool = True


def _always(notice: Notice) -> bool:
    del notice
    return True


def _has_list(notice: Notice) -> bool:
    return bool(notice.entries)


def _has_window(notice: Notice) -> bool:
    return notice.window is not None


# What makes a format is loaded when it is asked for: a build of pages alone starts without it.
def _item(notice: Notice, catalogue: Catalogue) -> bytes:
    from portal.render.notice.news_item import news_item

    others = (fmt for fmt in formats_of(notice) if fmt.render is not _item)
    return news_item(notice, catalogue, others)


def _newspaper(notice: Notice, catalogue: Catalogue) -> bytes:
    from portal.render.notice.newspaper import newspaper_text

    return newspaper_text(notice, catalogue)


def _pdf(notice: Notice, catalogue: Catalogue) -> bytes:
    from portal.render.notice.notice_pdf import notice_pdf

    return notice_pdf(notice, catalogue)


def _docx(notice: Notice, catalogue: Catalogue) -> bytes:
    from portal.render.notice.notice_docx import notice_docx

    return notice_docx(notice, catalogue)


def _share(notice: Notice, catalogue: Catalogue) -> bytes:
    from portal.render.notice.share_picture import share_picture

    return share_picture(notice, catalogue)


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: tuple[OutputFormat, ...] = (
    OutputFormat(
        "pdf", "notice.pdf", "application/pdf", "公文版式（PDF）", "documents", _always, _pdf
    ),
    OutputFormat(
        "docx", "notice.docx", _DOCX, "公文版式（Word）", "documents", _always, _docx
    ),
    OutputFormat(
        "newspaper", "newspaper.txt", "text/plain", "报刊稿", "press", _always, _newspaper,
        signed=False,
    ),
    OutputFormat("csv", "list.csv", "text/csv", "名单（CSV）", "data", _has_list, list_csv),
    OutputFormat("xlsx", "list.xlsx", _XLSX, "名单（Excel）", "data", _has_list, list_xlsx),
    OutputFormat(
        "json", "list.json", "application/json", "名单（JSON）", "data", _has_list, list_json
    ),
    OutputFormat(
        "ics", "window.ics", "text/calendar", "公示期日历", "data", _has_window, window_ics,
        signed=False,
    ),
    OutputFormat(
        "item", "item.json", "application/json", "新闻条目（ninjs）", "press", _always, _item,
        signed=False,
    ),
    OutputFormat(
        "share", "share.png", "image/png", "分享图片", "share", _always, _share, signed=False
    ),
)  # fmt: skip


def formats_of(notice: Notice) -> tuple[OutputFormat, ...]:
    """The formats a notice is published in."""
    return tuple(fmt for fmt in FORMATS if fmt.applies(notice))


def notice_paths(notice: Notice) -> Iterator[str]:
    """A notice's page, earlier texts with what differs and their files, formats and attachments."""
    base = f"/notices/{notice.slug}/"
    yield base
    for earlier in notice.revisions[:-1]:
        text = f"{base}revisions/{earlier.number}/"
        yield text
        yield f"{text}changes/"
        for file in earlier.attachments:
            yield f"{text}files/{quote(file.name)}"
    for fmt in formats_of(notice):
        yield base + fmt.filename
    for file in notice.attachments:
        yield f"{base}files/{quote(file.name)}"
