"""Facts: what is set into a text: names, dates, counts, as the header and the list have them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from portal.content.beginning_texts import FACT
from portal.domain.awards import Sort
from portal.domain.dates import write_date, write_span
from portal.domain.quotas import vacancies
from portal.domain.round_news import Reached
from portal.domain.window import Counting, Extension, FirstDay, publicity_window
from portal.editorial.plain_text import escaped, to_markdown
from portal.errors import CalendarError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.domain.editions import Edition
    from portal.domain.notice import Entry
    from portal.domain.places import Site
    from portal.domain.window import PublicityWindow
    from portal.domain.workdays import WorkCalendar
    from portal.editorial.surroundings import Surroundings

Facts = dict[str, str]
"""Facts by name: empty where there is none, missing where it is not known yet.

The names are `portal.content.beginning_texts.FACTS`.
"""

PENDING = "（待填）"
"""What stands in place of a fact that is to come; no text that has it can be published."""


def facts_of(
    values: Mapping[str, Any], entries: Sequence[Entry] | None, around: Surroundings
) -> Facts:
    """The facts of a header and a list; values that make no sense yet give no facts."""
    catalogue = around.catalogue
    site, edition = catalogue.site, catalogue.editions.get(str(values.get("edition")))
    facts = {"县区": site.county_name(values.get("county"))} if values.get("county") else {}
    office = site.offices.get(str(values.get("issuer")))
    if office is not None:
        facts |= {"发布单位": office.name, "联系电话": office.phone, "电子邮箱": office.email}
        facts |= {"地址": office.address}
    if edition is not None:
        facts |= _of_edition(edition, site)
        kind = edition.kinds.get(str(values.get("kind")))
        facts |= {"公告种类": kind.label} if kind else {}
        facts |= _of_list(edition, entries) if entries else {}
    facts |= _of_news(values)
    window = window_of(values, catalogue.calendar)
    if window is not None:
        facts |= _of_window(window)
    about = values.get("amends") or values.get("result-of")
    amended = catalogue.notice(str(about)) if about else None
    if amended is not None:
        facts |= {"原公告": amended.title, "原发布日期": write_date(amended.published)}
    return facts


def _of_news(values: Mapping[str, Any]) -> Facts:
    """What a notice of progress or of a result says of itself in its header."""
    facts: Facts = {}
    if values.get("step"):
        known = {reached.value: reached.label for reached in Reached}
        facts |= {"环节": str(values["step"]), "进展": known.get(str(values.get("reached")), "")}
    objections = values.get("objections")
    if isinstance(objections, list):
        number = len(objections)
        told = f"共收到异议{number}件，办理结果见下表。" if number else "没有收到异议。"
        facts["异议情况"] = f"公示期内{told}"
    return facts


def window_of(values: Mapping[str, Any], calendar: WorkCalendar) -> PublicityWindow | None:
    """The window that a header describes, or None as long as it describes none."""
    table = values.get("window")
    if not isinstance(table, dict):
        return None
    opens = table.get("opens")
    counting = next((one for one in Counting if one in table), Counting.WORKING_DAYS)
    length = table.get(counting)
    if isinstance(opens, datetime) or not isinstance(opens, date):
        return None
    if counting is Counting.UNTIL and isinstance(length, date):
        length = (length - opens).days + 1
    if not isinstance(length, int):
        return None
    try:
        rule = FirstDay(table.get("first-day") or FirstDay.COUNTED)
        extensions = [
            Extension(int(item[counting.of_extensions]), str(item["reason"]))
            for item in table.get("extensions") or []
        ]
        return publicity_window(
            *(opens, length, calendar), counting=counting, first_day=rule, extensions=extensions
        )
    except (CalendarError, ValueError, TypeError, KeyError, OverflowError):
        return None


def _of_window(window: PublicityWindow) -> Facts:
    closes = next(d.day.date for d in window.days if d.count == window.length)
    facts = {
        "公示期": write_span(window.opens, closes),
        "公示起始日": write_date(window.opens),
        "公示截止日": write_date(closes),
        "公示期长度": window.counting.words(window.length),
    }
    if window.extensions:
        facts["延长的长度"] = window.counting.words(window.extensions[-1].length)
        facts["延长后截止日"] = write_date(window.closes)
    return facts


def _of_edition(edition: Edition, site: Site) -> Facts:
    places = "和".join(f"{number}个{grade}名额" for grade, number in edition.places.items())
    vacant = "，无符合条件的可空缺" if edition.vacancies else ""
    steps = "、".join(step.name for step in edition.steps)
    return {
        "奖项名称": edition.name,
        "届次": edition.short,
        "名额设置": f"设{places}{vacant}。" if places else "",
        "推荐限额": _caps(edition, site),
        "评选程序": steps,
    } | ({"报送期限": write_date(edition.deadline)} if edition.deadline else {})


def _caps(edition: Edition, site: Site) -> str:
    """`原则上每个县（区）申报组织不超过5个、个人不超过2名。`, or empty where there are no caps."""
    caps = [cap for cap in edition.caps if not cap.counties]
    if not caps:
        return ""
    principle = "原则上" if all(cap.in_principle for cap in caps) else ""
    places = f"每个{site.words.county}" if edition.has_counties else ""
    told = (f"{c.label}不超过{c.most}{c.categories[0].sort.measure}" for c in caps)
    return f"{principle}{places}申报{'、'.join(told)}。"


def _of_list(edition: Edition, entries: Sequence[Entry]) -> Facts:
    sorts = Counter(entry.category.sort for entry in entries)
    grades = Counter(entry.grade for entry in entries)
    graded = [f"{grade}{grades[grade]}个" for grade in edition.places if grades[grade]]
    kinds = [f"{sorts[sort]}{_measure(sort)}{sort.label}" for sort in Sort if sorts[sort]]
    vacant = vacancies(edition, entries)
    used = [
        f"{grade}设{places}个名额，授予{grades[grade]}个"
        + (f"，空缺{vacant[grade]}个" if vacant[grade] else "")
        for grade, places in edition.places.items()
    ]
    return {
        "名单构成": "、".join(kinds if grades[None] else graded),
        "组织数": str(len(entries) - sorts[Sort.INDIVIDUAL]),
        "个人数": str(sorts[Sort.INDIVIDUAL]),
        "总数": str(len(entries)),
        "名额使用": f"{'；'.join(used)}。" if used and not grades[None] else "",
    }


def _measure(sort: Sort) -> str:
    """The measure word before its name: 2名个人, but 2个项目 and not 2项项目."""
    return "个" if sort.measure in sort.label else sort.measure


def set_in(text: str, facts: Mapping[str, str]) -> str:
    """A line with its facts set in; what is not known yet shows as （待填）."""
    return FACT.sub(lambda match: facts.get(match[1]) or PENDING, text)


def set_in_body(body: str, facts: Mapping[str, str]) -> str:
    """A Markdown body with its facts set in, without the paragraphs whose fact there is none of.

    A heading below which nothing is left goes with them.
    """
    kept: list[str] = []
    for part in _sections(body):
        heading = [part[0]] if part[0].startswith("#") else []
        rest = [set_paragraph(one, facts) for one in part[len(heading) :]]
        left = [one for one in rest if one is not None]
        kept += [*(set_in(one, facts) for one in heading), *left] if left or not rest else []
    return "\n\n".join(kept) + "\n"


def _sections(body: str) -> list[list[str]]:
    """The paragraphs of a body, each heading with what is below it."""
    sections: list[list[str]] = []
    for part in body.strip("\n").split("\n\n"):
        if part.startswith("#") or not sections:
            sections.append([part])
        else:
            sections[-1].append(part)
    return sections


def set_paragraph(paragraph: str, facts: Mapping[str, str]) -> str | None:
    """A paragraph of Markdown, or a part, with its facts; None where one of them does not exist."""
    if any(facts.get(name) == "" for name in FACT.findall(paragraph)):
        return None
    return FACT.sub(lambda match: _as_markdown(match[1], facts), paragraph.strip("\n"))


def _as_markdown(name: str, facts: Mapping[str, str]) -> str:
    if name == "原因":  # typed by a person, perhaps in several lines
        return to_markdown(facts.get(name, "")).strip() or PENDING
    return escaped(facts.get(name, "")) or PENDING


def sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    reason = reason.strip()
    return reason if reason.endswith(("。", "！", "？", "；", "：")) else f"{reason}。"
