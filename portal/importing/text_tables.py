"""Text tables: CSV and tab-separated text in the encodings that offices save it in."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from portal.content.files.workbooks import MOST_COLUMNS, MOST_ROWS, Sheet
from portal.errors import RequestError
from portal.importing.headings import heading_of

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 16 * 1024 * 1024
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = ",\t;，|"
_PROBED = 20
_NAMED = re.compile(r'"?sep=([^\w\s"]|\t)"?(?:\r\n?|\n)', re.IGNORECASE)


def read_text_table(path: Path) -> tuple[Sheet, list[str]]:
    """The one table of a text file, and what was done to its encoding."""
    if path.stat().st_size > _MOST_BYTES:
        raise RequestError(f"{path.name} 超过{_MOST_BYTES // 1024 // 1024} MB；请只留名单再导入")
    text, told = _decoded(path)
    if not text.strip():
        raise RequestError(f"{path.name} 是空的")
    named = _NAMED.match(text)
    if named:
        # Excel's own line, which is not shown there; the others keep their numbers.
        text = text[named.end() :]
        told.append("按首行的 sep= 分列")
    separator = named[1] if named else _separator(text)
    above: list[list[str]] = [[]] if named else []
    rows = above + _rows(text, separator, path.name, 1 + len(above))
    if separator != ",":
        told.append({"\t": "按制表符分列"}.get(separator, f"按“{separator}”分列"))
    width = max(map(len, rows), default=0)
    if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
        raise RequestError(f"{path.name} 超过{MOST_ROWS}行或{MOST_COLUMNS}列；请只留名单再导入")
    return Sheet("", tuple(map(tuple, rows)), hidden=False), told


def _decoded(path: Path) -> tuple[str, list[str]]:
    data = path.read_bytes()
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                told = [] if mark == _MARKS[0][0] else ["编码由 UTF-16 改为 UTF-8"]
                return data.decode(encoding).removeprefix("\ufeff"), told
            except UnicodeDecodeError as error:
                raise RequestError(f"{path.name} 的编码已损坏；请重新另存为 .xlsx") from error
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise RequestError(
            f"{path.name} 既不是 UTF-8 也不是 GBK 编码；请用 Excel 或 WPS 另存为 .xlsx"
        ) from error
    return text, ["编码由 GBK 改为 UTF-8"]


def _separator(text: str) -> str:
    """The separator under which the first lines have the most known headings, whatever is quoted.

    Judged without the quotes, so that one that is not closed does not look like another separator.
    """
    lines = re.split(r"\r\n?|\n", text, maxsplit=_PROBED)[:_PROBED]
    split = {
        one: [[cell.strip(' "') for cell in line.split(one)] for line in lines]
        for one in _SEPARATORS
    }
    return max(_SEPARATORS, key=lambda one: _headings(split[one]))


def _rows(text: str, separator: str, name: str, first: int) -> list[list[str]]:
    """The rows of a text whose first line has the number `first`; RequestError for its quotes."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    line = first
    try:
        for row in reader:
            rows.append(row)
            line = reader.line_num + first
    except csv.Error as error:
        raise RequestError(
            f"{name} 第{line}行的引号不成对，不能确定各格的界限；"
            "请补上或删去引号，或用 Excel、WPS 另存为 .xlsx"
        ) from error
    return rows


def _headings(rows: list[list[str]]) -> int:
    """How many known headings the best of the first rows has."""
    probed = rows[:_PROBED]
    return max((sum(heading_of(cell) is not None for cell in row) for row in probed), default=0)
