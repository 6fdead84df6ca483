"""An annex as a PDF to print and fill in by hand."""

from __future__ import annotations

import math
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from portal.content.annex.form_blocks import (
    Cell,
    Cover,
    FieldKind,
    FormBlock,
    FormField,
    Gap,
    PageBreak,
    Paragraph,
    Table,
    placed,
)
from portal.domain.workdays import SHANGHAI
from portal.errors import BuildError
from portal.render.drawings import drawing
from portal.render.typesetting import typesetter

if TYPE_CHECKING:
    from portal.content.annex.annexes import Annex

DATE_BLANK = "　　年　　月　　日"
# Table text of 10.5 pt on a pitch of 14 pt, as form.typ and annex_docx set it.
_EM_MM = 10.5 * 25.4 / 72
_PITCH_MM = 14 * 25.4 / 72
_INSET_MM = 1.9
_SLACK_MM = 0.5
_LATIN_END = 0x2000


def annex_stamp(annex: Annex) -> datetime:
    """Midnight of the version's date, as the documents' date."""
    assert annex.date is not None
    return datetime.combine(annex.date, time(0), SHANGHAI)


def annex_mark(annex: Annex) -> str:
    """The line in the foot that says which version a paper is."""
    return f"{annex.name}　版本{annex.version}（{annex.date}）"


def annex_pdf(annex: Annex) -> bytes:
    """The form; row heights are the definition's, so it breaks where the Word file does."""
    data = {
        "title": annex.title,
        "description": annex.purpose,
        "number": annex.number,
        "mark": annex_mark(annex),
        "landscape": annex.landscape,
        "emblem": drawing("icon"),
        "ridge": drawing("ridge"),
        "blocks": [_block(block) for block in annex.definition],
    }
    return typesetter("form.typ").pdf(data, annex_stamp(annex))


def _block(block: FormBlock) -> dict[str, Any]:
    match block:
        case Cover():
            lines = [
                {"label": line.field.label, "text": blank(line.field), "note": line.note}
                for line in block.lines
            ]
            texts = {"title": block.title, "subtitle": block.subtitle, "foot": block.foot}
            return {"kind": "cover", "lines": lines, **texts}
        case Table():
            check_heights(block)
            rows = [
                {"height": row.height, "head": row.head, "cells": [_cell(c) for c in row.cells]}
                for row in block.rows
            ]
            return {"kind": "table", "widths": list(block.widths), "rows": rows}
        case Paragraph():
            return {"kind": block.style, "text": block.text}
        case Gap():
            return {"kind": "gap", "height": block.height}
        case PageBreak():
            return {"kind": "break"}


def _cell(cell: Cell) -> dict[str, Any]:
    parts = [cell.text, blank(cell.field) if cell.field else ""]
    return {
        "text": "\n".join(part for part in parts if part),
        "span": cell.span,
        "rows": cell.rows,
        "align": cell.align.value,
        "top": cell.top,
        "open-top": cell.open_top,
        "open-bottom": cell.open_bottom,
    }


def check_heights(table: Table) -> None:
    """Refuse a row too low for its own text: it would grow in Word and not on paper."""
    for row, cells in zip(table.rows, placed(table), strict=True):
        for column, cell in cells:
            width = sum(table.widths[column : column + cell.span]) - 2 * _INSET_MM
            text = _cell(cell)["text"]
            needed = _lines(text, width) * _PITCH_MM
            if cell.rows == 1 and needed > row.height + _SLACK_MM:
                raise BuildError(
                    f"表格行高{row.height:g}毫米放不下“{text[:20]}”，至少要{needed:.0f}毫米"
                )


def _lines(text: str, width: float) -> int:
    """Lines that text takes in a cell, Latin characters counted as a little over half."""
    per_line = max(width / _EM_MM, 1)
    ems = [sum(1 if ord(c) > _LATIN_END else 0.6 for c in part) for part in text.split("\n")]
    return sum(max(math.ceil(em / per_line), 1) for em in ems)


def blank(entry: FormField) -> str:
    """What stands on paper where a field is to be filled in."""
    if entry.options:
        gap = "　" if any(len(option) > 1 for option in entry.options) else " "
        return gap.join(f"□{option}" for option in entry.options)
    if entry.kind is FieldKind.DATE:
        return DATE_BLANK
    if entry.prompt:
        return f"（{entry.prompt}）"
    if entry.kind is FieldKind.LONG and entry.maximum:
        return f"（不超过{entry.maximum}字）"
    return ""
