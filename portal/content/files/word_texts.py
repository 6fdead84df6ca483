"""Word texts: the paragraphs and tables of a .docx as a reader sees them, and what is left behind.

Nothing is dropped without being told: pictures, text boxes, footnotes, headers, comments, tracked
changes, hidden text, and whatever else holds letters. Runs in a confined process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portal.confined.frames import name_and_data
from portal.content.files.office_package import (
    child,
    local,
    open_package,
    switched_on,
    value_of,
)
from portal.content.files.word_numbering import Numbering
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from portal.content.files.office_package import Package

_DOCUMENT = "word/document.xml"
_ADVICE = "请用 Word 或 WPS 打开，另存为 .docx 再上传，或者复制文字粘贴"
_DEEPEST = 40
_MOST_LEVELS = 9
_INSIDE = frozenset(
    {"hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "moveTo", "dir", "bdo"}
)
_SILENT = frozenset(
    {"pPr", "rPr", "sectPr", "bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd"}
    | {"lastRenderedPageBreak", "fldChar", "instrText", "softHyphen", "sdtPr", "sdtEndPr", "tblPr"}
    | {"tblGrid", "trPr", "tcPr", "tblPrEx", "annotationRef", "commentRangeStart", "delInstrText"}
    | {"commentRangeEnd", "moveToRangeStart", "moveToRangeEnd", "moveFromRangeStart", "rubyPr"}
    | {"moveFromRangeEnd", "customXmlInsRangeStart", "customXmlInsRangeEnd", "smartTagPr"}
)
_TOLD = {
    "drawing": "图片",
    "pict": "图片",
    "object": "嵌入的对象",
    "oMath": "公式",
    "oMathPara": "公式",
    "footnoteReference": "脚注",
    "endnoteReference": "尾注",
    "commentReference": "批注",
    "altChunk": "嵌入的文档",
    "sym": "特殊符号",
    "ptab": "制表位",
}
_SHOWN = 40


@dataclass
class Block:
    """A paragraph (runs of text and whether they are bold), or a table (rows of cells).

    `level` is 1 to 9 for a heading, else 0; `bullet` for an item of a list without numbers.
    """

    runs: list[tuple[str, bool]] = field(default_factory=list)
    level: int = 0
    bullet: bool = False
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class _Style:
    level: int = 0
    bold: bool = False
    number: tuple[str, int] | None = None


def plain_word(content: bytes) -> dict[str, Any]:
    """The task: blocks and what is told of a named .docx, or why it is refused."""
    name, data = name_and_data(content)
    try:
        with open_package(data, name) as package:
            if _DOCUMENT not in package.parts:
                return {"refused": f"{name} 不是 Word 文档；{_ADVICE}"}
            reading = _Reading(package)
            blocks = list(reading.blocks(package.root(_DOCUMENT)))
            reading.tell_parts(package)
    except RequestError as error:
        return {"refused": f"{str(error).partition('；')[0]}；{_ADVICE}"}
    plain = [[block.runs, block.level, block.bullet, block.rows] for block in blocks]
    return {"blocks": plain, "told": list(dict.fromkeys(reading.told))}


class _Reading:
    """One document being read."""

    def __init__(self, package: Package) -> None:
        self.told: list[str] = []
        related = package.related(_DOCUMENT).values()
        parts = {kind: path for kind, path in related if path in package.parts}
        numbering = package.root(parts["numbering"]) if "numbering" in parts else None
        self._numbering = Numbering(numbering)
        styles = package.root(parts["styles"]) if "styles" in parts else None
        self._styles = dict(_styles(styles)) if styles is not None else {}

    def blocks(self, element: Element, depth: int = 0) -> Iterator[Block]:
        """The blocks below an element, in the order of the document."""
        for one in element:
            name = local(one.tag)
            if name == "p":
                yield from self._paragraph(one)
            elif name == "tbl":
                yield self._table(one)
            elif (name in _INSIDE or name in ("body", "ins")) and depth < _DEEPEST:
                yield from self.blocks(one, depth + 1)
            elif name not in _SILENT:
                self._tell_left(name, one)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        properties = child(element, "pPr")
        style = self._styles.get(value_of(_below(properties, "pStyle")) or "", _Style())
        outline = value_of(_below(properties, "outlineLvl"))
        level = int(outline) + 1 if outline and outline.isdecimal() else style.level
        block = Block(level=level if level <= _MOST_LEVELS else 0)
        number = self._numbering.next(*_list_of(properties, style))
        if number is not None:
            block.bullet = number.bullet
            block.runs += [(number.label, False)] if number.label else []
            if not number.known:
                self.told.append(f"自动编号“{number.label}”的样式没有认出，请核对")
        parts = [block]
        for text, bold in self._runs(element, bold=style.bold):
            for count, line in enumerate(text.split("\n")):
                if count:  # a line break inside a paragraph begins another
                    parts.append(Block())
                if line:
                    parts[-1].runs.append((line, bold))
        yield from (part for part in parts if any(text.strip() for text, _ in part.runs))

    def _runs(self, element: Element, *, bold: bool, depth: int = 0) -> Iterator[tuple[str, bool]]:
        for one in element:
            name = local(one.tag)
            if name == "r":
                yield from self._run(one, bold=bold)
            elif (name in _INSIDE or name == "ins") and depth < _DEEPEST:
                text = _text(one)
                if name in ("ins", "moveTo") and text:
                    self.told.append(f"有没有接受的修订：插入的“{_short(text)}”已带入，请核对")
                if name == "hyperlink" and text:
                    self.told.append(f"链接“{_short(text)}”只带入了文字，没有带入地址")
                yield from self._runs(one, bold=bold, depth=depth + 1)
            elif name in ("del", "moveFrom"):
                self._tell_deleted(one)
            elif name not in _SILENT:
                self._tell_left(name, one)

    def _run(self, run: Element, *, bold: bool) -> Iterator[tuple[str, bool]]:
        properties = child(run, "rPr")
        if switched_on(_below(properties, "vanish")):
            self.told.append(f"隐藏的文字“{_short(_text(run))}”没有带入")
            return
        own = _below(properties, "b")
        bold = bold if own is None else switched_on(own)
        self._tell_looks(properties, run)
        for one in run:
            name = local(one.tag)
            if name == "t":
                yield one.text or "", bold
            elif name in ("tab", "br", "cr", "noBreakHyphen"):
                yield {"tab": " ", "noBreakHyphen": "-"}.get(name, "\n"), bold
            elif name == "ruby":
                yield "".join(_text(part) for part in one if local(part.tag) == "rubyBase"), bold
                self.told.append(f"“{_short(_text(one))}”的注音没有带入")
            elif name in ("delText", "delInstrText"):
                self._tell_deleted(one)
            elif name not in _SILENT:
                self._tell_left(name, one)

    def _tell_looks(self, properties: Element | None, run: Element) -> None:
        raised = value_of(_below(properties, "vertAlign"))
        if raised in ("superscript", "subscript"):
            self.told.append(f"“{_short(_text(run))}”的上标、下标没有带入，请核对")
        if switched_on(_below(properties, "strike")) or switched_on(_below(properties, "dstrike")):
            self.told.append(f"“{_short(_text(run))}”有删除线，文字已带入，请核对")

    def _table(self, table: Element) -> Block:
        block = Block()
        for row in _rows(table):
            cells: list[str] = []
            for cell in _cells(row):
                inner = list(self.blocks(cell))
                if any(part.rows for part in inner):
                    self.told.append("表格里套有表格，文字已带入一格，请核对")
                text = " ".join(_words(part) for part in inner)
                span = value_of(_below(child(cell, "tcPr"), "gridSpan")) or "1"
                merged = _below(child(cell, "tcPr"), "vMerge") is not None
                if span != "1" or merged:
                    self.told.append("表格有合并的单元格，已分开，请核对")
                width = min(int(span), 60) if span.isdecimal() else 1
                cells += [text, *[""] * (max(width, 1) - 1)]
            block.rows.append(cells)
        return block

    def _tell_deleted(self, element: Element) -> None:
        text = "".join(e.text or "" for e in element.iter() if local(e.tag) in ("delText", "t"))
        if text:
            self.told.append(f"有没有接受的修订：删去的“{_short(text)}”没有带入，请核对")

    def _tell_left(self, name: str, element: Element) -> None:
        """Tell of anything that is not carried over, with the words in it."""
        text = _text(element)
        if name == "AlternateContent":
            first = next(iter(element), element)
            inner = next((local(e.tag) for e in first.iter() if local(e.tag) in _TOLD), "drawing")
            self._tell_left(inner, first)
        elif text:
            what = "文本框" if name in ("drawing", "pict") else _TOLD.get(name, "一处内容")
            self.told.append(f"{what}里的“{_short(text)}”没有带入")
        elif name in _TOLD:
            self.told.append(f"有{_TOLD[name]}，没有带入")

    def tell_parts(self, package: Package) -> None:
        """Tell of the parts beside the text that say something."""
        for kind, path in package.related(_DOCUMENT).values():
            what = {"header": "页眉", "footer": "页脚"}.get(kind)
            if what and path in package.parts:
                text = _text(package.root(path)).strip()
                if text:
                    self.told.append(f"{what}“{_short(text)}”没有带入")


def _styles(root: Element) -> Iterator[tuple[str, _Style]]:
    """What a style says of its paragraphs, with what it takes from the one it is based on."""
    elements = {value_of(e, "styleId") or "": e for e in root if local(e.tag) == "style"}
    for name, element in elements.items():
        found, seen = _Style(), set[str]()
        chain: Element | None = element
        while chain is not None and (value_of(chain, "styleId") or "") not in seen:
            seen.add(value_of(chain, "styleId") or "")
            properties = child(chain, "pPr")
            outline = value_of(_below(properties, "outlineLvl"))
            if outline and outline.isdecimal() and not found.level:
                found.level = int(outline) + 1
            number = _below(properties, "numPr")
            if number is not None and found.number is None:
                found.number = _number_of(number)
            chain = elements.get(value_of(child(chain, "basedOn")) or "")
        yield name, found


def _list_of(properties: Element | None, style: _Style) -> tuple[str, int]:
    own = _below(properties, "numPr")
    if own is None:
        return style.number or ("", 0)
    name, level = _number_of(own)
    return (name, level) if name else ((style.number or ("", 0))[0], level)


def _number_of(element: Element) -> tuple[str, int]:
    level = value_of(child(element, "ilvl")) or "0"
    name = value_of(child(element, "numId")) or ""
    return name, int(level) if level.isdecimal() and len(level) == 1 else 0


def _below(element: Element | None, name: str) -> Element | None:
    return None if element is None else child(element, name)


def _rows(table: Element) -> Iterator[Element]:
    for one in table:
        if local(one.tag) == "tr":
            yield one
        elif local(one.tag) in _INSIDE | {"ins", "del"}:
            yield from _rows(one)


def _cells(row: Element) -> Iterator[Element]:
    for one in row:
        if local(one.tag) == "tc":
            yield one
        elif local(one.tag) in _INSIDE:
            yield from _cells(one)


def _words(block: Block) -> str:
    text = "".join(text for text, _ in block.runs)
    return text or " ".join(cell for row in block.rows for cell in row if cell)


def _text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter() if local(one.tag) == "t")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……"
