"""The working-day calendar from `chinesecalendar` and the override file content/calendar.yaml.

The override file adds years the package lacks, entered from the State Council's notice, and days
on which the office was closed:

    years:
      2027: {source: 国办发明电…, holidays: {2027-01-01: 元旦}, makeups: {2027-01-03: 元旦}}
    closures: {2021-12-08: 暴雪停止办公}
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from portal.domain.issue import Issue
from portal.domain.workdays import WorkCalendar
from portal.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@lru_cache(maxsize=1)
def _package_data() -> tuple[dict[date, str], dict[date, str]]:
    from chinese_calendar import constants

    holidays = {d: constants.Holiday(name).chinese for d, name in constants.holidays.items()}
    makeups = {d: constants.Holiday(name).chinese for d, name in constants.workdays.items()}
    return holidays, makeups


def _dates(path: str, part: str, value: Any) -> dict[date, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, date) for key in value):
        issue = Issue(
            path, 1, 1, "C001", f"{part} 应为“日期: 名称”的对照表", "例如 2027-01-01: 元旦"
        )
        raise ContentError(f"{path} 格式有误", [issue])
    return {key: str(name) for key, name in value.items()}


def load_calendar(override: Path | None = None) -> WorkCalendar:
    """The package's years joined with the override file's; ContentError for a bad file."""
    holidays, makeups = (dict(table) for table in _package_data())
    years = {d.year for d in holidays}
    closures: dict[date, str] = {}
    if override is not None and override.exists():
        data: Mapping[str, Any] = yaml.safe_load(override.read_text(encoding="utf-8")) or {}
        name = override.name
        for year, table in (data.get("years") or {}).items():
            holidays |= _dates(name, f"years.{year}.holidays", table.get("holidays"))
            makeups |= _dates(name, f"years.{year}.makeups", table.get("makeups"))
            years.add(int(year))
        closures = _dates(name, "closures", data.get("closures"))
    return WorkCalendar(frozenset(years), holidays, makeups, closures)
