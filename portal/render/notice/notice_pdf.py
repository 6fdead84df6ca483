"""A notice as a PDF in the layout of GB/T 9704-2012, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from portal.render.blocks import Block, Run
from portal.render.column_widths import ems
from portal.render.notice.document import body_widths, notice_document
from portal.render.qr import qr_svg
from portal.render.typesetting import typesetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.render.notice.document import NoticeDocument

_TEXT_WIDTH_PT = 442
# Titles of 附件说明 have 22 of the 28 characters of a line; six lines stay with the signature.
_TITLE_EMS, _KEPT_TITLES = 22, 6
_MASTHEAD_PT = 44


def notice_pdf(notice: Notice, catalogue: Catalogue) -> bytes:
    """The PDF; its date is that of the last act, so the same notice gives the same bytes."""
    document = notice_document(notice, catalogue)
    edition = catalogue.editions.get(notice.edition)
    data = {
        "heading": document.heading,
        "marks": document.marks,
        "title": document.title,
        "author": document.issuer,
        "description": f"{notice.kind.label}，{edition.name if edition else notice.edition}",
        "keywords": list(notice.tags),
        "demonstration": notice.demonstration,
        "number": document.number,
        "issuer": document.issuer,
        "masthead-size": min(_MASTHEAD_PT, _TEXT_WIDTH_PT / max(len(document.issuer), 1)),
        "flow": _flow(document),
        "attachments": () if _are_many(document.attachments) else document.attachments,
        "date": document.date,
        "seal": document.seal,
        "copied-to": document.copied_to,
        "printed": document.printed,
        "facts": document.facts,
        "url": document.url,
        "qr": qr_svg(document.url),
    }
    return typesetter("notice.typ").pdf(data, catalogue.history(notice).changed)


def _flow(document: NoticeDocument) -> list[dict[str, Any]]:
    """All that stands between title and signature, in its order."""
    return [
        *map(_block, document.blocks),
        *(
            {
                "kind": "list",
                "caption": table.caption,
                "head": table.head,
                "widths": table.widths,
                "rows": table.rows,
                "kept-whole": table.kept_whole,
            }
            for table in document.tables
        ),
        *(_block(Block("paragraph", (Run(sentence),))) for sentence in document.closing),
        *(_many(document.attachments) if _are_many(document.attachments) else ()),
    ]


def _are_many(titles: Sequence[str]) -> bool:
    """Whether 附件说明 is too long to be kept with the signature and a line of the text."""
    return sum(math.ceil(ems(title) / _TITLE_EMS) for title in titles) > _KEPT_TITLES


def _many(titles: Sequence[str]) -> Iterator[dict[str, Any]]:
    """附件说明 as paragraphs, of which the last takes the signature along."""
    for number, title in enumerate(titles, start=1):
        lead = "附件：" if number == 1 else "　　　"
        yield _block(Block("attachment", (Run(title),), marker=f"{lead}{number}. "))


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "level": block.level,
        "marker": block.marker,
        "runs": _runs(block.runs),
        "rows": [[_runs(cell) for cell in row] for row in block.rows],
        "heads": block.heads,
        "widths": body_widths(block.rows),
    }


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [
        {
            "text": run.text,
            "bold": run.bold,
            "italic": run.italic,
            "link": run.link,
        }
        for run in runs
    ]
