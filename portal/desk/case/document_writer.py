"""What the desk's Word documents are written with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.render.word import Face, blank_document, describe, paragraph, run, saved, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_TITLE = Face("方正小标宋简体", 20)
_HEAD = Face("黑体", 14)
_BODY = Face("仿宋", 14)
_CELL = Face("仿宋", 10.5)
_CELL_HEAD = Face("黑体", 10.5)
_PITCH = 26
_DEMO = "演示：本件内容全部虚构"


class Writer:
    """A document being written: heads, indented texts, plain lines, lines at the right, tables."""

    def __init__(self, title: str, now: datetime, *, demonstration: bool) -> None:
        self._document = blank_document()
        describe(self._document, now, title=title, author="工作台")
        if demonstration:
            paragraph(self._document, [run(_DEMO, _HEAD)], align="center", size=14)
        paragraph(self._document, [run(title, _TITLE)], align="center", size=20)

    def head(self, text: str) -> None:
        """A heading."""
        paragraph(self._document, [run(text, _HEAD)], pitch=_PITCH, before=8, size=14)

    def text(self, text: str) -> None:
        """Text whose paragraphs are indented by two characters."""
        for part in text.splitlines() or [""]:
            paragraph(self._document, [run(part, _BODY)], pitch=_PITCH, indent=2, size=14)

    def plain(self, text: str) -> None:
        """A line without an indent."""
        paragraph(self._document, [run(text, _BODY)], pitch=_PITCH, size=14)

    def right(self, text: str) -> None:
        """A line at the right."""
        paragraph(self._document, [run(text, _BODY)], pitch=_PITCH, align="right", size=14)

    def grid(
        self, widths: Sequence[float], header: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        """A table; widths in millimetres."""
        grid = table(self._document, widths, len(rows) + 1)
        for number, row in enumerate((header, *rows)):
            face = _CELL_HEAD if number == 0 else _CELL
            for cell, value in zip(grid.rows[number].cells, row, strict=True):
                cell.paragraphs[0]._p.append(run(value, face))  # noqa: SLF001

    def bytes(self) -> bytes:
        """The document's bytes."""
        return saved(self._document)
