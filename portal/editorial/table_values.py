"""Values of a TOML file one by one: what is changed is written anew, every other byte stays.

A value is named by its path: `host`, `offices.pingding-office.phone`, `grades.0.places`. What was
written is read back and compared, so that a layout which is not understood here is refused.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portal.domain.dates import read_day
from portal.domain.window import Counting
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?\Z")
_VALUE = r"""(\s*{key}\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#\["'{{]+)(?=\s*(?:#.*)?\Z)"""
_UNREADABLE = "这份文件的写法有错误，先按检查改好，再一项一项地改"
_UNFIT = "这份文件的写法不能一项一项地改，请作为一整篇文字改"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as a person reads it; `label` is what people call it."""

    path: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """Values that belong together, under the name of what they are about."""

    title: str
    values: tuple[Value, ...]


_SITE = {
    "name": "网站名称",
    "host": "主办单位",
    "description": "网站简介",
    "identifier": "网站标识码",
    "icp": "ICP备案号",
    "police": "公安备案号",
}
_OFFICE = {
    "name": "全称",
    "short": "简称",
    "phone": "电话",
    "email": "电子邮箱",
    "address": "地址",
    "postcode": "邮政编码",
}
_AWARD = {"name": "全称", "short": "简称", "deadline": "报送截止日期，如2026-11-25"}
_GRADE = {"name": "名称", "places": "名额"}
_STEP = {
    "name": "名称",
    "actor": "谁办",
    "summary": "怎样办",
    Counting.WORKING_DAYS.value: "公示的工作日数",
    Counting.DAYS.value: "公示的天数",
    Counting.DAYS_WITHOUT_HOLIDAYS.value: "公示的天数，法定节假日除外",
}


def site_sections(text: str) -> list[Section]:
    """The site's facts and each office; RequestError for a text that is at fault."""
    table = _table(text)
    offices = table.get("offices")
    named = offices.items() if isinstance(offices, dict) else ()
    found = [_section("网站", "", table, _SITE)]
    for slug, office in named:
        if isinstance(office, dict):
            title = str(office.get("name") or slug)
            found.append(_section(title, f"offices.{slug}.", office, _OFFICE))
    return found


def award_sections(text: str) -> list[Section]:
    """An edition's names, its grades and its steps; RequestError for a text that is at fault."""
    table = _table(text)
    found = [_section("这一届", "", table, {k: v for k, v in _AWARD.items() if k in table})]
    for name, word, labels in (("grades", "奖项", _GRADE), ("steps", "环节", _STEP)):
        for number, one in enumerate(_tables(table, name)):
            there = {key: label for key, label in labels.items() if key in one}
            title = f"{word}{number + 1}：{one.get('name', '')}"
            found.append(_section(title, f"{name}.{number}.", one, there))
    return found


def with_values(text: str, wanted: Mapping[str, str]) -> str:
    """The text with some values as typed, by path; RequestError where one cannot be."""
    before = _table(text)
    after = deepcopy(before)
    lines = text.split("\n")
    for path, typed in wanted.items():
        table, key = _holder(after, path)
        old = table.get(key)
        value = _typed(old, _plain(typed))
        if old == value or (old is None and value == ""):
            continue
        table[key] = value
        _write(lines, path, value)
    written = "\n".join(lines)
    try:
        sound = tomllib.loads(written) == after
    except tomllib.TOMLDecodeError:
        sound = False
    if not sound:
        raise RequestError(_UNFIT)
    return written


def _section(title: str, prefix: str, table: Mapping[str, Any], labels: dict[str, str]) -> Section:
    values = (Value(prefix + key, label, str(table.get(key, ""))) for key, label in labels.items())
    return Section(title, tuple(values))


def _tables(table: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = table.get(name)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _table(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RequestError(_UNREADABLE) from error


def _holder(table: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """The table that holds a value, and its key there."""
    *parts, key = path.split(".")
    found: Any = table
    try:
        for part in parts:
            found = found[int(part)] if isinstance(found, list) else found[part]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise RequestError("这一项已经不在了，请重新打开这一页") from error
    return found, key


def _plain(typed: str) -> str:
    plain = " ".join(typed.split())
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in plain):
        raise RequestError("文字里有不能写入的字符，请去掉控制字符一类再存")
    return plain


def _typed(old: object, plain: str) -> object:
    """What was typed, as the kind of value that stands there."""
    if isinstance(old, str) and " ".join(old.split()) == plain:
        return old
    if isinstance(old, int) and not isinstance(old, bool):
        if not re.fullmatch(r"[0-9]{1,6}", plain):
            raise RequestError(f"“{plain}”应当是一个整数")
        return int(plain)
    if isinstance(old, date):
        try:
            return read_day(plain)
        except ValueError:
            raise RequestError(f"“{plain}”应当是一个日期，如2026-11-25") from None
    return plain


def _write(lines: list[str], path: str, value: object) -> None:
    """Write one value into the lines; where the key is new, after the last line of its table."""
    place, key = path.rpartition(".")[::2]
    literal = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    pattern, at, within = re.compile(_VALUE.format(key=re.escape(key))), None, not place
    counted: dict[str, int] = {}
    for number, line in enumerate(lines):
        if header := _HEADER.match(line):
            within = _address(header, counted) == place
            at = number if within else at
        elif within and (found := pattern.match(line)):
            lines[number] = f"{found[1]}{literal}{line[found.end() :]}"
            return
        elif within and re.match(r"\s*[A-Za-z0-9_-]+\s*=", line):
            at = number
    if at is None:
        raise RequestError(_UNFIT)
    lines.insert(at + 1, f"{key} = {literal}")


def _address(header: re.Match[str], counted: dict[str, int]) -> str:
    """The path of the table that begins with a header; of one of many with its number."""
    name = header[2]
    if header[1] == "[":
        return name
    counted[name] = counted.get(name, -1) + 1
    return f"{name}.{counted[name]}"
