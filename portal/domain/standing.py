"""Which list must stand on which: nobody is proposed or awarded who was not publicised before.

Source: part 5 of the policy explainer: county publicity, then city publicity, then the city
government's decision. DESIGN decision 5: each list holds only entries of the closed list before.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from portal.domain.faults import Fault, Rule
from portal.domain.names import name_key, organization_core
from portal.domain.notice import Kind
from portal.domain.quotas import same_entrant
from portal.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.domain.notice import Entry

STANDS_ON = {Kind.CITY_PUBLICITY: Kind.COUNTY_PUBLICITY, Kind.DECISION: Kind.CITY_PUBLICITY}
"""For each kind of list the kind it must stand on."""

_SIMILAR = 0.8


@dataclass(frozen=True, slots=True)
class EarlierList:
    """A list of the stage before; `closed` when its window is over and it was not withdrawn."""

    title: str
    entries: tuple[Entry, ...]
    closed: bool
    county: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """An entry held back: its objection is open, or was upheld; `case` is the desk's number."""

    name: str
    category: str
    county: str
    upheld: bool
    case: str


def standing_faults(
    kind: Kind, candidates: Sequence[Entry], earlier: Sequence[EarlierList]
) -> list[Fault]:
    """Faults of a city list or decision against the lists it must stand on.

    `earlier` holds every list of the kind `STANDS_ON[kind]` of the same edition, open ones too, so
    that the message can say why an entry has no standing yet.
    """
    if kind not in STANDS_ON:
        return []
    return [fault for entry in candidates for fault in _entry_faults(kind, entry, earlier)]


def held_faults(candidates: Sequence[Entry], holds: Iterable[Hold]) -> list[Fault]:
    """Candidates held back by name (DESIGN decision 5); the others go on."""
    by_name = {(name_key(hold.name), hold.category): hold for hold in holds}
    faults: list[Fault] = []
    for entry in candidates:
        hold = by_name.get((name_key(entry.name), entry.category.value))
        if hold is not None and (not hold.county or entry.county in ("", hold.county)):
            why = "异议成立" if hold.upheld else "异议尚未办结"
            faults.append(
                Fault(
                    Rule.HELD,
                    f"“{entry.name}”的{why}（案件 {hold.case}）",
                    "从名单中取下该条目，名额空缺，其余条目照常进行",
                    entry,
                )
            )
    return faults


def similar(one: Entry, other: Entry) -> bool:
    """Whether two entries look like one that changed its name: same code, or a near name."""
    if one.category.individual != other.category.individual:
        return False
    if one.credit_code and one.credit_code == other.credit_code:
        return True
    if one.category.individual:
        # Two names of three characters that share two are still two people, unless one employer.
        employer = name_key(one.employer)
        return bool(employer) and employer == name_key(other.employer) and _near(one, other, 0.6)
    if one.credit_code and other.credit_code:
        return False
    return organization_core(one.name) == organization_core(other.name) or _near(one, other)


def _near(one: Entry, other: Entry, least: float = _SIMILAR) -> bool:
    return SequenceMatcher(None, name_key(one.name), name_key(other.name)).ratio() >= least


def _entry_faults(kind: Kind, entry: Entry, earlier: Sequence[EarlierList]) -> list[Fault]:
    stage = STANDS_ON[kind].label
    found = [(lst, old) for lst in earlier for old in lst.entries if same_entrant(old, entry)]
    closed = [(lst, old) for lst, old in found if lst.closed]
    if closed:
        return _differences(entry, closed)
    if found:
        return [
            Fault(
                Rule.STILL_OPEN,
                f"“{entry.name}”所在的“{found[0][0].title}”公示期未满或已撤回",
                f"待该{stage}期满后再列入",
                entry,
            )
        ]
    for lst in earlier:
        for old in lst.entries:
            if similar(old, entry):
                return [_renamed(entry, old, lst)]
    return [
        Fault(
            Rule.NOT_STOOD,
            f"“{entry.name}”没有在任何{stage}名单上公示过",
            f"先完成{stage}，或核对名称后更正",
            entry,
        )
    ]


def _renamed(entry: Entry, old: Entry, lst: EarlierList) -> Fault:
    return Fault(
        Rule.RENAMED,
        f"“{entry.name}”与“{lst.title}”中的“{old.name}”疑为同一对象而名称不一致",
        "核对后改成一致的名称；确已更名的，先发更正公告说明",
        entry,
    )


def _differences(entry: Entry, closed: Sequence[tuple[EarlierList, Entry]]) -> list[Fault]:
    """What differs from the earlier list that comes nearest."""
    options = [_compare(entry, lst, old) for lst, old in closed]
    return min(options, key=len)


def _compare(entry: Entry, lst: EarlierList, old: Entry) -> list[Fault]:
    faults: list[Fault] = []
    if name_key(entry.name) != name_key(old.name):
        faults.append(_renamed(entry, old, lst))
    pairs = [
        ("类别", entry.category.value, old.category.value, Severity.ERROR),
        ("县区", entry.county, old.county or lst.county, Severity.ERROR),
        ("奖项", entry.grade or "", old.grade or "", Severity.ERROR),
        ("工作单位", name_key(entry.employer), name_key(old.employer), Severity.WARNING),
        ("统一社会信用代码", entry.credit_code, old.credit_code, Severity.ERROR),
    ]
    faults += [
        Fault(
            Rule.CHANGED,
            f"“{entry.name}”的{column}为“{now}”，而“{lst.title}”中为“{then}”",
            "核对后改成一致；确有变化的，先发更正公告说明",
            entry,
            severity=severity,
        )
        for column, now, then, severity in pairs
        if now and then and now != then
    ]
    return faults
