"""A complete fictional award round, plainly marked 演示, with windows around a given day.

Two fictional editions: `demo-1` has run its whole course (county lists, city list, a decision with
a vacant place, a correction); `demo-2` is under way (one county window open, one scheduled, one
closed, one corrected by a revision, one withdrawn). All of it passes `portal lint --stage publish`.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from portal.content.award_writer import write_edition
from portal.demo.fiction import graded, place_entries
from portal.demo.round_files import Round, at_hour, header, issuer_of, publish, window_header, write
from portal.domain.awards import Sort
from portal.domain.notice import Kind
from portal.domain.quotas import vacancies
from portal.domain.round_news import Reached
from portal.domain.window import Counting, publicity_window
from portal.domain.workdays import WorkCalendar
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from portal.content.parts import Parts
    from portal.domain.editions import Edition, Step
    from portal.domain.notice import Entry


def write_demo(directory: Path, real: Parts, today: date) -> None:
    """Write the demonstration tree to `directory`, replacing what an earlier run wrote there.

    Its award is the real one of the newest edition; RequestError where there is none.
    """
    rules = [edition for edition in real.editions.values() if not edition.demonstration]
    if not rules:
        raise RequestError("content/awards/ 里没有届次，不知道怎样演示；先写好一届的评选办法")
    for part in ("content", "notices"):
        shutil.rmtree(directory / part, ignore_errors=True)
    calendar = _with_assumed_years(directory, real.calendar, today)
    past, current = (
        Round(
            f"demo-{number}", f"演示第{ordinal}届质量奖", rules[-1], real.site, calendar, directory
        )
        for number, ordinal in ((1, "一"), (2, "二"))
    )
    for edition, ordinal in ((past, "演示第一届"), (current, "演示第二届")):
        _write_edition(edition, ordinal)
    _write_past(past, past.before(today, 30 * max(2, len(past.rules.stages))))
    _write_current(current, today)


def _with_assumed_years(directory: Path, calendar: WorkCalendar, today: date) -> WorkCalendar:
    """Give years without data plain weekends, in the demonstration only, and say so in its file."""
    missing = {today.year - 1, today.year, today.year + 1} - calendar.years
    if missing:
        years = {year: {"source": "演示假定：只按周末休息推算"} for year in sorted(missing)}
        write(directory / "content" / "calendar.yaml", yaml.safe_dump({"years": years}))
    return WorkCalendar(
        calendar.years | missing, calendar.holidays, calendar.makeups, calendar.closures
    )


def _write_edition(edition: Round, ordinal: str) -> None:
    fictional = replace(
        edition.rules,
        slug=edition.slug,
        name=f"{edition.name}（演示）",
        short=ordinal,
        award="",
        demonstration=True,
        vacancies=True,
        deadline=None,
    )
    text = write_edition(fictional, "Fictional, written by `portal demo`.")
    write(edition.directory / "content" / "awards" / f"{edition.slug}.toml", text)


def _afterwards(edition: Round, step: Step, opens: date, working_days: int) -> date:
    """Some working days after a publicity opened, when it is over."""
    on = edition.calendar.add(opens, working_days)
    if step.counting is Counting.UNTIL:
        return on
    window = publicity_window(
        opens, step.length, edition.calendar, counting=step.counting, first_day=step.first_day
    )
    return on if on > window.closes else edition.calendar.add(window.closes, 1)


def _call(edition: Round, on: date) -> None:
    title = f"关于开展{edition.name}评选的通知"
    rules, words = edition.rules, edition.site.words
    grades = "、".join(f"{g}{g.places}个" if g.places else g for g in rules.terms.grades)
    body = (
        "为演示本门户的全部功能，开展一次虚构的质量奖评选。\n\n## 奖项设置\n\n"
        f"设{grades}，无符合条件的可空缺。"
    )
    caps = "、".join(f"{c.label}不超过{c.most}{c.categories[0].sort.measure}" for c in rules.caps)
    if caps:
        places = f"每个{words.county}推荐" if rules.has_counties else "推荐"
        principle = "原则上" if all(cap.in_principle for cap in rules.caps) else ""
        body += f"\n\n## 推荐名额\n\n{principle}{places}{caps}。"
    fields = header(edition, Kind.CALL, title, at_hour(on))
    publish(edition, f"{edition.slug}-call", fields, body)


def _county_notice(
    edition: Round, step: Step, county: str, opens: date
) -> tuple[dict[str, Any], str, list[Entry]]:
    site = edition.site
    assert step.kind is not None
    name = site.counties[county].name
    title = f"{name}{edition.name}推荐名单公示"
    fields = header(edition, step.kind, title, at_hour(opens, 0), issuer_of(site, county))
    fields |= {"county": county, "window": window_header(edition, step, opens)}
    entries = _everyone(edition)[county]
    body = (
        f"经自愿申报、初审和{site.words.county}人民政府批准，现将{name}拟推荐的{_counted(entries)}"
        "予以公示，广泛听取社会各界意见。"
    )
    return fields, body, entries


def _county(edition: Round, step: Step, county: str, opens: date) -> None:
    publish(edition, f"{edition.slug}-{county}", *_county_notice(edition, step, county, opens))


def _counted(entries: Sequence[Entry]) -> str:
    """2个组织、1名个人."""
    sorts = Counter(entry.category.sort for entry in entries)
    return "、".join(f"{sorts[s]}{s.measure}{s.label}" for s in Sort if sorts[s])


def _everyone(edition: Round) -> dict[str, list[Entry]]:
    """Who is proposed, by place; without places below there is one without a name."""
    counties = edition.site.counties if edition.rules.has_counties else {}
    places = [(slug, county.name) for slug, county in counties.items()]
    return place_entries(edition.rules, places or [("", "")])


def _own(edition: Round, step: Step, opens: date, entries: Sequence[Entry]) -> None:
    """The publicity of who gives the award."""
    assert step.kind is not None
    last = step is edition.rules.stages[-1]
    title = f"{edition.name}获奖建议名单公示" if last else f"{edition.name}{step.kind.label}"
    fields = header(edition, step.kind, title, at_hour(opens, 0))
    fields |= {"window": window_header(edition, step, opens)}
    if last and step.stands_on:
        fields |= {"reasons": [{"about": "left-out", "reason": "经评审未进入获奖建议名单"}]}
    body = "经审查、评审、答辩、现场审核和集体审议，现将获奖建议名单向社会公示。"
    if not last:
        body = "现将名单向社会公示。"
    slug = f"{edition.slug}-{step.kind.removesuffix('-publicity')}"
    publish(edition, slug, fields, body, entries)


def _write_past(edition: Round, start: date) -> None:
    """The finished edition; `start` is the first day of its first publicity."""
    rules, calendar = edition.rules, edition.calendar
    _call(edition, edition.before(start, 20))
    entries = _everyone(edition)
    everyone = [entry for place in entries.values() for entry in place]
    winners = graded(replace(rules, vacancies=True), everyone)
    opens = start
    for step in rules.stages:
        if step.kind and step.kind.of_county:
            for county in edition.site.counties:
                _county(edition, step, county, opens)
        else:
            if step is rules.stages[-1]:
                _progress(edition, step, opens)
            _own(edition, step, opens, winners if step is rules.stages[-1] else everyone)
        opens = _afterwards(edition, step, opens, 10 if step is rules.stages[-1] else 12)
    decided = opens
    for step in rules.stages[-1:]:
        _result(edition, step, decided)
    title = f"关于表彰{edition.name}获奖组织和个人的决定"
    fields = header(edition, Kind.DECISION, title, at_hour(decided))
    body = f"公示期满，现对下列组织和个人予以表彰。{_vacant(rules, winners)}"
    publish(edition, f"{edition.slug}-decision", fields, body, winners)
    corrected = calendar.add(decided, 2)
    title = f"关于{edition.name}表彰决定的更正"
    fields = header(edition, Kind.CORRECTION, title, at_hour(corrected))
    fields |= {"amends": f"{edition.slug}-decision"}
    body = "表彰决定中个别获奖个人的职务名称以本人所在单位出具的证明为准，获奖名单不变。"
    publish(edition, f"{edition.slug}-correction", fields, body)


def _progress(edition: Round, before: Step, opens: date) -> None:
    """The end of the last step that no list shows, shortly before a publicity."""
    steps = [s for s in edition.rules.steps if not s.kind and s.number < before.number]
    for step in steps[-1:]:
        title = f"{edition.name}{step.name}结束的公告"
        fields = header(edition, Kind.PROGRESS, title, at_hour(edition.before(opens, 2)))
        fields |= {"step": step.name, "reached": str(Reached.ENDED)}
        publish(edition, f"{edition.slug}-progress", fields, f"{step.name}现已结束。")


def _result(edition: Round, step: Step, on: date) -> None:
    """The result of the last publicity: nobody objected."""
    if step.kind is None or step.kind.of_county:
        return
    title = f"{edition.name}{step.kind.label}的结果"
    fields = header(edition, Kind.RESULT, title, at_hour(on, 8))
    publicity = f"{edition.slug}-{step.kind.removesuffix('-publicity')}"
    fields |= {"result-of": publicity, "objections": []}
    publish(edition, f"{edition.slug}-result", fields, "公示期已满，现将异议的办理情况公布如下。")


def _vacant(rules: Edition, winners: Sequence[Entry]) -> str:
    left = vacancies(rules, winners)
    return "".join(
        f"{grade}设{grade.places}个名额，授予{grade.places - left[grade]}个，空缺{left[grade]}个。"
        for grade in rules.places
        if left[grade]
    )


def _write_current(edition: Round, today: date) -> None:
    """The edition under way: every county's window in another state."""
    ago = partial(edition.before, today)
    _call(edition, ago(25))
    step = edition.rules.first
    if step is None or step.kind is None:
        return
    if not step.kind.of_county:
        everyone = [entry for place in _everyone(edition).values() for entry in place]
        _own(edition, step, ago(1), everyone)
        return
    over = max(12, step.length + 7)
    states = ("closed", "open", "corrected", "withdrawn", "scheduled")
    for county, state in zip(edition.site.counties, states, strict=False):
        match state:
            case "closed":
                _county(edition, step, county, ago(over))
            case "open":
                _county(edition, step, county, ago(1))
            case "corrected":
                _corrected(edition, step, county, ago(10))
            case "withdrawn":
                _withdrawn(edition, step, county, ago(8))
            case _:
                _scheduled(edition, step, county, today, ago(1))


def _scheduled(edition: Round, step: Step, county: str, today: date, published: date) -> None:
    opens = edition.calendar.add(today, 3)
    fields, body, entries = _county_notice(edition, step, county, opens)
    fields["published"] = at_hour(published, 10).isoformat()
    publish(edition, f"{edition.slug}-{county}", fields, body, entries)


def _corrected(edition: Round, step: Step, county: str, opens: date) -> None:
    slug = f"{edition.slug}-{county}"
    fields, body, entries = _county_notice(edition, step, county, opens)
    last = entries[-1]
    wrong = (*entries[:-1], last._replace(position="职务误写"))
    publish(edition, slug, fields, body, wrong, part="revisions/1")
    updated = at_hour(edition.calendar.add(opens, 1), 15)
    fields |= {
        "revision": 2,
        "updated": updated.isoformat(),
        "note": f"更正{last.name}的职务，其余内容不变。",
    }
    publish(edition, slug, fields, body, entries)


def _withdrawn(edition: Round, step: Step, county: str, opens: date) -> None:
    _county(edition, step, county, opens)
    site = edition.site
    name = site.counties[county].name
    title = f"关于撤回{name}{edition.name}推荐名单公示的公告"
    at = at_hour(edition.calendar.add(opens, 2), 11)
    fields = header(edition, Kind.WITHDRAWAL, title, at, issuer_of(site, county))
    fields |= {"county": county, "amends": f"{edition.slug}-{county}"}
    body = f"因推荐材料需要补充核实，{name}推荐名单公示即日起撤回，核实后重新公示。"
    publish(edition, f"{edition.slug}-{county}-withdrawal", fields, body)
