"""The working-day calendar from `chinesecalendar` and the override file content/calendar.yaml.

The override file adds years the package lacks, entered from the State Council's notice, and days
on which the office was closed:

    years:
      2027: {source: 国办发明电…, holidays: {2027-01-01: 元旦}, makeups: {2027-01-03: 元旦}}
    closures: {2026-12-09: 暴雪停止办公}
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import decode, read_yaml
from portal.domain.workdays import WorkCalendar
from portal.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path

    from portal.errors import Issue


@lru_cache(maxsize=1)
def _package_data() -> tuple[dict[date, str], dict[date, str]]:
    from chinese_calendar import constants

    holidays = {d: constants.Holiday(name).chinese for d, name in constants.holidays.items()}
    makeups = {d: constants.Holiday(name).chinese for d, name in constants.workdays.items()}
    return holidays, makeups


def _dates(faults: Faults, part: str, value: Any) -> dict[date, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, date) for key in value):
        faults.add("S002", f"{part} 应为“日期: 名称”的对照表", "例如 2027-01-01: 元旦")
        return {}
    return {key: str(name) for key, name in value.items()}


def load_calendar(*overrides: Path) -> WorkCalendar:
    """The package's years joined with those of override files; ContentError for a bad file."""
    holidays, makeups = (dict(table) for table in _package_data())
    years = {d.year for d in holidays}
    closures: dict[date, str] = {}
    issues: list[Issue] = []
    for path in overrides:
        if not path.exists():
            continue
        faults = Faults(str(path))
        text = decode(path.read_bytes(), faults)
        found = read_yaml(text, faults) if text is not None else None
        data = found[0] if found else {}
        added = data.get("years") if isinstance(data, dict) else None
        for year, table in (added or {}).items() if isinstance(added or {}, dict) else ():
            if not isinstance(year, int) or not isinstance(table, dict):
                faults.add("S002", f"years.{year} 应为年份和它的安排", "见 docs/content-format.md")
                continue
            holidays |= _dates(faults, f"years.{year}.holidays", table.get("holidays"))
            makeups |= _dates(faults, f"years.{year}.makeups", table.get("makeups"))
            years.add(year)
        if isinstance(data, dict):
            closures |= _dates(faults, "closures", data.get("closures"))
        else:
            faults.add("S002", "应为 years 和 closures 两段", "见 docs/content-format.md")
        issues += faults.issues
    if issues:
        raise ContentError("工作日历 calendar.yaml 有误", issues)
    return WorkCalendar(frozenset(years), holidays, makeups, closures)
