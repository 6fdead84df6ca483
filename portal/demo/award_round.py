"""A complete fictional award round, plainly marked 演示, with windows around a given day.

Two fictional editions: `demo-1` has run its whole course (county lists, city list, a decision with
a vacant place, a correction); `demo-2` is under way (one county window open, one scheduled, one
closed, one corrected by a revision, one withdrawn). All of it passes `portal lint --stage publish`.
"""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from portal.demo.fiction import county_entries, graded
from portal.domain.workdays import SHANGHAI, WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from portal.domain.notice import Entry
    from portal.domain.places import Site

_HEADER = ("奖项", "类别", "名称", "统一社会信用代码", "县区", "工作单位", "职务", "备注")
_REVIEW = {"drafted": "演示经办人", "reviewed": "演示审核人", "approved": "演示签发人"}
_MARK = "**演示数据**：本页的名称、日期和结果全部虚构，与任何真实的组织、个人和评选无关。"


@dataclass(frozen=True)
class _Round:
    """One fictional edition: its slug, name, and the calendar day it is written on."""

    slug: str
    name: str
    calendar: WorkCalendar

    def before(self, on: date, working_days: int) -> date:
        """The working day `working_days` working days before `on`."""
        while working_days or not self.calendar.is_working(on):
            on -= timedelta(days=1)
            working_days -= self.calendar.is_working(on)
        return on


def write_demo(directory: Path, site: Site, calendar: WorkCalendar, today: date) -> None:
    """Write the demonstration tree to `directory`, replacing what an earlier run wrote there."""
    for part in ("content", "notices"):
        shutil.rmtree(directory / part, ignore_errors=True)
    calendar = _with_assumed_years(directory, calendar, today)
    past = _Round("demo-1", "演示第一届质量奖", calendar)
    current = _Round("demo-2", "演示第二届质量奖", calendar)
    for edition, ordinal in ((past, "演示第一届"), (current, "演示第二届")):
        _write_edition(directory, edition, ordinal)
    _write_past(directory, past, site, past.before(today, 60))
    _write_current(directory, current, site, today)


def _with_assumed_years(directory: Path, calendar: WorkCalendar, today: date) -> WorkCalendar:
    """Give years without data plain weekends, in the demonstration only, and say so in its file."""
    missing = {today.year - 1, today.year, today.year + 1} - calendar.years
    if missing:
        years = {year: {"source": "演示假定：只按周末休息推算"} for year in sorted(missing)}
        _write(directory / "content" / "calendar.yaml", yaml.safe_dump({"years": years}))
    return WorkCalendar(
        calendar.years | missing, calendar.holidays, calendar.makeups, calendar.closures
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_edition(directory: Path, edition: _Round, ordinal: str) -> None:
    _write(
        directory / "content" / "awards" / f"{edition.slug}.toml",
        f"""# Fictional, written by `portal demo`.
name = "{edition.name}（演示）"
short = "{ordinal}"
demonstration = true
vacancies = true
organization-cap = 5
individual-cap = 2
county-working-days = 5
city-working-days = 5

[places]
"质量奖" = 3
"提名奖" = 5
""",
    )


def _csv(entries: Sequence[Entry]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    for e in entries:
        cells = (e.grade or "", e.category.value, e.name, e.credit_code)
        writer.writerow((*cells, e.county, e.employer, e.position, e.remark))
    return out.getvalue()


def _publish(
    directory: Path,
    slug: str,
    fields: dict[str, Any],
    body: str,
    entries: Sequence[Entry] = (),
    *,
    part: str = "",
) -> None:
    """Write one notice folder, or the earlier text `part` of it."""
    folder = directory / "notices" / slug / part
    head = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
    _write(folder / "notice.md", f"---\n{head}---\n{_MARK}\n\n{body}\n")
    if entries:
        _write(folder / "list.csv", _csv(entries))


def _at(on: date, hour: int = 9) -> datetime:
    return datetime.combine(on, time(hour), SHANGHAI)


def _fields(
    edition: _Round, kind: str, title: str, published: datetime, issuer: str
) -> dict[str, Any]:
    return {
        "title": f"{title}（演示）",
        "kind": kind,
        "edition": edition.slug,
        "issuer": issuer,
        "published": published.isoformat(),
        "review": _REVIEW,
        "tags": ["演示"],
    }


def _issuer(site: Site, county: str | None) -> str:
    found = (office.slug for office in site.offices.values() if office.county == county)
    return next(found, site.office) if county else site.office


def _call(directory: Path, edition: _Round, site: Site, on: date) -> None:
    fields = _fields(edition, "call", f"关于开展{edition.name}评选的通知", _at(on), site.office)
    body = (
        "为演示本门户的全部功能，开展一次虚构的质量奖评选。\n\n## 奖项设置\n\n"
        "设质量奖3个、提名奖5个，无符合条件的可空缺。\n\n## 推荐名额\n\n"
        "原则上每个县（区）推荐组织不超过5个、个人不超过2名。"
    )
    _publish(directory, f"{edition.slug}-call", fields, body)


def _county_notice(
    edition: _Round, site: Site, county: str, opens: date
) -> tuple[dict[str, Any], str, tuple[Entry, ...]]:
    name = site.counties[county].name
    title = f"{name}{edition.name}推荐名单公示"
    fields = _fields(edition, "county-publicity", title, _at(opens, 0), _issuer(site, county))
    fields |= {"county": county, "window": {"opens": opens, "working-days": 5}}
    entries = county_entries(county, name)
    firms = sum(not entry.category.individual for entry in entries)
    body = (
        f"经自愿申报、初审和县（区）人民政府批准，现将{name}拟推荐的{firms}个组织、"
        f"{len(entries) - firms}名个人予以公示，广泛听取社会各界意见。"
    )
    return fields, body, entries


def _county(directory: Path, edition: _Round, site: Site, county: str, opens: date) -> None:
    _publish(directory, f"{edition.slug}-{county}", *_county_notice(edition, site, county, opens))


def _write_past(directory: Path, edition: _Round, site: Site, start: date) -> None:
    """The finished edition; `start` is the first day of its county windows."""
    calendar = edition.calendar
    _call(directory, edition, site, edition.before(start, 20))
    for county in site.counties:
        _county(directory, edition, site, county, start)
    everyone = tuple(e for c, place in site.counties.items() for e in county_entries(c, place.name))
    winners = graded(everyone)
    opens = calendar.add(start, 12)
    fields = _fields(
        edition, "city-publicity", f"{edition.name}获奖建议名单公示", _at(opens, 0), site.office
    )
    fields |= {"window": {"opens": opens, "working-days": 5}}
    fields |= {"reasons": [{"about": "left-out", "reason": "经评审未进入获奖建议名单"}]}
    body = "经审查、评审、答辩、现场审核和集体审议，现将获奖建议名单向社会公示。"
    _publish(directory, f"{edition.slug}-city", fields, body, winners)
    decided = calendar.add(opens, 10)
    fields = _fields(
        edition,
        "decision",
        f"关于表彰{edition.name}获奖组织和个人的决定",
        _at(decided),
        site.office,
    )
    body = "公示期满，现对下列组织和个人予以表彰。质量奖设3个名额，授予2个，空缺1个。"
    _publish(directory, f"{edition.slug}-decision", fields, body, winners)
    corrected = calendar.add(decided, 2)
    title = f"关于{edition.name}表彰决定的更正"
    fields = _fields(edition, "correction", title, _at(corrected), site.office)
    fields |= {"amends": f"{edition.slug}-decision"}
    body = "表彰决定中个别获奖个人的职务名称以本人所在单位出具的证明为准，获奖名单不变。"
    _publish(directory, f"{edition.slug}-correction", fields, body)


def _write_current(directory: Path, edition: _Round, site: Site, today: date) -> None:
    """The edition under way: every county window in another state."""
    calendar = edition.calendar
    states = dict(
        zip(("closed", "open", "corrected", "withdrawn", "scheduled"), site.counties, strict=False)
    )

    def ago(working_days: int) -> date:
        return edition.before(today, working_days)

    _call(directory, edition, site, ago(25))
    _county(directory, edition, site, states["closed"], ago(12))
    _county(directory, edition, site, states["open"], ago(1))
    _corrected(directory, edition, site, states["corrected"], ago(10))
    _withdrawn(directory, edition, site, states["withdrawn"], ago(8))
    opens = calendar.add(today, 3)
    fields, body, entries = _county_notice(edition, site, states["scheduled"], opens)
    fields["published"] = _at(ago(1), 10).isoformat()
    _publish(directory, f"{edition.slug}-{states['scheduled']}", fields, body, entries)


def _corrected(directory: Path, edition: _Round, site: Site, county: str, opens: date) -> None:
    slug = f"{edition.slug}-{county}"
    fields, body, entries = _county_notice(edition, site, county, opens)
    wrong = (*entries[:-1], _renamed(entries[-1], "职务误写"))
    _publish(directory, slug, fields, body, wrong, part="revisions/1")
    updated = _at(edition.calendar.add(opens, 1), 15)
    fields |= {
        "revision": 2,
        "updated": updated.isoformat(),
        "note": f"更正{entries[-1].name}的职务，其余内容不变。",
    }
    _publish(directory, slug, fields, body, entries)


def _renamed(entry: Entry, position: str) -> Entry:
    return type(entry)(
        entry.name, entry.category, county=entry.county, employer=entry.employer, position=position
    )


def _withdrawn(directory: Path, edition: _Round, site: Site, county: str, opens: date) -> None:
    _county(directory, edition, site, county, opens)
    name = site.counties[county].name
    title = f"关于撤回{name}{edition.name}推荐名单公示的公告"
    at = _at(edition.calendar.add(opens, 2), 11)
    fields = _fields(edition, "withdrawal", title, at, _issuer(site, county))
    fields |= {"county": county, "amends": f"{edition.slug}-{county}"}
    body = f"因推荐材料需要补充核实，{name}推荐名单公示即日起撤回，核实后重新公示。"
    _publish(directory, f"{edition.slug}-{county}-withdrawal", fields, body)
