"""Importer: turns an office's spreadsheet into a clean list.csv and tells each change it made."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.content.files.workbooks import read_workbook
from portal.content.notice.list_reader import COLUMNS
from portal.domain.awards import Grade
from portal.domain.identifiers import parse_credit_code
from portal.errors import RequestError
from portal.importing.headings import CATEGORY_SYNONYMS, category_in, columns_of, is_subtitle, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from portal.domain.places import Site

_LATIN_SPACE = re.compile(r"(?<=[A-Za-z0-9.&'-]) (?=[A-Za-z0-9&(])")
_SPACES = re.compile(r"\s+")
_NO_ENTRY = re.compile(
    r"(?:合计|总计|小计|共计|备注|注|说明|制表人?|填表人?|联系人)\s*[:：]|(?:合|总|小)计"
)
_DEEPEST_HEADER = 10
_GRADES = sorted(grade.value for grade in Grade)


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with the row of the source (0 for the whole sheet) and the column's title."""

    row: int
    column: str
    message: str
    sheet: str = ""

    def __str__(self) -> str:
        row = f"第{self.row}行" if self.row else "全表"
        column = f"“{_SPACES.sub('', self.column)}”" if self.column else ""
        sheet = f"[{self.sheet}] " if self.sheet else ""
        return f"{sheet}{row}{column}：{self.message}"


@dataclass(frozen=True, slots=True)
class Imported:
    """A clean list: the bytes of list.csv, the number of entries, and every change made."""

    data: bytes
    entries: int
    changes: tuple[Change, ...]


@dataclass(slots=True)
class _Table:
    """The cells of a source below its header; `numbers` are row numbers as a spreadsheet counts."""

    columns: dict[str, int]
    numbers: list[int]
    rows: list[list[str]]
    title: str


def import_list(path: Path, site: Site) -> Imported:
    """Read .xlsx or .csv; raises RequestError when no list can be recognised in it."""
    changes: list[Change] = []
    clean: list[dict[str, str]] = []
    found = False
    for name, rows in _sheets(path, changes):
        own: list[Change] = []
        table = _table(name, rows, own)
        if table is not None:
            found = True
            clean += _clean(table, site, own)
        elif any(cell.strip() for row in rows for cell in row):
            own.append(Change(0, "", "没有认出表头，略去"))
        changes += [replace(change, sheet=name) for change in own]
    if not found:
        raise RequestError(
            f"{path.name} 中没有认出名单：需要一行表头，其中有“名称”“姓名”或“单位名称”一类的列"
        )
    used = [c for c in COLUMNS if any(row[c] for row in clean) or c in ("类别", "名称")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([row[column] for column in used] for row in clean)
    return Imported(out.getvalue().encode(), len(clean), tuple(changes))


def _sheets(path: Path, changes: list[Change]) -> Iterator[tuple[str, list[list[str]]]]:
    """The visible sheets of a workbook with their names, or the one table of a CSV file."""
    if path.suffix.lower() == ".xlsx":
        try:
            sheets = read_workbook(path)
        except Exception as error:
            # A damaged or foreign file raises whatever its parser meets.
            raise RequestError(f"{path.name} 打不开：不是 .xlsx 文件，或已损坏、加密") from error
        for sheet in sheets:
            if sheet.hidden:
                changes.append(Change(0, "", f"略去隐藏的工作表“{sheet.title}”"))
            else:
                yield sheet.title, _unmerged([list(row) for row in sheet.rows], sheet.merged)
    elif path.suffix.lower() in (".csv", ".txt"):
        yield "", _csv_rows(path, changes)
    else:
        raise RequestError(f"不能导入 {path.name}：请另存为 .xlsx 或 .csv")


def _unmerged(
    rows: list[list[str]], merged: Sequence[tuple[int, int, int, int]]
) -> list[list[str]]:
    """A category or county merged over several rows holds for each of them."""
    for top, left, height, width in merged:
        if height > 1 and width == 1:
            for row in rows[top : top + height - 1]:
                row[left - 1] = rows[top - 1][left - 1]
    return rows


def _csv_rows(path: Path, changes: list[Change]) -> list[list[str]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise RequestError(f"{path.name} 既不是 UTF-8 也不是 GBK 编码") from error
        changes.append(Change(0, "", "编码由 GBK 改为 UTF-8"))
    if data.startswith(b"\xef\xbb\xbf"):
        changes.append(Change(0, "", "去掉了 BOM"))
    separator = "\t" if "\t" in text and "," not in text.partition("\n")[0] else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise RequestError(f"{path.name} 不是正确的 CSV：{error}") from error


def _table(name: str, rows: list[list[str]], changes: list[Change]) -> _Table | None:
    """Find the header among the first rows; what stands above it is the title."""
    best: tuple[int, dict[str, int]] = (-1, {})
    for number, row in enumerate(rows[:_DEEPEST_HEADER]):
        columns = columns_of(row)
        if "名称" in columns and len(columns) > len(best[1]):
            best = (number, columns)
    number, columns = best
    if number < 0:
        return None
    title = " ".join(cell for row in rows[:number] for cell in row if cell)
    if title:
        changes.append(Change(number, "", f"略去表头以上的文字“{title[:40]}”"))
    for place, heading in enumerate(rows[number]):
        column = next((c for c, at in columns.items() if at == place), None)
        if column is None and plain(heading):
            changes.append(Change(number + 1, heading, "略去这一列"))
        elif column is not None and heading != column:
            changes.append(Change(number + 1, heading, f"表头改为“{column}”"))
    body = range(number + 1, len(rows))
    return _Table(columns, [n + 1 for n in body], [rows[n] for n in body], f"{name} {title}")


def _clean(table: _Table, site: Site, changes: list[Change]) -> Iterator[dict[str, str]]:
    """Clean rows. A row that holds nothing but a heading such as 二、个人 sets the category."""
    heading = category_in(table.title)
    for number, cells in zip(table.numbers, table.rows, strict=True):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled:
            continue
        raw = {c: cells[at].strip() if at < len(cells) else "" for c, at in table.columns.items()}
        if len(set(filled)) == 1 and is_subtitle(filled[0]):
            heading = category_in(filled[0]) or heading
            changes.append(Change(number, "", f"略去小标题“{filled[0]}”"))
            continue
        if not raw["名称"] or _NO_ENTRY.match(raw["名称"]):
            if not plain("".join(filled)).isdecimal():
                left_out = " ".join(filled)[:40]
                changes.append(Change(number, "", f"略去不是条目的一行“{left_out}”"))
            continue
        yield _row(number, raw, heading, site, changes)


def _row(
    number: int, raw: dict[str, str], heading: str, site: Site, changes: list[Change]
) -> dict[str, str]:
    """One clean row of all columns."""
    row = {column: _tidy(column, raw.get(column, "")) for column in COLUMNS}
    row["类别"] = CATEGORY_SYNONYMS.get(row["类别"], row["类别"]) or heading
    if not row["类别"] and not row["工作单位"]:
        row["类别"] = "组织"
    row["奖项"] = next((g for g in _GRADES if row["奖项"].endswith(g)), row["奖项"])
    row["县区"] = _county(row["县区"], site)
    code = row["统一社会信用代码"]
    if code:
        try:
            row["统一社会信用代码"] = str(parse_credit_code(code))
        except ValueError as error:
            changes.append(Change(number, "统一社会信用代码", f"请核对：{error}"))
    for column in COLUMNS:
        before, after = raw.get(column, ""), row[column]
        if before != after:
            shown = f"“{before}”改为“{after}”" if before else f"补为“{after}”"
            changes.append(Change(number, column, shown))
    return row


def _tidy(column: str, value: str) -> str:
    """No inner spaces but between Latin words, half-width digits and letters, one line."""
    text = value.replace("\r", "").replace("\n", "")
    text = "".join(_narrow(character) for character in text)
    if column == "备注":
        return text.strip()
    kept = _LATIN_SPACE.sub("\0", _SPACES.sub(" ", text))
    tidy = kept.replace(" ", "").replace("\0", " ")
    return re.sub(r"\.0$", "", tidy) if column == "统一社会信用代码" else tidy


def _narrow(character: str) -> str:
    """Full-width digits, letters and spaces made half-width; Chinese punctuation stays."""
    half = unicodedata.normalize("NFKC", character)
    return half if half.isascii() and (half.isalnum() or half.isspace()) else character


def _county(value: str, site: Site) -> str:
    """A county's full name for a name without 县 or for a look-alike; anything else as it is."""
    names = {county.name: county.name for county in site.counties.values()}
    for county in site.counties.values():
        names[county.name.rstrip("县区")] = county.name
        names |= dict.fromkeys(county.lookalikes, county.name)
        names |= dict.fromkeys((w.rstrip("县区") for w in county.lookalikes), county.name)
    names.pop("", None)
    return names.get(value, value)
