"""An annex as a Word file to fill in: the same pages and tables as its PDF."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.shared import Mm

from portal.content.annex.form_blocks import (
    Align,
    Cell,
    Cover,
    FieldKind,
    FormBlock,
    Gap,
    PageBreak,
    Paragraph,
    Table,
    placed,
)
from portal.render.annex.annex_pdf import annex_mark, annex_stamp
from portal.render.annex.word_controls import Controls
from portal.render.word import (
    Face,
    blank_document,
    clear_first_paragraph,
    describe,
    element,
    open_edges,
    page_number,
    paragraph,
    row_height,
    run,
    saved,
    tab,
    table,
)

if TYPE_CHECKING:
    from portal.content.annex.annexes import Annex

PROPERTY_PREFIX = "annex:"
"""Begins the identifier property, by which `portal annex check` knows the form."""

_SONG = Face("宋体", 10.5)
_BODY = Face("宋体", 12)
_FANG = Face("仿宋", 14)
_HEADING = Face("黑体", 14)
_SMALL = Face("宋体", 9)
_CELL = "Form Cell"
_SPLIT_ABOVE_MM = 60
# Between a table and the text above or below it.
_AIR = Mm(2)
_ALIGN = {Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right"}


def annex_docx(annex: Annex) -> bytes:
    """The form with a content control for every field; the same annex gives the same bytes."""
    document = blank_document()
    describe(
        document,
        annex_stamp(annex),
        title=annex.title,
        subject=annex.purpose,
        identifier=f"{PROPERTY_PREFIX}{annex.slug}",
        version=annex.version,
    )
    document.settings.odd_and_even_pages_header_footer = False
    _page_setup(document, annex)
    writer = _Writer(document)
    for block in annex.definition:
        writer.add(block)
    writer.finish()
    return saved(document)


def _page_setup(document: Any, annex: Annex) -> None:
    section = document.sections[0]
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(28), Mm(24)
    section.footer_distance = Mm(15)
    if annex.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    has_cover = bool(annex.definition) and isinstance(annex.definition[0], Cover)
    section.different_first_page_header_footer = has_cover
    footer = section.footer
    footer.is_linked_to_previous = False
    line = paragraph(footer, [run(annex_mark(annex), _SMALL)], style="Footer")
    clear_first_paragraph(footer)
    width = section.page_width - section.left_margin - section.right_margin
    line.paragraph_format.tab_stops.add_tab_stop(width, 2)
    line._p.append(tab())  # noqa: SLF001
    for part in page_number(_SMALL):
        line._p.append(part)  # noqa: SLF001
    if has_cover and annex.number:
        paragraph(document, [run(annex.number, Face("黑体", 16))], pitch=24)


def _without_trailing_blanks(text: str) -> tuple[str, int]:
    """Wide blanks at the end of a line on the right become an indent: Word ignores them there."""
    bare = text.rstrip("\u3000")
    return bare, len(text) - len(bare)


@dataclass
class _Writer:
    """Writes the blocks of one form; a page break waits for the paragraph it belongs to."""

    document: Any
    controls: Controls = field(default_factory=Controls)
    breaking: bool = False
    after_table: bool = False
    text: Any = None

    def add(self, block: FormBlock) -> None:
        """Write one block."""
        match block:
            case Cover():
                self._cover(block)
            case Paragraph():
                self._paragraph(block)
            case Table():
                if self.text is not None:
                    self.text.paragraph_format.space_after = _AIR
                self._table(block)
            case Gap():
                self._empty(block.height * 72 / 25.4)
            case PageBreak():
                self.breaking = True
        self.after_table = isinstance(block, Table)
        if not isinstance(block, Paragraph):
            self.text = None

    def finish(self) -> None:
        """End with a paragraph: Word wants one after a table."""
        if self.after_table:
            self._empty(1)

    def _begun(self, made: Any) -> Any:
        if self.breaking:
            made.paragraph_format.page_break_before = True
            self.breaking = False
        return made

    def _empty(self, points: float) -> None:
        self._begun(paragraph(self.document, [run("", Face("宋体", 1))], pitch=points))

    def _paragraph(self, block: Paragraph) -> None:
        if block.style == "title":
            runs = [run(block.text, Face("方正小标宋简体", 20))]
            made = paragraph(self.document, runs, style="Title", pitch=30, before=12)
            made.paragraph_format.space_after = Mm(4)
        elif block.style == "heading":
            made = paragraph(
                self.document,
                [run(block.text, _HEADING)],
                style="Heading 1",
                pitch=26,
                align="left",
            )
        elif block.style == "sign":
            text, blanks = _without_trailing_blanks(block.text)
            made = paragraph(
                self.document, [run(text, _BODY)], pitch=22, align="right", right=blanks, size=12
            )
        else:
            indent = 0 if block.style == "flush" else 2
            body = [run(block.text, _BODY)]
            made = paragraph(self.document, body, pitch=18, indent=indent, size=12)
        is_text = block.style not in ("title", "heading")
        if is_text and self.after_table:
            made.paragraph_format.space_before = _AIR
        self.text = made if is_text else None
        self._begun(made)

    def _cover(self, block: Cover) -> None:
        title = run(block.title, Face("方正小标宋简体", 26))
        self._begun(paragraph(self.document, [title], style="Title", pitch=38, before=150))
        subtitle = run(block.subtitle, Face("楷体", 18))
        paragraph(self.document, [subtitle], pitch=30, align="center", before=12)
        self._empty(90)
        grid = table(self.document, (44, 96), len(block.lines))
        grid.style = "Normal Table"
        for row, line in zip(grid.rows, block.lines, strict=True):
            row_height(row, 14)
            label, value = row.cells
            for cell, width in ((label, 44), (value, 96)):
                cell.width = Mm(width)
            borders = element("w:tcBorders")
            borders.append(element("w:bottom", val="single", sz=4, space=0, color="auto"))
            value._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001
            for cell in (label, value):
                cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
            paragraph(label, [run(f"{line.field.label}：", _FANG)], pitch=22, align="right")
            parts = self.controls.field(line.field, _FANG)
            note = [run(f"　{line.note}", _SONG)] if line.note else []
            paragraph(value, [*parts, *note], style="Form Line", pitch=22, align="left")
            for cell in (label, value):
                clear_first_paragraph(cell)
        if block.foot:
            foot = [run(block.foot, _FANG)]
            paragraph(self.document, foot, pitch=22, align="center", before=120)

    def _table(self, block: Table) -> None:
        if self.breaking:
            self._empty(1)
        grid = table(self.document, block.widths, len(block.rows))
        # `table.cell()` walks the whole table each time; rows are read once.
        cells = [list(row.cells) for row in grid.rows]
        for number, (row, entries) in enumerate(zip(block.rows, placed(block), strict=True)):
            long = any(c.field and c.field.kind is FieldKind.LONG for c in row.cells)
            split = long and row.height > _SPLIT_ABOVE_MM
            row_height(grid.rows[number], row.height, head=row.head, split=split)
            for column, cell in entries:
                target = cells[number][column]
                corner = cells[number + cell.rows - 1][column + cell.span - 1]
                if corner is not target:
                    target = target.merge(corner)
                target.width = Mm(sum(block.widths[column : column + cell.span]))
                self._cell(target, cell)

    def _cell(self, target: Any, cell: Cell) -> None:
        open_edges(target, top=cell.open_top, bottom=cell.open_bottom)
        target.vertical_alignment = WD_ALIGN_VERTICAL.TOP if cell.top else WD_ALIGN_VERTICAL.CENTER
        align = _ALIGN[cell.align]
        before = 5.0 if cell.top else 0.0
        lines = cell.text.split("\n") if cell.text or not cell.field else []
        for number, line in enumerate(lines):
            above = before if number == 0 else 0.0
            text, blanks = _without_trailing_blanks(line)
            paragraph(
                target,
                [run(text, _SONG)],
                style=_CELL,
                pitch=14,
                align=align,
                before=above,
                right=blanks,
                size=_SONG.size,
            )
        if cell.field:
            parts = self.controls.field(cell.field, _SONG)
            above = before if not lines else 0.0
            paragraph(target, parts, style=_CELL, pitch=14, align=align, before=above)
        for extra in target.paragraphs[: -(len(lines) + bool(cell.field))]:
            extra._p.getparent().remove(extra._p)  # noqa: SLF001
