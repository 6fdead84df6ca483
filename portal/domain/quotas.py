"""Places, caps and duplicates: how many entries a list may hold, and none of them twice.

The numbers are data of the edition (content/awards/, docs/award.md).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from portal.domain.awards import Sort
from portal.domain.faults import Fault, Rule
from portal.domain.names import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portal.domain.awards import Grade
    from portal.domain.editions import Cap, Edition
    from portal.domain.notice import Entry
    from portal.domain.stated_reasons import CapException


def vacancies(edition: Edition, entries: Iterable[Entry]) -> dict[Grade, int]:
    """Places left vacant in each grade; never negative."""
    taken = Counter(entry.grade for entry in entries if entry.category.takes_place)
    return {grade: max(n - taken[grade], 0) for grade, n in edition.places.items()}


def place_faults(edition: Edition, entries: Sequence[Entry]) -> list[Fault]:
    """Faults of a city list or decision against the places of each grade.

    Every entry above the number is named; too few are a fault only where none may stay vacant.
    """
    faults = [
        Fault(
            Rule.GRADE,
            f"“{entry.name}”没有写明奖项",
            "在“奖项”栏填写 " + " 或 ".join(edition.terms.grades),
            entry,
        )
        for entry in entries
        if entry.grade is None
    ]
    for grade, places in edition.places.items():
        holders = [e for e in entries if e.grade == grade and e.category.takes_place]
        faults += [
            Fault(
                Rule.PLACES,
                f"{edition.name}{grade}共{places}个名额，名单列了{len(holders)}个，"
                f"“{entry.name}”为第{number}个",
                "删去超出名额的条目，或更正其奖项",
                entry,
            )
            for number, entry in enumerate(holders, 1)
            if number > places
        ]
        if len(holders) < places and not edition.vacancies:
            faults.append(
                Fault(
                    Rule.PLACES,
                    f"{edition.name}{grade}共{places}个名额，名单只列了{len(holders)}个，"
                    f"空缺{places - len(holders)}个，而本届不允许空缺",
                    "补全名单；允许空缺的届次在 content/awards/ 中写明 vacancies = true",
                )
            )
    return faults


def cap_faults(
    edition: Edition,
    entries: Sequence[Entry],
    county: str = "",
    exceptions: Sequence[CapException] = (),
) -> list[Fault]:
    """Entries above what one place may recommend; `county` fills in for entries without one.

    A cap in principle (原则上) gives way to an exception of the notice up to its number.
    """
    faults: list[Fault] = []
    for cap in edition.caps:
        counts: Counter[str] = Counter()
        allowed = max([cap.most, *(e.most for e in exceptions if _excepts(e, cap))])
        for entry in entries:
            place = entry.county or county
            if entry.category not in cap.categories or not entry.category.takes_place:
                continue
            if cap not in applying_caps(edition, entry.category, place):
                continue
            counts[place] += 1
            if counts[place] > allowed:
                faults.append(_over_cap(cap, allowed, entry, place, counts[place]))
    return faults


def applying_caps(edition: Edition, category: str, place: str) -> tuple[Cap, ...]:
    """The caps of a category in a place: those that name the place go before the general ones."""
    caps = [cap for cap in edition.caps if category in cap.categories]
    own = [cap for cap in caps if place in cap.counties]
    return tuple(own or (cap for cap in caps if not cap.counties))


def _excepts(exception: CapException, cap: Cap) -> bool:
    named = exception.category == cap.label or exception.category in cap.categories
    return cap.in_principle and named


def _over_cap(cap: Cap, allowed: int, entry: Entry, place: str, number: int) -> Fault:
    remedy = "删去超出限额的条目，或更正其类别、县区"
    if cap.in_principle:
        remedy += "；经同意例外的，在 exceptions 中写明原因和同意的机关"
    most = f"{allowed}{entry.category.sort.measure}"
    message = f"{place or '每个单位'}最多推荐{cap.label}{most}，“{entry.name}”为第{number}个"
    return Fault(Rule.CAP, message, remedy, entry)


def exception_faults(edition: Edition, exceptions: Iterable[CapException]) -> list[Fault]:
    """Exceptions that the award does not provide for, or that allow nothing more."""
    faults: list[Fault] = []
    for exception in exceptions:
        caps = [cap for cap in edition.caps if _excepts(exception, cap)]
        if not caps:
            possible = "、".join(cap.label for cap in edition.caps if cap.in_principle) or "无"
            message = f"“{exception.category}”没有原则上的限额，不能例外"
            faults.append(Fault(Rule.CAP, message, f"可以例外的：{possible}；其他的删去"))
        elif exception.most <= max(cap.most for cap in caps):
            message = f"例外写{exception.category}至{exception.most}个，没有超过限额"
            faults.append(Fault(Rule.CAP, message, "不超过限额的，不写例外"))
    return faults


def same_entrant(one: Entry, other: Entry) -> bool:
    """Whether two entries mean the same organization, person, team or project.

    Organizations: the same name or credit code. The rest: the same name, unless what tells
    namesakes apart is given of both and differs. Joint entries: somebody is named in both.
    """
    if one.category.sort is not other.category.sort:
        return False
    organizations = one.category.sort is Sort.ORGANIZATION
    if organizations and one.credit_code and one.credit_code == other.credit_code:
        return True
    if not _same_name(one, other):
        return False
    if organizations:
        return True
    apart, others = one.apart, other.apart
    return not (apart and others) or name_key(apart) == name_key(others)


def _same_name(one: Entry, other: Entry) -> bool:
    if one.category.joint == other.category.joint == 1:
        return name_key(one.name) == name_key(other.name)
    return not {*map(name_key, one.members)}.isdisjoint(map(name_key, other.members))


def entrant_keys(entry: Entry) -> tuple[str, ...]:
    """What an entry is found by: the folded names of its members, and its credit code."""
    if entry.category.joint == 1:
        name = name_key(entry.name)
        return (name, entry.credit_code) if entry.credit_code else (name,)
    names = dict.fromkeys(map(name_key, entry.members))
    return (*names, entry.credit_code) if entry.credit_code else tuple(names)


def duplicate_faults(entries: Iterable[Entry]) -> list[Fault]:
    """Every entry that repeats an earlier one of the same list."""
    entries = tuple(entries)
    keys = [key for entry in entries for key in entrant_keys(entry)]
    if len(keys) == len(set(keys)):
        return []
    seen = _Seen()
    faults: list[Fault] = []
    for entry in entries:
        first = next((other for _, other in seen.like(entry)), None)
        if first is not None:
            where = f"（第{first.line}行）" if first.line else ""
            faults.append(
                Fault(
                    Rule.DUPLICATE,
                    f"“{entry.name}”与“{first.name}”{where}重复",
                    "每个组织或个人只列一次；同名不同人请填写工作单位",
                    entry,
                )
            )
        seen.add("", entry)
    return faults


def two_counties_faults(lists: Mapping[str, Iterable[Entry]]) -> list[Fault]:
    """Entries recommended by two counties; keys are the county names, in order of the report."""
    seen = _Seen()
    faults: list[Fault] = []
    for county, entries in lists.items():
        for entry in entries:
            other = next((name for name, _ in seen.like(entry) if name != county), None)
            if other is not None:
                faults.append(
                    Fault(
                        Rule.TWO_COUNTIES,
                        f"“{entry.name}”同时列在{other}和{county}的名单上",
                        "按注册地或工作单位所在地只由一个县（区）推荐",
                        entry,
                        county,
                    )
                )
            seen.add(county, entry)
    return faults


class _Seen:
    """Entries met so far by name and credit code, so that long lists are compared in one pass.

    Of those that are alike for `same_entrant` each source keeps the first.
    """

    def __init__(self) -> None:
        self._by_key: defaultdict[str, dict[tuple[object, ...], tuple[str, Entry]]] = defaultdict(
            dict
        )

    def add(self, source: str, entry: Entry) -> None:
        sort = entry.category.sort
        apart = name_key(entry.apart) if sort is not Sort.ORGANIZATION else ""
        kind = (source, sort, apart, name_key(entry.name), entry.credit_code)
        for key in entrant_keys(entry):
            self._by_key[key].setdefault(kind, (source, entry))

    def like(self, entry: Entry) -> Iterator[tuple[str, Entry]]:
        """The entries that mean the same as this one, with where they stand."""
        for key in entrant_keys(entry):
            for source, other in self._by_key.get(key, {}).values():
                if same_entrant(other, entry):
                    yield source, other
