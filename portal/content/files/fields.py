"""Fields: typed reading of a header or table; what was never asked for is an unknown field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from portal.content.files.fault_collector import START, Faults, Place
from portal.domain.workdays import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    Chosen = TypeVar("Chosen", bound=StrEnum)
    Option = TypeVar("Option")

_NAME_MOST = 60


@dataclass(slots=True)
class Fields:
    """One mapping of a file. Every getter notes a fault and gives a harmless value on bad input."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    faults: Faults
    prefix: str = ""
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> Place:
        """Where a key stands; for a missing one, where its mapping begins."""
        start = self.places.get(self.prefix.rstrip("."), START)
        return self.places.get(f"{self.prefix}{key}", start)

    def has(self, key: str) -> bool:
        """Whether a key is given with a value."""
        self.asked.add(key)
        return self.values.get(key) is not None

    def wrong(self, key: str, message: str, remedy: str = "") -> None:
        """Note that a key's value cannot be used."""
        self.faults.add("F007", f"“{self.prefix}{key}”{message}", remedy, self.at(key))

    def _value(self, key: str, *, required: bool) -> Any:
        self.asked.add(key)
        value = self.values.get(key)
        if value == [] or (isinstance(value, str) and not value.strip()):
            value = None
        if required and value is None:
            self.faults.add("F006", f"缺少“{self.prefix}{key}”", "补上这一项", self.at(key))
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        """A line of text, or the empty string."""
        value = self._value(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, "应为文字", f'给值加上英文引号，如 {key}: "…"')
            return ""
        return value.strip()

    def name(self, key: str) -> str:
        """A required name: one line that fits a heading and a table's cell."""
        return self._one_line(key, self.text(key, required=True))

    def names(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of names, each once."""
        found = tuple(self._one_line(key, one) for one in self.texts(key, required=required))
        if len(set(found)) < len(found):
            self.wrong(key, "有重复的一项", "每项只写一次")
        return found

    def _one_line(self, key: str, name: str) -> str:
        if len(name) > _NAME_MOST or not name.isprintable() or {*name} & {*"<>"}:
            remedy = "删去换行、控制字符和尖括号，写短一些"
            self.wrong(key, f"应为一行，最多{_NAME_MOST}个字", remedy)
        return name

    def integer(self, key: str, minimum: int, default: int | None = None) -> int:
        """A whole number of at least `minimum`; required when there is no default."""
        value = self._value(key, required=default is None)
        if value is None:
            return minimum if default is None else default
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            self.wrong(key, f"应为不小于{minimum}的整数", "只写数字，不加引号和单位")
            return minimum
        return value

    def flag(self, key: str) -> bool:
        """True or false; false when left out."""
        value = self._value(key, required=False)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.wrong(key, "应为 true 或 false", "改为 true 或 false")
        return False

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A calendar date."""
        value = self._value(key, required=required)
        if isinstance(value, str):
            value = _from_iso(date, value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if self.has(key):
            self.wrong(key, "应为日期", "写成 2026-12-07 的形式，并核对这一天是否存在")
        return None

    def instant(self, key: str, *, required: bool = False) -> datetime | None:
        """An instant with its time zone, as Asia/Shanghai."""
        value = self._value(key, required=required)
        if isinstance(value, str):
            value = _from_iso(datetime, value)
        if isinstance(value, datetime) and value.tzinfo is not None:
            try:
                return value.astimezone(SHANGHAI)
            except OverflowError:
                pass
        if self.has(key):
            remedy = "写成 2026-12-07T09:00:00+08:00 的形式"
            self.wrong(key, "应为带时区的日期和时间", remedy)
        return None

    def choice(
        self, key: str, options: type[Chosen], default: Chosen | None = None
    ) -> Chosen | None:
        """One member of an enumeration by its value; required when there is no default."""
        value = self._value(key, required=default is None)
        if value is None:
            return default
        try:
            return options(value)
        except ValueError:
            names = "、".join(option.value for option in options)
            self.wrong(key, "的值不认识", f"可选：{names}")
            return default

    def one_of(self, key: str, options: Mapping[str, Option]) -> Option | None:
        """The required value of a key among options that are data."""
        value = self.text(key, required=True)
        if value and value not in options:
            self.wrong(key, "的值不认识", f"可选：{'、'.join(options)}")
        return options.get(value)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        value = self._value(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, "应为文字的列表", "写成 [甲, 乙] 的形式")
            return ()
        if not all(item.strip() for item in value):
            self.wrong(key, "有空的一项", "删去这一项，或者补上")
        return tuple(item.strip() for item in value)

    def table(self, key: str, *, required: bool = False) -> Fields:
        """A nested mapping; an empty one when it is missing or wrong."""
        value = self._value(key, required=required)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, "应为“键: 值”的对照表", "写成 {键: 值} 的形式")
            value = None
        return Fields(value or {}, self.places, self.faults, f"{self.prefix}{key}.")

    def tables(self, key: str) -> list[Fields]:
        """A list of mappings."""
        value = self._value(key, required=False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, "应为对照表的列表", "每一项以 - 开头，写成 {键: 值} 的形式")
            return []
        return [
            Fields(item, self.places, self.faults, f"{self.prefix}{key}.{number}.")
            for number, item in enumerate(value)
        ]

    def mapping(self, key: str) -> list[tuple[str, Fields]]:
        """A mapping of names to mappings, such as [counties.dongshan]."""
        outer = self.table(key)
        return [(str(name), outer.table(str(name))) for name in outer.values]

    def pairs(self, key: str) -> dict[str, str]:
        """A mapping of texts to texts."""
        outer = self.table(key)
        return {str(name): outer.text(str(name)) for name in outer.values}

    def done(self) -> None:
        """Report every key that was never asked for."""
        for key in self.values:
            if key not in self.asked:
                known = "、".join(sorted(self.asked))
                message = f"不认识的字段“{self.prefix}{key}”"
                self.faults.add("F005", message, f"可用：{known}", self.at(str(key)))


Moment = TypeVar("Moment", date, datetime)


def _from_iso(kind: type[Moment], text: str) -> Moment | None:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        return None
