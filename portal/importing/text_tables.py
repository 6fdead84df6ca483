"""Text tables: CSV and tab-separated text in the encodings that offices save it in."""

from __future__ import annotations

import csv
import io
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


def read_text_table(path: Path) -> tuple[Sheet, list[str]]:
    """The one table of a text file, and what was done to its encoding."""
    if path.stat().st_size > _MOST_BYTES:
        raise RequestError(f"{path.name} 超过{_MOST_BYTES // 1024 // 1024} MB；请只留名单再导入")
    text, told = _decoded(path)
    found = [(separator, rows) for separator in _SEPARATORS if (rows := _rows(text, separator))]
    if not found:
        # Told from the comma's reading, which is the commonest.
        _rows(text, ",", path.name)
        raise RequestError(f"{path.name} 是空的")
    separator, rows = max(found, key=lambda one: _headings(one[1]))
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


def _rows(text: str, separator: str, name: str = "") -> list[list[str]]:
    """The rows of a text; empty when it is no table with this separator, or told with `name`."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return list(reader) if text.strip() else []
    except csv.Error as error:
        if name:
            raise RequestError(
                f"{name} 的引号不成对，不能确定各格的界限；请用 Excel 或 WPS 另存为 .xlsx"
            ) from error
        return []


def _headings(rows: list[list[str]]) -> int:
    """How many known headings the best of the first rows has."""
    probed = rows[:_PROBED]
    return max((sum(heading_of(cell) is not None for cell in row) for row in probed), default=0)
