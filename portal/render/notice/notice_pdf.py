"""A notice as a PDF in the layout of GB/T 9704-2012, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from portal.render.notice.document import notice_document
from portal.render.qr import qr_svg
from portal.render.typesetting import typesetter

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.render.blocks import Block, Run

_TEXT_WIDTH_PT = 442
_TITLE_PT = 22
_MASTHEAD_PT = 44


def notice_pdf(notice: Notice, catalogue: Catalogue) -> bytes:
    """The PDF; its date is that of the last act, so the same notice gives the same bytes."""
    document = notice_document(notice, catalogue)
    edition = catalogue.editions.get(notice.edition)
    data = {
        "heading": document.heading,
        "marks": document.marks,
        "title": document.title,
        "title-width": title_width(document.title),
        "author": document.issuer,
        "description": f"{notice.kind.label}，{edition.name if edition else notice.edition}",
        "keywords": list(notice.tags),
        "demonstration": notice.demonstration,
        "number": document.number,
        "issuer": document.issuer,
        "masthead-size": min(_MASTHEAD_PT, _TEXT_WIDTH_PT / max(len(document.issuer), 1)),
        "blocks": [_block(block) for block in document.blocks],
        "list": {
            "head": document.head,
            "widths": document.widths,
            "rows": document.rows,
            "kept-whole": document.kept_whole,
        },
        "closing": document.closing,
        "attachments": document.attachments,
        "date": document.date,
        "seal": document.seal,
        "facts": document.facts,
        "url": document.url,
        "qr": qr_svg(document.url),
    }
    return typesetter("notice.typ").pdf(data, catalogue.history(notice).changed)


def title_width(title: str) -> float:
    """Width that gives the title lines of about the same length, at most the text's width."""
    ems = sum(0.5 if char.isascii() else 1 for char in title)
    lines = max(math.ceil(ems * _TITLE_PT / _TEXT_WIDTH_PT), 1)
    return min((math.ceil(ems / lines) + 1) * _TITLE_PT, _TEXT_WIDTH_PT)


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "level": block.level,
        "marker": block.marker,
        "runs": _runs(block.runs),
        "rows": [[_runs(cell) for cell in row] for row in block.rows],
        "heads": block.heads,
    }


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [
        {
            "text": run.text,
            "bold": run.bold,
            "italic": run.italic,
            # Only whole addresses lead anywhere from a file.
            "link": run.link if run.link.startswith(("https://", "http://", "mailto:")) else "",
        }
        for run in runs
    ]
