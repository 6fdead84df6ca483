"""A notice as a Word file in the layout of GB/T 9704-2012, to edit, seal and hand round."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_ALIGN_VERTICAL
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from portal.render.column_widths import TEXT_WIDTH_MM
from portal.render.notice.document import body_widths, notice_document
from portal.render.qr import qr_png
from portal.render.word import (
    Face,
    blank_document,
    clear_first_paragraph,
    describe,
    element,
    linked,
    page_number,
    paragraph,
    plain_table,
    row_height,
    run,
    saved,
    tab,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.render.blocks import Block, Run
    from portal.render.notice.document import DocumentTable, NoticeDocument

# 22 lines in 225 mm; 28 characters of 3号 (16 pt) in 156 mm need a quarter of a point less each.
_PITCH = 225 / 22 * 72 / 25.4
_TRACKING = -5
_SIZE = 16
_BODY = Face("仿宋", _SIZE, tracking=_TRACKING)
_CELL = Face("仿宋", 10.5)
_CELL_HEAD = Face("黑体", 10.5)
_FOOT = Face("宋体", 8.5)
_PAGE = Face("宋体", 14)
_IMPRINT = Face("仿宋", 14)
# Eighths of a point: 0.35 mm and 0.25 mm.
_THICK, _THIN = 8, 6
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
    title = "\n".join(content.title)
    paragraph(document, [run(title, _TITLE)], style="Title", pitch=_PITCH + 4)
    _blank(document)
    for block in content.blocks:
        _block(document, block)
    for listed in content.tables:
        _list(document, listed)
    for sentence in content.closing:
        paragraph(document, [run(sentence, _BODY)], pitch=_PITCH, indent=2)
    text_ends = len(document.element.body)
    _attachments(document, content.attachments)
    _signature(document, content)
    _imprint(document, content)
    _keep_together(document.element.body, text_ends)
    return saved(document)


def _keep_together(body: Any, text_ends: int) -> None:
    """Tie all from the last line or row of the text on to what follows it.

    So neither signature and date nor the foot ever stand on a page without text (GB/T 9704-2012,
    7.3.5.4). `text_ends` counts the elements of the text and the section's.
    """
    elements = list(body)[:-1]
    for made in elements[text_ends - 1 :]:
        _kept_with_next(made)
    for made in reversed(elements[: text_ends - 1]):
        is_table = made.tag == qn("w:tbl")
        _kept_with_next(made.findall(qn("w:tr"))[-1] if is_table else made)
        if is_table or any(text.text for text in made.iter(qn("w:t"))):
            return


def _kept_with_next(made: Any) -> None:
    for line in made.iter(qn("w:p")):
        line.get_or_add_pPr().get_or_add_keepNext()


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
        runs = _runs(document, block.runs, face)
        paragraph(document, runs, style=f"Heading {block.level - 1}", pitch=_PITCH, indent=2)
    elif block.kind == "table":
        _table(document, block)
    else:
        face = Face("楷体" if block.kind == "quote" else "仿宋", _SIZE, tracking=_TRACKING)
        marker = "·" if block.marker == "•" else block.marker
        lead = [run(marker, face)] if marker else []
        # 主送机关 stands at the left edge (7.3.2).
        indent = 0 if block.kind == "addressee" else 2 * max(block.level, 1)
        runs = [*lead, *_runs(document, block.runs, face)]
        paragraph(document, runs, pitch=_PITCH, indent=indent)


def _runs(document: Any, runs: Iterable[Run], face: Face) -> list[Any]:
    """仿宋 has no bold and no italic cut: 黑体 and 楷体 stand for them, as in the PDF."""
    made = []
    for item in runs:
        font = "黑体" if item.bold else "楷体" if item.italic else face.font
        one = run(item.text, Face(font, face.size, tracking=face.tracking))
        made.append(linked(document, one, item.link) if item.link else one)
    return made


def _table(document: Any, block: Block) -> None:
    faces = [Face("黑体", 12)] * block.heads + [Face("仿宋", 12)] * len(block.rows)
    rows = [
        [_runs(document, cell, face) for cell in row]
        for row, face in zip(block.rows, faces, strict=False)
    ]
    plain_table(document, body_widths(block.rows), rows, heads=block.heads, pitch=17)
    _blank(document)


def _list(document: Any, table: DocumentTable) -> None:
    if table.caption:
        caption = paragraph(document, [run(table.caption, Face("黑体", 12))], pitch=_PITCH)
        caption.paragraph_format.keep_with_next = True
    head = [[run(label, _CELL_HEAD)] for label in table.head]
    rows = [[[run(value, _CELL)] for value in row] for row in table.rows]
    plain_table(document, table.widths, [head, *rows], heads=1)
    _blank(document)


def _attachments(document: Any, titles: tuple[str, ...]) -> None:
    """附件说明 (7.3.4): two characters in, titles below one another."""
    if not titles:
        return
    _blank(document)
    for number, title in enumerate(titles, start=1):
        lead = "附件：" if number == 1 else "　　　"
        order = f"{number}. " if len(titles) > 1 else ""
        made = paragraph(document, [run(f"{lead}{order}{title}", _BODY)], pitch=_PITCH)
        # Two characters in; further lines below the first character of the title.
        hanging = 3 + (1.25 if order else 0)
        form = made.paragraph_format
        form.left_indent, form.first_line_indent = Pt((2 + hanging) * _SIZE), Pt(-hanging * _SIZE)


def _signature(document: Any, content: NoticeDocument) -> None:
    """Name and date as GB/T 9704-2012, 7.3.5 places them, with and without a seal.

    Sealed: the date four characters in, the name centred over it. Not sealed: the name two
    characters in, the date's first character two to the right of the name's.
    """
    _blank(document)
    name, date = _width(content.issuer), _width(content.date)
    beyond = max((name - date) / 2, 0)
    if content.seal:
        # A name much longer than the date would leave the page if the date stayed in its place.
        name_in = max(4 - beyond, 2) if beyond else 4 + (date - name) / 2
        date_in = name_in + beyond if beyond else 4.0
    else:
        slack = name - date
        name_in, date_in = (2.0, slack) if slack >= 2 else (4.0 - slack, 2.0)  # noqa: PLR2004
    for text, inset in ((content.issuer, name_in), (content.date, date_in)):
        paragraph(
            document, [run(text, _BODY)], pitch=_PITCH, align="right", right=inset, size=_SIZE
        )


def _width(text: str) -> float:
    return sum(0.5 if char.isascii() else 1 for char in text)


def _imprint(document: Any, content: NoticeDocument) -> None:
    """版记 (7.4): who gets a copy and who printed it; below, where to check the paper."""
    _blank(document)
    lines = _copies_and_print(content)
    grid = table(document, (_FACTS_MM, TEXT_WIDTH_MM - _FACTS_MM), len(lines) + 1)
    grid.style = "Normal Table"
    for row, runs in zip(grid.rows, lines, strict=False):
        whole = row.cells[0].merge(row.cells[1])
        line = paragraph(whole, runs, pitch=20)
        clear_first_paragraph(whole)
        form = line.paragraph_format
        form.left_indent = form.right_indent = Pt(_IMPRINT.size)
        form.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM - 4) - 2 * Pt(_IMPRINT.size), 2)
        _ruled(whole, top=row is grid.rows[0])
    last = grid.rows[-1]
    row_height(last, 25)
    words, code = last.cells
    for cell in (words, code):
        _ruled(cell, top=not lines, bottom=_THICK)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
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


def _copies_and_print(content: NoticeDocument) -> list[list[Any]]:
    """The runs of the lines 抄送 and 印发, as far as the header gives them."""
    lines = []
    if content.copied_to:
        lines.append([run(f"抄送：{content.copied_to}。", _IMPRINT)])
    if content.printed:
        by, on = content.printed
        lines.append([run(by, _IMPRINT), tab(), run(on, _IMPRINT)])
    return lines


def _ruled(cell: Any, *, top: bool, bottom: int = _THIN) -> None:
    """Lines over and under a cell: thick ones round the foot, thin ones inside (7.4.1)."""
    borders = element("w:tcBorders")
    for edge, width in (("top", _THICK if top else 0), ("bottom", bottom)):
        if width:
            borders.append(element(f"w:{edge}", val="single", sz=width, space=0, color="auto"))
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001
