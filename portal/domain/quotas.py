"""Places, caps and duplicates: how many entries a list may hold, and none of them twice.

Source: parts 3 and 5 of the policy explainer (3 awards and 5 nominations, which may stay vacant;
each county recommends at most 5 organizations and 2 individuals). The numbers are data of the
edition (content/awards/).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from portal.domain.faults import Fault, Rule
from portal.domain.names import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portal.domain.awards import Edition, Grade
    from portal.domain.notice import Entry


def vacancies(edition: Edition, entries: Iterable[Entry]) -> dict[Grade, int]:
    """Places left vacant in each grade; never negative."""
    taken = Counter(entry.grade for entry in entries)
    return {grade: max(n - taken[grade], 0) for grade, n in edition.places.items()}


def place_faults(edition: Edition, entries: Sequence[Entry]) -> list[Fault]:
    """Faults of a city list or decision against the places of each grade.

    Every entry above the number is named; too few are a fault only where none may stay vacant.
    """
    faults = [
        Fault(
            Rule.GRADE,
            f"“{entry.name}”没有写明奖项",
            "在“奖项”栏填写 " + " 或 ".join(edition.places),
            entry,
        )
        for entry in entries
        if entry.grade is None
    ]
    for grade, places in edition.places.items():
        holders = [entry for entry in entries if entry.grade is grade]
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


def cap_faults(edition: Edition, entries: Sequence[Entry], county: str = "") -> list[Fault]:
    """Entries above what one county may recommend; `county` fills in for entries without one."""
    faults: list[Fault] = []
    counts: Counter[tuple[str, bool]] = Counter()
    for entry in entries:
        individual = entry.category.individual
        place = entry.county or county
        counts[place, individual] += 1
        number = counts[place, individual]
        cap = edition.individual_cap if individual else edition.organization_cap
        if number > cap:
            what = "个人" if individual else "组织"
            faults.append(
                Fault(
                    Rule.CAP,
                    f"{place or '每个县（区）'}最多推荐{what}{cap}个，“{entry.name}”为第{number}个",
                    "删去超出限额的条目，或更正其类别、县区",
                    entry,
                )
            )
    return faults


def same_entrant(one: Entry, other: Entry) -> bool:
    """Whether two entries mean the same organization or person.

    Organizations: the same name or credit code. Persons: the same name, unless both employers are
    given and differ, for namesakes exist.
    """
    if one.category.individual != other.category.individual:
        return False
    if one.credit_code and one.credit_code == other.credit_code and not one.category.individual:
        return True
    if name_key(one.name) != name_key(other.name):
        return False
    return (
        not one.category.individual
        or not (one.employer and other.employer)
        or name_key(one.employer) == name_key(other.employer)
    )


def duplicate_faults(entries: Iterable[Entry]) -> list[Fault]:
    """Every entry that repeats an earlier one of the same list."""
    entries = tuple(entries)
    keys = [key for entry in entries for key in _Seen.keys(entry)]
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
        individual = entry.category.individual
        employer = name_key(entry.employer) if individual else ""
        kind = (source, individual, employer, name_key(entry.name), entry.credit_code)
        for key in self.keys(entry):
            self._by_key[key].setdefault(kind, (source, entry))

    def like(self, entry: Entry) -> Iterator[tuple[str, Entry]]:
        """The entries that mean the same as this one, with where they stand."""
        for key in self.keys(entry):
            for source, other in self._by_key.get(key, {}).values():
                if same_entrant(other, entry):
                    yield source, other

    @staticmethod
    def keys(entry: Entry) -> tuple[str, ...]:
        name = name_key(entry.name)
        return (name, entry.credit_code) if entry.credit_code else (name,)
