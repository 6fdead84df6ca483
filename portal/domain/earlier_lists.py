"""Earlier lists: those of the stage before, indexed so that every entry is looked up, not searched.

Comparing each candidate with each earlier entry took 51 s for 1,000 notices and grew with the
square; here a name is folded once and found by its key, its credit code or its employer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

from portal.domain.names import name_key, organization_core
from portal.domain.quotas import entrant_keys, same_entrant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from portal.domain.notice import Entry

_SIMILAR = 0.8
_COLLEAGUES = 0.6


@dataclass(frozen=True, eq=False)
class EarlierList:
    """A list of the stage before, with the instants that decide whether it gives standing."""

    title: str
    entries: tuple[Entry, ...]
    published: datetime
    closes: datetime
    withdrawn: datetime | None = None
    county: str = ""

    def closed(self, at: datetime) -> bool:
        """Whether its window is over, and it was not withdrawn."""
        return self.closes <= at and not self._withdrawn(at)

    def speaks(self, at: datetime) -> bool:
        """Whether it is published and was not withdrawn."""
        return self.published <= at and not self._withdrawn(at)

    def _withdrawn(self, at: datetime) -> bool:
        return self.withdrawn is not None and self.withdrawn <= at

    @cached_property
    def by_key(self) -> dict[str, list[Entry]]:
        """Its entries by folded name and by credit code."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            for key in entrant_keys(entry):
                found[key].append(entry)
        return dict(found)

    def placed(self, entry: Entry) -> Entry:
        """An entry of this list with its county and without its line, to be compared."""
        return entry._replace(county=entry.county or self.county, line=0)

    def lists(self, entry: Entry) -> bool:
        """Whether an entry means somebody of this list."""
        return any(
            same_entrant(other, entry)
            for key in entrant_keys(entry)
            for other in self.by_key.get(key, ())
        )

    def shares(self, other: EarlierList) -> bool:
        """Whether somebody of this list is on another one too."""
        return any(
            same_entrant(one, two)
            for key in self.by_key.keys() & other.by_key.keys()
            for one in self.by_key[key]
            for two in other.by_key[key]
        )


class _Followers:
    """The second publicities of a list, found no further than somebody has asked."""

    def __init__(self, lst: EarlierList, others: list[tuple[EarlierList, datetime]]) -> None:
        self._lst, self._others, self._next = lst, others, 0
        self._found: list[EarlierList] = []

    def at(self, at: datetime) -> Iterator[EarlierList]:
        """Those that may speak at an instant, in the order of the lists."""
        yield from self._found
        while self._next < len(self._others):
            other, soonest = self._others[self._next]
            if soonest > at:
                return
            self._next += 1
            if other.published > self._lst.published and other.shares(self._lst):
                self._found.append(other)
                yield other


class EarlierLists:
    """Every list of one kind and edition; `lists` in the order in which messages name them."""

    def __init__(self, lists: Iterable[EarlierList]) -> None:
        self._lists = tuple(lists)
        self._followers: dict[int, _Followers] = {}
        self._near: dict[str, list[tuple[EarlierList, Entry]]] = {}

    def same(self, entry: Entry) -> Iterator[tuple[EarlierList, Entry]]:
        """The earlier entries that mean the same organization or person, with their lists."""
        for lst, old in self._found(entrant_keys(entry)):
            if same_entrant(old, entry):
                yield lst, old

    def stood(self, at: datetime, county: str = "") -> dict[Entry, EarlierList]:
        """Everybody of the lists that are closed at an instant, with county, each once.

        Not whom a second publicity left out: that list has told it. A list of one `county` is
        compared with who is of that place, or of none.
        """
        found: dict[Entry, EarlierList] = {}
        for lst in self._lists:
            for entry in lst.entries if lst.closed(at) else ():
                placed = lst.placed(entry)
                second = self.second(lst, entry, at)
                gone = second is not None and second.closed(at)
                if not gone and (not county or placed.county in ("", county)):
                    found.setdefault(placed, lst)
        return found

    def similar(self, entry: Entry) -> tuple[EarlierList, Entry] | None:
        """An earlier entry that looks like this one under another name."""
        if entry.category.individual:
            near: Iterable[tuple[EarlierList, Entry]] = self._colleagues(entry)
        else:
            codes = (entry.credit_code,) if entry.credit_code else ()
            cores = self._by_core.get(organization_core(entry.name), ())
            near = (*self._found(codes), *cores, *self._near_organizations(entry))
        return next((pair for pair in near if similar(pair[1], entry)), None)

    def second(self, lst: EarlierList, entry: Entry, at: datetime) -> EarlierList | None:
        """The second publicity of a list that takes the standing of an entry, if there is one.

        A second publicity is a later list of the same place that has somebody in common with it. It
        takes the standing of whom it no longer names, and of everybody until it is closed.
        """
        for later in self._followers_of(lst).at(at):
            if later.speaks(at) and not (later.closed(at) and later.lists(entry)):
                return later
        return None

    def _followers_of(self, lst: EarlierList) -> _Followers:
        known = self._followers.get(id(lst))
        if known is None:
            known = self._followers[id(lst)] = _Followers(lst, self._by_county[lst.county])
        return known

    def _found(self, keys: tuple[str, ...]) -> Iterator[tuple[EarlierList, Entry]]:
        if len(keys) == 1:
            yield from self._by_key.get(keys[0], ())
            return
        seen: set[tuple[int, int]] = set()
        for key in keys:
            for lst, old in self._by_key.get(key, ()):
                if (id(lst), id(old)) not in seen:
                    seen.add((id(lst), id(old)))
                    yield lst, old

    def _colleagues(self, entry: Entry) -> Iterator[tuple[EarlierList, Entry]]:
        name = set(name_key(entry.name))
        for lst, old in self._by_employer.get(name_key(entry.employer), ()):
            if not name.isdisjoint(name_key(old.name)):
                yield lst, old

    def _near_organizations(self, entry: Entry) -> list[tuple[EarlierList, Entry]]:
        """Organizations that have enough characters in common to be worth a comparison."""
        key = name_key(entry.name)
        known = self._near.get(key)
        if known is None:
            known = self._near[key] = list(self._with_characters_of(key))
        return known

    def _with_characters_of(self, key: str) -> Iterator[tuple[EarlierList, Entry]]:
        characters, length = frozenset(key), len(key)
        for name, others, lst, old in self._organizations:
            least = _SIMILAR / 2 * (length + len(name))
            if least <= length - len(characters - others) and least <= len(name) - len(
                others - characters
            ):
                yield lst, old

    @cached_property
    def _by_county(self) -> dict[str, list[tuple[EarlierList, datetime]]]:
        """The lists of a place, each with when the first was published of it and those behind."""
        found: defaultdict[str, list[tuple[EarlierList, datetime]]] = defaultdict(list)
        for lst in reversed(self._lists):
            behind = found[lst.county]
            behind.append((lst, min(lst.published, behind[-1][1]) if behind else lst.published))
        for lists in found.values():
            lists.reverse()
        return found

    @cached_property
    def _by_key(self) -> dict[str, list[tuple[EarlierList, Entry]]]:
        found: defaultdict[str, list[tuple[EarlierList, Entry]]] = defaultdict(list)
        for lst in self._lists:
            for key, entries in lst.by_key.items():
                found[key] += [(lst, entry) for entry in entries]
        return dict(found)

    @cached_property
    def _by_employer(self) -> dict[str, list[tuple[EarlierList, Entry]]]:
        found: defaultdict[str, list[tuple[EarlierList, Entry]]] = defaultdict(list)
        for lst in self._lists:
            for entry in lst.entries:
                if entry.category.individual and entry.employer:
                    found[name_key(entry.employer)].append((lst, entry))
        return dict(found)

    @cached_property
    def _by_core(self) -> dict[str, list[tuple[EarlierList, Entry]]]:
        found: defaultdict[str, list[tuple[EarlierList, Entry]]] = defaultdict(list)
        for _, _, lst, entry in self._organizations:
            found[organization_core(entry.name)].append((lst, entry))
        return dict(found)

    @cached_property
    def _organizations(self) -> list[tuple[str, frozenset[str], EarlierList, Entry]]:
        """Each name once with a credit code and once without, for a code tells two names apart."""
        found: dict[tuple[str, bool], tuple[str, frozenset[str], EarlierList, Entry]] = {}
        for lst in self._lists:
            for entry in lst.entries:
                if not entry.category.individual:
                    key = name_key(entry.name)
                    value = (key, frozenset(key), lst, entry)
                    found.setdefault((key, bool(entry.credit_code)), value)
        return list(found.values())


def similar(one: Entry, other: Entry) -> bool:
    """Whether two entries look like one that changed its name: same code, or a near name."""
    if one.category.sort is not other.category.sort:
        return False
    if one.credit_code and one.credit_code == other.credit_code:
        return True
    if one.category.individual:
        # Two names of three characters that share two are still two people, unless one employer.
        employer = name_key(one.employer)
        same = bool(employer) and employer == name_key(other.employer)
        return same and _near(one, other, _COLLEAGUES)
    if one.credit_code and other.credit_code:
        return False
    return organization_core(one.name) == organization_core(other.name) or _near(one, other)


def _near(one: Entry, other: Entry, least: float = _SIMILAR) -> bool:
    return SequenceMatcher(None, name_key(one.name), name_key(other.name)).ratio() >= least
