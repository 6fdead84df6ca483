"""The one door to python-docx: an own blank template, Chinese faces, and reproducible bytes.

The library has no calls for East Asian faces, indents in characters or content controls, so those
are written as XML. The file names 仿宋, 黑体, 楷体 and 方正小标宋简体 without embedding them: Word
and WPS have the first three, and take 宋体 for the last where it is missing.
"""

from __future__ import annotations

import gc
import io
import re
import zipfile
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from portal.render.zip_packing import repacked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_BLANK = Path(__file__).parent / "blank"
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "docProps/core.xml": "core.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/document.xml": "document.xml",
    "word/fontTable.xml": "font_table.xml",
    "word/settings.xml": "settings.xml",
    "word/styles.xml": "styles.xml",
}
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# What XML cannot hold: control characters and halves of pairs.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Face:
    """How a run looks; sizes in points, `tracking` in twentieths of a point."""

    font: str = "仿宋"
    size: float = 16
    bold: bool = False
    italic: bool = False
    color: str = ""
    tracking: int = 0


def blank_document() -> Any:
    """An empty document without the library's own template, thumbnail and 800 kB of styles."""
    # The document before is a circle of a few objects around a megabyte of XML, which the collector
    # does not count: left to itself it lets a hundred of them stand.
    gc.collect(1)
    return Document(io.BytesIO(_blank_parts()))


@lru_cache(maxsize=1)
def _blank_parts() -> bytes:
    container = io.BytesIO()
    with zipfile.ZipFile(container, "w") as archive:
        for name, source in _PARTS.items():
            archive.writestr(name, (_BLANK / source).read_bytes())
    return container.getvalue()


def describe(document: Any, stamp: datetime, **texts: str) -> None:
    """Set the properties that Word shows, with a date that is not the clock's."""
    properties = document.core_properties
    for name, text in texts.items():
        setattr(properties, name, text)
    moment = stamp.replace(tzinfo=None)
    properties.created = properties.modified = moment
    properties.last_modified_by = properties.author
    properties.revision = 1
    properties.language = "zh-CN"


def saved(document: Any) -> bytes:
    """The document's bytes: the same content gives the same file."""
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


_NAMESPACE = {"w": nsmap["w"]}
# The library takes names apart anew for each element, of which a list has thousands.
_name = lru_cache(maxsize=256)(qn)


def element(tag: str, **attributes: str | int) -> Any:
    """An XML element in Word's namespace; attributes too."""
    made = oxml_parser.makeelement(_name(tag), nsmap=_NAMESPACE)
    for name, value in attributes.items():
        made.set(_name(f"w:{name}"), str(value))
    return made


def shaped(properties: Any, face: Face) -> None:
    """Put a face into a run's properties: the East Asian font is an attribute of its own."""
    fonts = element("w:rFonts", hint="eastAsia")
    for script in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{script}"), face.font)
    properties.append(fonts)
    if face.bold:
        properties.append(element("w:b"))
    if face.italic:
        properties.append(element("w:i"))
    if face.color:
        properties.append(element("w:color", val=face.color))
    if face.tracking:
        properties.append(element("w:spacing", val=face.tracking))
    properties.append(element("w:sz", val=round(face.size * 2)))
    properties.append(element("w:szCs", val=round(face.size * 2)))


def run(text: str, face: Face) -> Any:
    """A run element; line breaks in the text become breaks."""
    made = deepcopy(_empty_run(face))
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append(element("w:br"))
        content = element("w:t")
        content.text = _UNWRITABLE.sub("\ufffd", line)
        content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(content)
    return made


def linked(document: Any, made: Any, address: str) -> Any:
    """A run as a link that leads to an address."""
    link = element("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, True))
    link.append(made)
    return link


def tab() -> Any:
    """A run that leads to the next tab stop."""
    made = element("w:r")
    made.append(element("w:tab"))
    return made


@lru_cache(maxsize=64)
def _empty_run(face: Face) -> Any:
    """The run of a face, to be copied."""
    made, properties = element("w:r"), element("w:rPr")
    shaped(properties, face)
    made.append(properties)
    return made


def paragraph(
    container: Any,
    runs: Sequence[Any] = (),
    *,
    style: str = "Normal",
    pitch: float = 0,
    align: str = "",
    indent: float = 0,
    before: float = 0,
    right: float = 0,
    size: float = 16,
) -> Any:
    """Add a paragraph; `pitch` is the exact line pitch, indents are in characters of `size` points.

    Word keeps indents in characters when the font size changes, as offices expect of 首行缩进2字符;
    other programs read the same indent in twentieths of a point.
    """
    made, properties = element("w:p"), element("w:pPr")
    made.append(properties)
    if style != "Normal":
        properties.append(element("w:pStyle", val=style.replace(" ", "")))
    spacing = element("w:spacing", before=round(before * 20), after=0)
    if pitch:
        spacing.set(qn("w:line"), str(round(pitch * 20)))
        spacing.set(qn("w:lineRule"), "exact")
    properties.append(spacing)
    if indent or right:
        indents = element("w:ind")
        if right:
            indents.set(qn("w:rightChars"), str(round(right * 100)))
            indents.set(qn("w:right"), str(round(right * size * 20)))
        if indent:
            indents.set(qn("w:firstLineChars"), str(round(indent * 100)))
            indents.set(qn("w:firstLine"), str(round(indent * size * 20)))
        properties.append(indents)
    if align:
        properties.append(element("w:jc", val=align))
    for item in runs:
        made.append(item)
    # The library's own way looks each style up in the style sheet, a third of the whole time.
    story = container.element.body if hasattr(container, "sections") else container._element  # noqa: SLF001
    section = story.find(qn("w:sectPr"))
    if section is None:
        story.append(made)
    else:
        section.addprevious(made)
    return Paragraph(made, container)


def table(container: Any, widths: Sequence[float], rows: int) -> Any:
    """Add a grid of fixed column widths (millimetres), centred."""
    made = container.add_table(rows=rows, cols=len(widths))
    made.style = "Table Grid"
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    return made


def plain_table(
    container: Any,
    widths: Sequence[float],
    rows: Sequence[Sequence[Sequence[Any]]],
    *,
    heads: int,
    height: float = 8,
    pitch: float = 14.5,
    margin: float = 1.2,
) -> None:
    """Add a table of single-paragraph cells; the first `heads` rows repeat on every page.

    Written as XML: the library takes half a millisecond for each cell, which lists have many of.
    """
    grid = table(container, widths, 0)
    cell_margins(grid, margin)
    twips = [round(Mm(width).twips) for width in widths]
    for number, cells in enumerate(rows):
        row, settings = element("w:tr"), element("w:trPr")
        settings.append(element("w:cantSplit"))
        settings.append(element("w:trHeight", val=round(Mm(height).twips), hRule="atLeast"))
        if number < heads:
            settings.append(element("w:tblHeader"))
        row.append(settings)
        for width, runs in zip(twips, cells, strict=False):
            row.append(_plain_cell(width, runs, pitch))
        grid._tbl.append(row)  # noqa: SLF001


def _plain_cell(width: int, runs: Sequence[Any], pitch: float) -> Any:
    cell = deepcopy(_empty_cell(width, pitch))
    line = cell[-1]
    for item in runs:
        line.append(item)
    return cell


@lru_cache(maxsize=256)
def _empty_cell(width: int, pitch: float) -> Any:
    """A cell with its one paragraph, to be copied."""
    cell, settings = element("w:tc"), element("w:tcPr")
    settings.append(element("w:tcW", w=width, type="dxa"))
    settings.append(element("w:vAlign", val="center"))
    cell.append(settings)
    line, form = element("w:p"), element("w:pPr")
    form.append(element("w:pStyle", val="FormCell"))
    form.append(element("w:spacing", before=40, after=40, line=round(pitch * 20), lineRule="exact"))
    form.append(element("w:jc", val="center"))
    line.append(form)
    cell.append(line)
    return cell


def cell_margins(grid: Any, millimetres: float) -> None:
    """Space beside the text of every cell."""
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=round(Mm(millimetres).twips), type="dxa"))
    settings = grid._tbl.tblPr  # noqa: SLF001
    look = settings.find(qn("w:tblLook"))
    if look is None:
        settings.append(margins)
    else:
        look.addprevious(margins)


def row_height(row: Any, height: float, *, head: bool = False, split: bool = False) -> None:
    """A minimum height; a head row repeats on every page; a row breaks only where allowed."""
    row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
    row.height = Mm(height)
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    if not split:
        properties.append(element("w:cantSplit"))
    if head:
        properties.append(element("w:tblHeader"))


def open_edges(cell: Any, *, top: bool, bottom: bool) -> None:
    """Leave out the line above or below a cell."""
    if not (top or bottom):
        return
    borders = element("w:tcBorders")
    if top:
        borders.append(element("w:top", val="nil"))
    if bottom:
        borders.append(element("w:bottom", val="nil"))
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001


def page_number(face: Face) -> list[Any]:
    """The runs of "— 1 —" with the number as a field."""
    begin, code, separate, end = (element("w:r") for _ in range(4))
    begin.append(element("w:fldChar", fldCharType="begin"))
    separate.append(element("w:fldChar", fldCharType="separate"))
    instruction = element("w:instrText")
    instruction.text = "PAGE"
    code.append(instruction)
    end.append(element("w:fldChar", fldCharType="end"))
    for part in (begin, code, separate, end):
        properties = element("w:rPr")
        shaped(properties, face)
        part.insert(0, properties)
    return [run("— ", face), begin, code, separate, run("1", face), end, run(" —", face)]


def clear_first_paragraph(cell: Any) -> None:
    """Remove the empty paragraph that a new cell or footer begins with."""
    first = cell.paragraphs[0]._p  # noqa: SLF001
    first.getparent().remove(first)
