"""Workbooks: reads .xlsx files to rows of text, with what a reader of the file cannot see marked.

Read from the XML and not through openpyxl, which drops what an import must ask about: a formula
without its value, the digits of a number as they stand, a run that is struck through, a phonetic
reading; it cannot open strict files, and takes four times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.content.files.office_package import child, local, open_package, switched_on, value_of
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from portal.content.files.office_package import Package

MOST_ROWS, MOST_COLUMNS = 20_000, 200
_DIGITS = 1e15
SAVE_ANEW = "请用 Excel 或 WPS 打开，另存后再导入"
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# Points of height, characters of width: thinner than any line of text that could be read.
_LEAST = {"ht": 1.0, "width": 0.2}
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


class Mark(StrEnum):
    """What a cell's text does not show."""

    ERROR = "error"
    """An error such as #N/A."""
    NO_VALUE = "no-value"
    """A formula whose result was not stored."""
    IMPRECISE = "imprecise"
    """A number beyond the 15 digits that a spreadsheet keeps."""
    STRUCK = "struck"
    """Struck through, as a whole or in part."""
    UNSEEN = "unseen"
    """A number format that shows nothing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text; rows and columns count from 1, and rows end at their last cell.

    `merged` are merged ranges as (first row, first column, rows, columns).
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    hidden: bool
    hidden_parts: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def sheets_of(data: bytes, name: str) -> list[Sheet]:
    """The sheets of a workbook's bytes, read in this process; for confined ones only."""
    try:
        with open_package(data, name) as package:
            return _Workbook(package).sheets(name)
    except (ValueError, LookupError, OverflowError) as error:
        raise RequestError(f"{name} 已损坏：{SAVE_ANEW}") from error


@lru_cache(maxsize=512)
def column_letters(number: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A column's number by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Workbook:
    """The parts that all sheets share: strings and styles."""

    def __init__(self, package: Package) -> None:
        self._package = package
        related = package.related("")
        self._path = next((at for kind, at in related.values() if kind == "officeDocument"), "")
        if self._path not in package.parts:
            raise RequestError("这个文件里没有工作簿：请另存为 .xlsx 再导入")
        self._related = package.related(self._path)
        self._strings = [_string(one) for one in self._shared("sharedStrings", "si")]
        self._dates, self._struck, self._unseen = self._styles()

    def sheets(self, name: str) -> list[Sheet]:
        root = self._package.root(self._path)
        properties = child(root, "workbookPr")
        old = properties is not None and properties.get("date1904") in ("1", "true")
        epoch = _EPOCH_1904 if old else _EPOCH
        found = []
        for one in child(root, "sheets") or ():
            kind, path = self._related.get(value_of(one, "id") or "", ("", ""))
            if kind == "worksheet":
                reader = _SheetReader(self._strings, self._dates, self._struck, self._unseen, epoch)
                reader.read(self._package, path, name)
                hidden = one.get("state", "visible") != "visible"
                found.append(reader.sheet(one.get("name", ""), self._comments(path), hidden=hidden))
        return found

    def _shared(self, kind: str, element: str) -> Iterator[Element]:
        path = next((at for k, at in self._related.values() if k == kind), "")
        if path in self._package.parts:
            yield from (one for tag, one in self._package.elements(path) if tag == element)

    def _styles(self) -> tuple[set[int], set[int], set[int]]:
        """Numbers of the cell styles that show dates, are struck through, or show nothing."""
        path = next((at for kind, at in self._related.values() if kind == "styles"), "")
        dates: set[int] = set()
        struck: set[int] = set()
        unseen: set[int] = set()
        if path not in self._package.parts:
            return dates, struck, unseen
        root = self._package.root(path)
        codes = {
            one.get("numFmtId"): one.get("formatCode", "") for one in child(root, "numFmts") or ()
        }
        white = _white_fonts(root)
        bare = _bare_fills(root)
        fonts = [switched_on(child(one, "strike")) for one in child(root, "fonts") or ()]
        for number, one in enumerate(child(root, "cellXfs") or ()):
            code = codes.get(one.get("numFmtId", ""))
            if code is None:
                is_date = int(one.get("numFmtId", "0")) in _BUILT_IN_DATES
            else:
                is_date = bool(re.search(r"[ymdhs年月日]", _DATE_CODE.sub("", code).lower()))
                if code.strip() and not code.replace(";", "").strip():
                    unseen.add(number)
            if is_date:
                dates.add(number)
            font = int(one.get("fontId", "0"))
            if font < len(fonts) and fonts[font]:
                struck.add(number)
            if font in white and int(one.get("fillId", "0")) in bare:
                unseen.add(number)
        return dates, struck, unseen

    def _comments(self, path: str) -> tuple[tuple[str, str], ...]:
        found = []
        for kind, at in self._package.related(path).values():
            if kind == "comments" and at in self._package.parts:
                found += [
                    (one.get("ref", ""), _string(one)[0])
                    for tag, one in self._package.elements(at)
                    if tag == "comment"
                ]
        return tuple(found)


def _is_white(color: Element | None) -> bool:
    if color is None or color.get("tint"):
        return False
    return (
        color.get("rgb", "")[-6:].upper() == "FFFFFF"
        or color.get("theme") == "0"
        or color.get("indexed") in ("1", "9")
    )


def _white_fonts(styles: Element) -> set[int]:
    """Numbers of the fonts that write in white."""
    fonts = enumerate(child(styles, "fonts") or ())
    return {number for number, font in fonts if _is_white(child(font, "color"))}


def _bare_fills(styles: Element) -> set[int]:
    """Numbers of the fills that leave a cell as white as the sheet."""
    found = set()
    for number, fill in enumerate(child(styles, "fills") or ()):
        pattern = child(fill, "patternFill")
        kind = pattern.get("patternType", "none") if pattern is not None else ""
        white = pattern is not None and _is_white(child(pattern, "fgColor"))
        if kind == "none" or (kind == "solid" and white):
            found.add(number)
    return found


def _string(element: Element) -> tuple[str, bool]:
    """The text of a string item without phonetic readings, and whether a run is struck through."""
    texts: list[str] = []
    struck = False
    for one in element:
        name = local(one.tag)
        if name == "t":
            texts.append(one.text or "")
        elif name in ("r", "text", "is"):
            properties = child(one, "rPr")
            text, inner = _string(one)
            texts.append(text)
            line = child(properties, "strike") if properties is not None else None
            struck = struck or inner or (bool(text.strip()) and switched_on(line))
    return "".join(texts), struck


class _SheetReader:
    def __init__(
        self,
        strings: list[tuple[str, bool]],
        dates: set[int],
        struck: set[int],
        unseen: set[int],
        epoch: date,
    ) -> None:
        self._strings, self._epoch = strings, epoch
        self._dates, self._struck, self._unseen = dates, struck, unseen
        self._rows: dict[int, dict[int, str]] = {}
        self._marks: dict[tuple[int, int], Mark] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._row = 0

    def read(self, package: Package, path: str, name: str) -> None:
        """Read one sheet; rows are forgotten as soon as they are read."""
        for tag, element in package.elements(path):
            if tag == "row":
                self._read_row(element, name)
                element.clear()
            elif tag == "mergeCell":
                self._merge(element.get("ref", ""))
            elif tag == "col" and _hidden(element, "width"):
                last = min(int(element.get("max", "1")), MOST_COLUMNS)
                self._hidden_columns.update(range(int(element.get("min", "1")), last + 1))

    def sheet(self, title: str, comments: tuple[tuple[str, str], ...], *, hidden: bool) -> Sheet:
        """What was read."""
        rows = tuple(
            tuple(row.get(column, "") for column in range(1, max(row) + 1))
            if (row := self._rows.get(number))
            else ()
            for number in range(1, max(self._rows, default=0) + 1)
        )
        parts = [f"{column_letters(column)}列" for column in sorted(self._hidden_columns)]
        parts += [f"第{row}行" for row in sorted(self._hidden_rows)]
        return Sheet(
            title=title,
            rows=rows,
            hidden=hidden,
            hidden_parts=tuple(parts),
            comments=comments,
            merged=tuple(self._merged),
            marks=self._marks,
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=frozenset(self._hidden_columns),
        )

    def _read_row(self, element: Element, name: str) -> None:
        self._row = int(element.get("r") or self._row + 1)
        if _hidden(element, "ht"):
            self._hidden_rows.add(self._row)
        column = 0
        for cell in element:
            match = _PLACE.fullmatch(cell.get("r", ""))
            column = column_number(match[1]) if match else column + 1
            text, mark = self._cell(cell)
            if not text and mark is None:
                continue
            if self._row > MOST_ROWS or column > MOST_COLUMNS:
                raise RequestError(
                    f"{name} 的 {column_letters(column)}{self._row} 超出范围："
                    f"名单最多{MOST_ROWS}行、{MOST_COLUMNS}列；请删去名单以外的内容，或分成几个文件"
                )
            self._rows.setdefault(self._row, {})[column] = text
            if mark is not None:
                self._marks[self._row, column] = mark

    def _cell(self, cell: Element) -> tuple[str, Mark | None]:
        kind, style = cell.get("t", "n"), int(cell.get("s", "0"))
        parts = {local(one.tag): one for one in cell}
        value = parts.get("v")
        raw = (value.text if value is not None else None) or ""
        text, struck, mark = raw, style in self._struck, None
        if kind == "inlineStr":
            text, part = _string(parts["is"]) if "is" in parts else ("", False)
            struck = struck or part
        elif kind == "s" and raw:
            text, part = self._strings[int(raw)]
            struck = struck or part
        elif not raw:
            return "", Mark.NO_VALUE if "f" in parts and kind != "str" else None
        elif kind == "e":
            mark = Mark.ERROR
        elif kind == "n":
            text, mark = self._number(raw, style)
        elif kind in "bd":
            text = {"1": "TRUE", "0": "FALSE"}.get(raw, raw.partition("T")[0])
        if mark is None and text.strip():
            mark = Mark.STRUCK if struck else Mark.UNSEEN if style in self._unseen else None
        return text, mark

    def _number(self, raw: str, style: int) -> tuple[str, Mark | None]:
        """A number as its reader sees it: whole without a decimal point, dates as ISO."""
        number = float(raw)
        if style in self._dates and 0 < number < _DIGITS:
            return (self._epoch + timedelta(days=int(number))).isoformat(), None
        if abs(number) >= _DIGITS:
            return raw if raw.isdecimal() else f"{number:.0f}", Mark.IMPRECISE
        return str(int(number)) if number.is_integer() else str(number), None

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        start, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
        if start and end:
            top, left = int(start[2]), column_number(start[1])
            height, width = int(end[2]) - top + 1, column_number(end[1]) - left + 1
            self._merged.append((top, left, height, width))


def _hidden(element: Element, size: str) -> bool:
    flag = element.get("hidden") in ("1", "true")
    return flag or float(element.get(size) or 1) < _LEAST[size]
