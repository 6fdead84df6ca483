"""Awards: reads content/awards/*.toml, one edition (届) a file (docs/award.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import normalize

from portal.content.files.fault_collector import Faults
from portal.content.files.toml_tables import read_toml
from portal.content.former_award import in_todays_form, is_former
from portal.content.notice.list_reader import COLUMNS
from portal.domain.awards import Category, Grade, ListTerms, Sort
from portal.domain.editions import Cap, Edition, Step
from portal.domain.notice import FIXED_KINDS, Kind, Level
from portal.domain.window import Counting, FirstDay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portal.content.files.fields import Fields
    from portal.errors import Issue

_ALL = "all"
_KIND_MOST = 40  # characters: part of file names
_LONGEST = 366  # days: calendars are known for a year or two


def read_editions(folder: Path) -> tuple[dict[str, Edition], tuple[Issue, ...]]:
    """The editions of a content folder by slug, which is the file's name; faulty ones left out."""
    editions: dict[str, Edition] = {}
    issues: list[Issue] = []
    for path in sorted((folder / "awards").glob("*.toml")):
        edition, faults = read_edition(path)
        if edition:
            editions[edition.slug] = edition
        issues += faults
    return editions, tuple(issues)


def read_edition(path: Path) -> tuple[Edition | None, tuple[Issue, ...]]:
    """The edition of a file, or None where it is faulty."""
    faults = Faults(str(path))
    fields = read_toml(path, faults)
    if fields and is_former(fields.values):
        fields = replace(fields, values=in_todays_form(fields.values))
    faults.address_of(path.stem, "届次的文件名")
    edition = _edition(path.stem, fields) if fields else None
    return None if faults.fatal else edition, tuple(faults.issues)


def _edition(slug: str, fields: Fields) -> Edition:
    grades = tuple(_grade(table) for table in fields.tables("grades"))
    categories = tuple(_category(table) for table in fields.tables("categories"))
    steps: list[Step] = []
    for number, table in enumerate(fields.tables("steps"), 1):
        steps.append(_step(table, number, steps))
    edition = Edition(
        slug=slug,
        name=fields.name("name"),
        short=fields.name("short"),
        award=fields.text("award"),
        terms=ListTerms(grades, categories),
        vacancies=fields.flag("vacancies"),
        caps=tuple(_cap(table, categories) for table in fields.tables("caps")),
        steps=tuple(steps),
        deadline=fields.day("deadline"),
        demonstration=fields.flag("demonstration"),
        valid_years=fields.integer("valid-years", 1) if fields.has("valid-years") else 0,
    )
    fields.done()
    _check(edition, fields)
    return edition


def _grade(table: Fields) -> Grade:
    grade = Grade(
        table.name("name"),
        table.integer("places", 0, 0),
        honorary=table.flag("honorary"),
    )
    table.done()
    return grade


def _category(table: Fields) -> Category:
    """A category with the columns of plain data that its entries have."""
    columns = table.names("columns")
    for column in columns:
        if column in COLUMNS:
            table.wrong("columns", f"写了“{column}”，各类别都有这一列", "只写另加的列")
    apart = table.text("apart")
    if apart and apart not in (*COLUMNS, *columns):
        table.wrong("apart", f"是没有列出的列“{apart}”", "写在 columns 中，或更正")
    category = Category(
        table.name("name"),
        table.choice("sort", Sort) or Sort.ORGANIZATION,
        apart,
        table.integer("joint", 1, 1),
        takes_place=not table.has("takes-place") or table.flag("takes-place"),
        columns=columns,
    )
    table.done()
    return category


def _cap(table: Fields, categories: tuple[Category, ...]) -> Cap:
    known = {str(category): category for category in categories}
    named = table.names("categories", required=True)
    for name in named:
        if name not in known:
            table.wrong("categories", f"有没有列出的类别“{name}”", f"可用：{'、'.join(known)}")
    if table.values.get("counties") == []:
        table.wrong("counties", "是空的，这一段限额对哪里都不起作用", "写明县区，或删去 counties")
    cap = Cap(
        tuple(known[name] for name in named if name in known),
        table.integer("most", 1),
        table.flag("principle"),
        table.names("counties"),
    )
    table.done()
    return cap


def _step(table: Fields, number: int, before: list[Step]) -> Step:
    """A step; those that are a publicity say how long it is and what its list stands on."""
    name, actor = table.name("name"), table.name("actor")
    summary, kind = table.text("summary", required=True), _kind(table)
    length, counting, rule = 0, Counting.WORKING_DAYS, FirstDay.COUNTED
    if kind is not None and kind.has_window:
        length, counting = _length(table)
        rule = table.choice("first-day", FirstDay, rule) or rule
    stands_on: tuple[Kind, ...] = ()
    if kind is not None and kind.has_list:
        publicities = {str(s.kind): s.kind for s in before if s.kind and s.kind.has_window}
        stands_on = _stands_on(table, publicities)
    table.done()
    return Step(number, name, actor, summary, kind, length, counting, rule, stands_on)


def _kind(table: Fields) -> Kind | None:
    """The kind of notice that shows a step: a fixed one, or a publicity with a label of its own."""
    slug = table.text("kind")
    if not slug:
        return None
    if slug in FIXED_KINDS and slug not in ("call", "decision"):
        table.wrong("kind", f"不能写“{slug}”", "通知写 call，决定写 decision，公示另起一个名称")
        return None
    if slug in FIXED_KINDS:
        return FIXED_KINDS[slug]
    table.faults.address_of(slug, "公示的 kind ", table.at("kind"), _KIND_MOST)
    if slug == _ALL:
        table.wrong("kind", f"不能写“{_ALL}”", "换一个名称")
    label = table.name("label")
    return Kind(slug, label, table.choice("level", Level) or Level.CITY)


def _length(table: Fields) -> tuple[int, Counting]:
    """How long a publicity is, by the one key that says what is counted."""
    given = [counting for counting in Counting if table.has(counting)]
    if len(given) != 1:
        keys = "、".join(Counting)
        table.wrong("kind", "没有写明公示的长度，或者写了两种", f"只写一项：{keys}")
        return 1, Counting.WORKING_DAYS
    if given[0] is Counting.UNTIL:
        if not table.flag(Counting.UNTIL):
            table.wrong(Counting.UNTIL, "应为 true", "公示到公告写明的一天为止的写 true")
        return 0, Counting.UNTIL
    length = table.integer(given[0], 1)
    if length > _LONGEST:
        table.wrong(given[0], f"应为不大于{_LONGEST}的整数", "核对公示的天数")
    return min(length, _LONGEST), given[0]


def _stands_on(table: Fields, before: Mapping[str, Kind]) -> tuple[Kind, ...]:
    """The earlier publicities whose closed lists a list must stand on."""
    named = table.names("stands-on")
    if _ALL in named:
        return tuple(before.values())
    for name in named:
        if name not in before:
            known = "、".join((_ALL, *before))
            table.wrong("stands-on", f"有前面没有的公示“{name}”", f"可用：{known}；没有就不写")
    return tuple(before[name] for name in named if name in before)


def _reach(cap: Cap) -> str:
    """What a cap limits and where, in the same words whatever the order."""
    return f"{'、'.join(sorted(cap.categories))}限额 {'、'.join(sorted(cap.counties))}"


def _check(edition: Edition, fields: Fields) -> None:
    """Note what no table alone can tell."""
    for key, names in (
        ("grades", edition.terms.grades),
        ("categories", edition.terms.categories),
        ("steps", [step.kind for step in edition.steps if step.kind]),
        ("steps", [stage.kind.label for stage in edition.stages if stage.kind]),
        ("steps", [step.name for step in edition.steps if not step.kind]),
        ("caps", [_reach(cap) for cap in edition.caps]),
    ):
        read = [normalize("NFKC", name).casefold() for name in names]
        twice = next((names[n] for n, name in enumerate(read) if name in read[:n]), None)
        if twice is not None:
            fields.wrong(key, f"有两个“{twice.strip()}”", "每个只写一次")
    for key, found in (("grades", edition.terms.grades), ("categories", edition.terms.categories)):
        if not found:
            fields.faults.add("F006", f"缺少“{key}”", f"至少写一段 [[{key}]]", fields.at(key))
