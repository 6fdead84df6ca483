"""Order of published lists: as in the file, or by strokes of the name (按姓氏笔画为序).

Source: docs/domain.md §6, tested on three real lists: number of strokes of each character from the
surname's first on, then the kinds of stroke 横竖撇点折, and within a surname the one-character
given name first. Organizations stay in file order unless asked, for they are 排名不分先后.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from portal.domain.names import name_key, split_name
from portal.domain.notice import ListOrder
from portal.domain.strokes import BY_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portal.domain.awards import Category, Grade
    from portal.domain.notice import Entry

OVERRIDES: Mapping[str, str] = {
    "达": "灰",  # 134454; sources give it five strokes
    "芈": "忐",  # 2121112
    "虽": "咣",  # 251251214
    "钚": "钙",  # 311151324
    "䶮": "虺",  # 135341134; outside the table's blocks
    "辔": "缛",  # 5511512551251
}
"""Characters the table misplaces or lacks, each with the character that it directly follows."""

_UNKNOWN = 1 << 20
_IGNORED = "·()"


@cache
def _ranks() -> dict[str, float]:
    """Rank of each character; computed on first use, for most commands never ask."""
    ranks: dict[str, float] = {}
    for count in sorted(BY_COUNT):
        for character in BY_COUNT[count]:
            ranks[character] = len(ranks)
    return ranks | {character: ranks[before] + 0.5 for character, before in OVERRIDES.items()}


def _characters(name: str) -> str:
    return "".join(c for c in name if c not in _IGNORED)


def unknown_characters(name: str) -> str:
    """Characters of a name that have no place in stroke order, for lint to report."""
    return "".join(c for c in _characters(name_key(name)) if c not in _ranks())


def _weights(text: str) -> tuple[float, ...]:
    # A character without a place comes last, so that a list always has one order; lint reports it.
    return tuple(_ranks().get(c, _UNKNOWN + ord(c)) for c in _characters(text))


def stroke_key(name: str) -> tuple[object, ...]:
    """Sort key: surname, then one-character given names, then the given name's characters."""
    surname, given = split_name(name_key(name))
    return _weights(surname), len(given) > 1, _weights(given)


def organization_key(name: str) -> tuple[object, ...]:
    """Sort key of an organization: its characters from the first to the last."""
    return _weights(name_key(name))


def ordered(
    entries: Sequence[Entry], order: ListOrder, *, organizations: bool = False
) -> tuple[Entry, ...]:
    """Entries in the order of publication, each grade and category kept together when sorted.

    Groups follow in the order in which the file first names them.
    """
    if order is ListOrder.FILE:
        return tuple(entries)
    groups: dict[tuple[Grade | None, Category], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.grade, entry.category), []).append(entry)
    for (_, category), group in groups.items():
        if category.individual:
            group.sort(key=lambda entry: stroke_key(entry.name))
        elif organizations:
            group.sort(key=lambda entry: organization_key(entry.name))
    return tuple(entry for group in groups.values() for entry in group)


def unplaced(entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """Persons whose names hold characters without a place in stroke order, with the characters."""
    found = [(e, unknown_characters(e.name)) for e in entries if e.category.individual]
    return [(entry, characters) for entry, characters in found if characters]
