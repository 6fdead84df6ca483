"""Word tables: the tables of a .docx as sheets, with what a reader of the file cannot see marked.

What cannot be read for certain is refused by its place: tracked changes, hidden text, a table
within a table. Runs in a confined process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.content.files.office_package import child, local, open_package, switched_on, value_of
from portal.content.files.workbooks import MOST_COLUMNS, MOST_ROWS, Mark, Sheet, column_letters
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from portal.content.files.office_package import Package

ADVICE = "请用 Word 或 WPS 打开，另存为 .docx 再导入"
_DOCUMENT = "word/document.xml"
_DEEPEST = 40
_LONGEST_TITLE = 30
_SHOWN = 40
_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"})
_ACCEPT = "请在 Word 或 WPS 中接受或拒绝全部修订，保存后再导入"
_SHOW = "请在 Word 或 WPS 中取消隐藏或删去，保存后再导入"
_SPLIT = "请把里面的表格移到外面，或者把名单复制到 Excel 或 WPS 表格中，再导入"
_TEXTS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": "\ufffd"}
_LEFT = {
    **dict.fromkeys(("drawing", "pict", "object", "AlternateContent"), "图片或文本框"),
    **dict.fromkeys(("footnoteReference", "endnoteReference"), "脚注"),
    **dict.fromkeys(("oMath", "oMathPara"), "公式"),
    "commentReference": "批注",
}
_SILENT = frozenset({"instrText", "delInstrText", "rt", "rPr", "pPr", "sdtPr", "sdtEndPr", "tcPr"})


def tables_of(data: bytes, name: str) -> tuple[list[Sheet], list[str]]:
    """The tables of a document's bytes, and what of it is left out; for confined processes only."""
    try:
        with open_package(data, name) as package:
            if _DOCUMENT not in package.parts:
                raise RequestError(f"{name} 不是 Word 文档：{ADVICE}")
            reading = _Reading(package)
            reading.read(package.root(_DOCUMENT), 0)
    except (ValueError, LookupError, OverflowError) as error:
        raise RequestError(f"{name} 已损坏：{ADVICE}") from error
    if not reading.sheets:
        raise RequestError(f"{name} 里没有表格；名单要在表格里，一行一个条目")
    reading.leave_title()
    return reading.sheets, reading.told


@dataclass
class _Table:
    """A table as it is read."""

    title: str
    rows: list[list[str]] = field(default_factory=list)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def sheet(self) -> Sheet:
        """The table as a sheet."""
        return Sheet(
            self.title,
            tuple(map(tuple, self.rows)),
            hidden=False,
            merged=tuple((*at, *size) for at, size in self.merged.items() if size != (1, 1)),
            marks=self.marks,
            hidden_rows=frozenset(self.hidden),
        )


class _Reading:
    """One document: tables become sheets, a short line right above one its title."""

    def __init__(self, package: Package) -> None:
        self.sheets: list[Sheet] = []
        self.told: list[str] = []
        self._title = ""
        path = "word/styles.xml"
        styles = package.root(path) if path in package.parts else ()
        self._styles = {value_of(one, "styleId") or "": one for one in styles}

    def read(self, element: Element, depth: int) -> None:
        """All paragraphs and tables below an element, in their order."""
        for one in element:
            kind = local(one.tag)
            if kind == "p":
                self._paragraph(one)
            elif kind == "tbl":
                self._table(one)
            elif kind in _TRACKED and next(_below(one, "tbl"), None) is not None:
                raise RequestError(f"表格{len(self.sheets) + 1}有修订痕迹：{_ACCEPT}")
            elif depth < _DEEPEST and kind not in _SILENT:
                self.read(one, depth + 1)

    def _paragraph(self, element: Element) -> None:
        text = "".join(one.text or "" for one in _below(element, "t")).strip()
        if text:
            self.leave_title()
            self._title = text

    def leave_title(self) -> None:
        """Tell of a text that no table follows."""
        if self._title:
            shown = self._title[:_SHOWN] + ("……" if len(self._title) > _SHOWN else "")
            self.told.append(f"略去表格以外的文字“{shown}”")
        self._title = ""

    def _table(self, element: Element) -> None:
        title = f"表格{len(self.sheets) + 1}"
        if 0 < len(self._title) <= _LONGEST_TITLE:
            title, self._title = f"{title}：{self._title.replace(',', '，')}", ""
        self.leave_title()
        table = _Table(title)
        above: dict[int, tuple[int, int]] = {}
        for row in _rows(element):
            table.rows.append([])
            above = self._row(table, row, above)
        self.sheets.append(table.sheet())

    def _row(
        self, table: _Table, row: Element, above: dict[int, tuple[int, int]]
    ) -> dict[int, tuple[int, int]]:
        """Read a row; `above` are the cells of the row before by column, and so is the result."""
        number = len(table.rows)
        properties = child(row, "trPr")
        self._refuse_tracked(properties, f"{table.title}第{number}行")
        if properties is not None and switched_on(child(properties, "hidden")):
            table.hidden.add(number)
        column = 1 + _number(properties, "gridBefore", 0)
        down: dict[int, tuple[int, int]] = {}
        for cell in _cells(row):
            about = child(cell, "tcPr")
            place = f"{table.title}的{column_letters(column)}{number}"
            self._refuse_tracked(about, place)
            width = _number(about, "gridSpan", 1)
            if number > MOST_ROWS or column + width > MOST_COLUMNS:
                most = f"{MOST_ROWS}行或{MOST_COLUMNS}列"
                raise RequestError(f"{table.title}超过{most}；请只留名单再导入")
            origin = above.get(column) if _goes_on(about, "vMerge") else None
            if _goes_on(about, "hMerge") and table.rows[-1]:
                origin = next(iter(reversed(down.values())), (number, column - 1))
            at = origin or (number, column)
            text, struck = self._text(cell, place)
            table.rows[-1] += [""] * (column - 1 - len(table.rows[-1])) + [text]
            if struck:
                table.marks[number, column] = Mark.STRUCK
            right = column + width - at[1]
            table.merged[at] = (number - at[0] + 1, max(right, table.merged.get(at, (1, 1))[1]))
            down[column] = at
            column += width
        return down

    def _refuse_tracked(self, properties: Element | None, place: str) -> None:
        for one in properties if properties is not None else ():
            if local(one.tag) in _TRACKED:
                raise RequestError(f"{place}有修订痕迹：{_ACCEPT}")

    def _text(self, cell: Element, place: str) -> tuple[str, bool]:
        """The text of a cell, and whether any of it is struck through."""
        lines: list[str] = []
        struck = False
        for paragraph in _paragraphs(cell, place):
            parts: list[str] = []
            style = child(paragraph, "pPr")
            for run in self._runs(paragraph, place, 0):
                text = "".join(self._pieces(run, place))
                about = child(run, "rPr")
                if text.strip() and self._has(about, style, "vanish"):
                    raise RequestError(f"{place}有隐藏文字：{_SHOW}")
                crossed = self._has(about, style, "strike") or self._has(about, style, "dstrike")
                struck = struck or bool(text.strip() and crossed)
                parts.append(text)
            lines.append("".join(parts))
        return "\n".join(lines).strip("\n"), struck

    def _runs(self, element: Element, place: str, depth: int) -> Iterator[Element]:
        for one in element:
            kind = local(one.tag)
            if kind in _TRACKED:
                raise RequestError(f"{place}有修订痕迹：{_ACCEPT}")
            if kind == "r":
                yield one
            elif kind in _LEFT:
                self._leave(place, kind)
            elif kind not in _SILENT and depth < _DEEPEST:
                yield from self._runs(one, place, depth + 1)

    def _pieces(self, run: Element, place: str) -> Iterator[str]:
        for one in run:
            kind = local(one.tag)
            if kind == "t":
                yield one.text or ""
            elif kind in _TEXTS:
                yield _TEXTS[kind]
            elif kind in _LEFT:
                self._leave(place, kind)
            elif kind == "ruby":
                for base in _below(one, "rubyBase"):
                    yield from (text.text or "" for text in _below(base, "t"))

    def _leave(self, place: str, kind: str) -> None:
        self.told.append(f"{place}里的{_LEFT[kind]}没有导入")

    def _has(self, run: Element | None, paragraph: Element | None, name: str) -> bool:
        """Whether a property holds for a run: its own, that of its style, of its paragraph's."""
        for properties, style in ((run, "rStyle"), (paragraph, "pStyle")):
            own = child(properties, name) if properties is not None else None
            if own is not None and properties is run:
                return switched_on(own)
            named = child(properties, style) if properties is not None else None
            found = self._of_style(value_of(named) or "", name)
            if found is not None:
                return found
        return False

    def _of_style(self, style: str, name: str) -> bool | None:
        for _ in range(_DEEPEST):
            one = self._styles.get(style)
            if one is None:
                return None
            properties = child(one, "rPr")
            own = child(properties, name) if properties is not None else None
            if own is not None:
                return switched_on(own)
            style = value_of(child(one, "basedOn")) or ""
        return None


def _number(properties: Element | None, name: str, least: int) -> int:
    said = value_of(child(properties, name)) if properties is not None else None
    return max(int(said), least) if said and said.isdecimal() else least


def _goes_on(properties: Element | None, name: str) -> bool:
    """Whether a cell goes on with the one above (vMerge) or on its left (hMerge)."""
    merge = child(properties, name) if properties is not None else None
    return merge is not None and value_of(merge) != "restart"


def _below(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if local(one.tag) == name)


def _rows(table: Element) -> Iterator[Element]:
    """The rows of a table, those in content controls too."""
    for one in table:
        kind = local(one.tag)
        if kind == "tr":
            yield one
        elif kind in ("sdt", "sdtContent", "customXml", *_TRACKED):
            yield from _rows(one)


def _cells(row: Element) -> Iterator[Element]:
    for one in row:
        kind = local(one.tag)
        if kind == "tc":
            yield one
        elif kind in ("sdt", "sdtContent", "customXml", *_TRACKED):
            yield from _cells(one)


def _paragraphs(cell: Element, place: str) -> Iterator[Element]:
    for one in cell:
        kind = local(one.tag)
        if kind == "tbl":
            raise RequestError(f"{place}里还有表格：{_SPLIT}")
        if kind == "p":
            yield one
        elif kind in _TRACKED:
            raise RequestError(f"{place}有修订痕迹：{_ACCEPT}")
        elif kind not in _SILENT:
            yield from _paragraphs(one, place)
