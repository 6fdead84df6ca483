"""Files of the fictional round: notice folders, headers and lists, each marked 演示."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from portal.content.notice.list_reader import COLUMNS
from portal.domain.notice import plain_columns
from portal.domain.window import Counting, FirstDay
from portal.domain.workdays import SHANGHAI, WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from portal.domain.editions import Edition, Step
    from portal.domain.notice import Entry, Kind
    from portal.domain.places import Site

_REVIEW = {"drafted": "演示经办人", "reviewed": "演示审核人", "approved": "演示签发人"}
_MARK = "**演示数据**：本页的名称、日期和结果全部虚构，与任何真实的组织、个人和评选无关。"


@dataclass(frozen=True)
class Round:
    """One fictional edition: its slug and name, the award's rules, and where it is written."""

    slug: str
    name: str
    rules: Edition
    site: Site
    calendar: WorkCalendar
    directory: Path

    def before(self, on: date, working_days: int) -> date:
        """The working day `working_days` working days before `on`."""
        while working_days or not self.calendar.is_working(on):
            on -= timedelta(days=1)
            working_days -= self.calendar.is_working(on)
        return on


def write(path: Path, text: str) -> None:
    """Write a file and the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _csv(entries: Sequence[Entry]) -> str:
    plain = [label for label, _ in plain_columns(entries)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS[:-1], *plain, COLUMNS[-1]))
    for e in entries:
        cells = (e.grade or "", e.category, e.name, e.credit_code, e.county, e.employer, e.position)
        more = dict(e.more)
        writer.writerow((*cells, *(more.get(label, "") for label in plain), e.remark))
    return out.getvalue()


def publish(
    edition: Round,
    slug: str,
    fields: dict[str, Any],
    body: str,
    entries: Sequence[Entry] = (),
    *,
    part: str = "",
) -> None:
    """Write one notice folder, or the earlier text `part` of it."""
    folder = edition.directory / "notices" / slug / part
    head = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
    write(folder / "notice.md", f"---\n{head}---\n{_MARK}\n\n{body}\n")
    if entries:
        write(folder / "list.csv", _csv(entries))


def at_hour(on: date, hour: int = 9) -> datetime:
    """An hour of a day in China."""
    return datetime.combine(on, time(hour), SHANGHAI)


def header(
    edition: Round, kind: Kind, title: str, published: datetime, issuer: str = ""
) -> dict[str, Any]:
    """The header of a fictional notice."""
    return {
        "title": f"{title}（演示）",
        "kind": str(kind),
        "edition": edition.slug,
        "issuer": issuer or edition.site.office,
        "published": published.isoformat(),
        "review": _REVIEW,
        "tags": ["演示"],
    }


def issuer_of(site: Site, county: str | None) -> str:
    """The office of a county, or the main one."""
    found = (office.slug for office in site.offices.values() if office.county == county)
    return next(found, site.office) if county else site.office


def window_header(edition: Round, step: Step, opens: date) -> dict[str, Any]:
    """The window of a publicity as its header has it."""
    if step.counting is Counting.UNTIL:
        return {"opens": opens, "until": edition.calendar.add(opens, 6)}
    window: dict[str, Any] = {"opens": opens, str(step.counting): step.length}
    if step.first_day is not FirstDay.COUNTED:
        window["first-day"] = str(step.first_day)
    return window
