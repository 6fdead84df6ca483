"""Which list must stand on which: nobody is proposed or awarded who was not publicised before.

Which lists those are is data of the edition (content/awards/, `stands-on`). docs/domain.md §3: a
list holds only entries of the closed list before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.faults import Fault, Rule
from portal.domain.names import name_key
from portal.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portal.domain.earlier_lists import EarlierList, EarlierLists
    from portal.domain.notice import Entry, Kind


@dataclass(frozen=True, slots=True)
class Hold:
    """An entry held back: its objection is open, or was upheld; `case` is the desk's number."""

    name: str
    category: str
    county: str
    upheld: bool
    case: str
    employer: str = ""

    def means(self, entry: Entry, county: str = "") -> bool:
        """Whether an entry is the one held back; `county` is that of a list without the column."""
        place = entry.county or county
        return (
            name_key(self.name) == name_key(entry.name)
            and self.category == entry.category
            and (not self.county or place in ("", self.county))
            and (not (self.employer and entry.apart) or self._same_employer(entry))
        )

    def _same_employer(self, entry: Entry) -> bool:
        return name_key(self.employer) == name_key(entry.apart)


def standing_faults(
    earlier_kind: Kind, candidates: Sequence[Entry], earlier: EarlierLists, at: datetime
) -> list[Fault]:
    """Faults of a list of an instant against the lists of one kind that it must stand on.

    `earlier` holds every list of that kind of the same edition, open ones too, so that the message
    can say why an entry has no standing yet.
    """
    return [
        fault for entry in candidates for fault in _entry_faults(earlier_kind, entry, earlier, at)
    ]


def held_faults(candidates: Sequence[Entry], holds: Iterable[Hold]) -> list[Fault]:
    """Candidates held back by name (docs/domain.md §3); the others go on."""
    by_name: defaultdict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_name[name_key(hold.name)].append(hold)
    faults: list[Fault] = []
    for entry in candidates:
        meant = [hold for hold in by_name[name_key(entry.name)] if hold.means(entry)]
        for hold in meant[:1]:
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


def _entry_faults(kind: Kind, entry: Entry, earlier: EarlierLists, at: datetime) -> list[Fault]:
    least: list[Fault] | None = None
    unclosed: EarlierList | None = None
    replaced: EarlierList | None = None
    for lst, old in earlier.same(entry):
        if not lst.closed(at):
            unclosed = unclosed or lst
        elif second := earlier.second(lst, old, at):
            replaced = second
        else:
            # What differs from the earlier list that comes nearest.
            faults = _compare(entry, lst, old)
            least = faults if least is None or len(faults) < len(least) else least
            if not least:
                return []
    if least is not None:
        return least
    if replaced is not None:
        open_yet = replaced.lists(entry)
        return [_still_open(kind, entry, replaced) if open_yet else _left_out(entry, replaced)]
    if unclosed is not None:
        return [_still_open(kind, entry, unclosed)]
    if near := earlier.similar(entry):
        return [_renamed(entry, near[1], near[0])]
    return [_not_stood(kind, entry)]


def _still_open(kind: Kind, entry: Entry, lst: EarlierList) -> Fault:
    return Fault(
        Rule.STILL_OPEN,
        f"“{entry.name}”所在的“{lst.title}”公示期未满或已撤回",
        f"待该{kind.label}期满后再列入",
        entry,
    )


def _not_stood(kind: Kind, entry: Entry) -> Fault:
    stage = kind.label
    return Fault(
        Rule.NOT_STOOD,
        f"“{entry.name}”没有在任何{stage}名单上公示过",
        f"先完成{stage}，或核对名称后更正",
        entry,
    )


def _left_out(entry: Entry, later: EarlierList) -> Fault:
    return Fault(
        Rule.LEFT_OUT,
        f"“{entry.name}”公示过，但再次公示的“{later.title}”没有列入",
        "从名单中取下该条目；确应列入的，须再次公示期满",
        entry,
    )


def _renamed(entry: Entry, old: Entry, lst: EarlierList) -> Fault:
    return Fault(
        Rule.RENAMED,
        f"“{entry.name}”与“{lst.title}”中的“{old.name}”疑为同一对象而名称不一致",
        "核对后改成一致的名称；确已更名的，先发更正公告说明",
        entry,
    )


def _compare(entry: Entry, lst: EarlierList, old: Entry) -> list[Fault]:
    faults: list[Fault] = []
    if name_key(entry.name) != name_key(old.name):
        faults.append(_renamed(entry, old, lst))
    pairs = [
        ("类别", entry.category, old.category, Severity.ERROR),
        ("县区", entry.county, old.county or lst.county, Severity.ERROR),
        ("奖项", entry.grade or "", old.grade or "", Severity.ERROR),
        ("工作单位", name_key(entry.employer), name_key(old.employer), Severity.WARNING),
        ("统一社会信用代码", entry.credit_code, old.credit_code, Severity.ERROR),
        *_plain_data(entry, old),
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


def _plain_data(entry: Entry, old: Entry) -> list[tuple[str, str, str, Severity]]:
    """The award's own columns that both lists fill."""
    then = dict(old.more)
    return [(c, value, then.get(c, ""), Severity.WARNING) for c, value in entry.more]
