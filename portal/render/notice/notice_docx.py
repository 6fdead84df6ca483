"""A notice as a Word file in the layout of GB/T 9704-2012, to edit, seal and hand round."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_ALIGN_VERTICAL
from docx.shared import Mm, Pt

from portal.render.notice.document import TEXT_WIDTH_MM, NoticeDocument, notice_document
from portal.render.qr import qr_png
from portal.render.word import (
    Face,
    blank_document,
    clear_first_paragraph,
    describe,
    element,
    page_number,
    paragraph,
    plain_table,
    row_height,
    run,
    saved,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.render.blocks import Block, Run

# 22 lines in 225 mm; 28 characters of 3号 (16 pt) in 156 mm need a quarter of a point less each.
_PITCH = 225 / 22 * 72 / 25.4
_TRACKING = -5
_SIZE = 16
_BODY = Face("仿宋", _SIZE, tracking=_TRACKING)
_CELL = Face("仿宋", 10.5)
_CELL_HEAD = Face("黑体", 10.5)
_FOOT = Face("宋体", 8.5)
_PAGE = Face("宋体", 14)
_FACTS_MM = 130
_QR_MM = 22
_RED = "C00000"
_HEADINGS = {2: "黑体", 3: "楷体", 4: "仿宋"}
_TITLE = Face("方正小标宋简体", 22)


def notice_docx(notice: Notice, catalogue: Catalogue) -> bytes:
    """The Word file; what it says and its order are the PDF's."""
    content = notice_document(notice, catalogue)
    history = catalogue.history(notice)
    document = blank_document()
    describe(
        document,
        history.changed,
        title=content.heading,
        author=content.issuer,
        subject=notice.kind.label,
        identifier=content.url,
        version=str(notice.revision),
    )
    _footers(document.sections[0])
    if content.marks:
        _mark(document, content.marks)
    _masthead(document, content)
    paragraph(document, [run(content.title, _TITLE)], style="Title", pitch=_PITCH + 4)
    _blank(document)
    for block in content.blocks:
        _block(document, block)
    if content.rows:
        _list(document, content)
    for sentence in content.closing:
        paragraph(document, [run(sentence, _BODY)], pitch=_PITCH, indent=2)
    _attachments(document, content.attachments)
    _signature(document, content)
    _facts(document, content)
    return saved(document)


def _blank(document: Any) -> None:
    paragraph(document, [run("", _BODY)], pitch=_PITCH)


def _footers(section: Any) -> None:
    """Page numbers on the outer side, one character in (GB/T 9704-2012, 7.5)."""
    section.footer_distance = Mm(35 - 7 - 5)
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        line = paragraph(footer, page_number(_PAGE), style="Footer", align=align)
        form = line.paragraph_format
        form.left_indent = form.right_indent = Pt(_PAGE.size)
        clear_first_paragraph(footer)


def _mark(document: Any, marks: tuple[str, ...]) -> None:
    """演示 and what came later, in the head of every page."""
    section = document.sections[0]
    section.header_distance = Mm(20)
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        for mark in marks:
            paragraph(header, [run(mark, Face("黑体", 10.5))], style="Header")
        clear_first_paragraph(header)


def _masthead(document: Any, content: NoticeDocument) -> None:
    if not content.number:
        return
    size = min(44, TEXT_WIDTH_MM * 72 / 25.4 / max(len(content.issuer), 1))
    name = Face("方正小标宋简体", int(size * 2) / 2, color=_RED)
    paragraph(document, [run(content.issuer, name)], pitch=size + 6, align="center", before=90)
    number = paragraph(
        document, [run(content.number, _BODY)], pitch=_PITCH, align="center", before=2 * _PITCH
    )
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz=12, space=11, color=_RED))
    properties = number._p.get_or_add_pPr()  # noqa: SLF001
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )
    for _ in range(2):
        _blank(document)


def _block(document: Any, block: Block) -> None:
    if block.kind == "heading":
        face = Face(_HEADINGS[block.level], _SIZE, tracking=_TRACKING)
        runs = [run(item.text, face) for item in block.runs]
        paragraph(document, runs, style=f"Heading {block.level - 1}", pitch=_PITCH, indent=2)
    elif block.kind == "table":
        _table(document, block)
    else:
        face = Face("楷体" if block.kind == "quote" else "仿宋", _SIZE, tracking=_TRACKING)
        marker = "·" if block.marker == "•" else block.marker
        lead = [run(marker, face)] if marker else []
        indent = 2 * max(block.level, 1)
        paragraph(document, [*lead, *_runs(block.runs, face)], pitch=_PITCH, indent=indent)


def _runs(runs: Iterable[Run], face: Face) -> list[Any]:
    """仿宋 has no bold and no italic cut: 黑体 and 楷体 stand for them, as in the PDF."""
    made = []
    for item in runs:
        font = "黑体" if item.bold else "楷体" if item.italic else face.font
        made.append(run(item.text, Face(font, face.size, tracking=face.tracking)))
    return made


def _table(document: Any, block: Block) -> None:
    columns = max(len(row) for row in block.rows)
    faces = [Face("黑体", 12)] * block.heads + [Face("仿宋", 12)] * len(block.rows)
    rows = [
        [_runs(cell, face) for cell in row] for row, face in zip(block.rows, faces, strict=False)
    ]
    plain_table(document, [TEXT_WIDTH_MM / columns] * columns, rows, heads=block.heads, pitch=17)
    _blank(document)


def _list(document: Any, content: NoticeDocument) -> None:
    head = [[run(label, _CELL_HEAD)] for label in content.head]
    rows = [[[run(value, _CELL)] for value in row] for row in content.rows]
    plain_table(document, content.widths, [head, *rows], heads=1)
    _blank(document)


def _attachments(document: Any, names: tuple[str, ...]) -> None:
    if not names:
        return
    _blank(document)
    for number, name in enumerate(names, start=1):
        order = f"{number}." if len(names) > 1 else ""
        lead = "附件：" if number == 1 else "　　　"
        paragraph(document, [run(f"{lead}{order}{name}", _BODY)], pitch=_PITCH, indent=2)


def _signature(document: Any, content: NoticeDocument) -> None:
    """Name and date as GB/T 9704-2012, 7.3.5 places them, with and without a seal.

    Sealed: the date four characters in, the name centred over it. Not sealed: the name two
    characters in, the date's first character two to the right of the name's.
    """
    _blank(document)
    name, date = _width(content.issuer), _width(content.date)
    if content.seal:
        date_in = 4.0
        name_in = date_in + (date - name) / 2 if name < date else date_in
        date_in += max((name - date) / 2, 0)
    else:
        slack = name - date
        name_in, date_in = (2.0, slack) if slack >= 2 else (4.0 - slack, 2.0)  # noqa: PLR2004
    for text, inset in ((content.issuer, name_in), (content.date, date_in)):
        made = paragraph(
            document, [run(text, _BODY)], pitch=_PITCH, align="right", right=inset, size=_SIZE
        )
        made.paragraph_format.keep_with_next = text == content.issuer


def _width(text: str) -> float:
    return sum(0.5 if char.isascii() else 1 for char in text)


def _facts(document: Any, content: NoticeDocument) -> None:
    """Where to check the paper against the site: in words, and as a QR code beside them."""
    _blank(document)
    grid = table(document, (_FACTS_MM, TEXT_WIDTH_MM - _FACTS_MM), 1)
    grid.style = "Normal Table"
    words, code = grid.rows[0].cells
    for cell in (words, code):
        borders = element("w:tcBorders")
        for edge in ("top", "bottom"):
            borders.append(element(f"w:{edge}", val="single", sz=4, space=0, color="auto"))
        cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    row_height(grid.rows[0], 25)
    for label, value in content.facts:
        paragraph(words, [run(f"{label}：{value}", _FOOT)], pitch=13, align="left")
    picture = (
        paragraph(code, align="right")
        .add_run()
        .add_picture(io.BytesIO(qr_png(content.url)), width=Mm(_QR_MM))
    )
    picture._inline.docPr.set("descr", f"二维码：{content.url}")  # noqa: SLF001
    for cell in (words, code):
        clear_first_paragraph(cell)
    paragraph(document, [run("", _FOOT)], pitch=1)
