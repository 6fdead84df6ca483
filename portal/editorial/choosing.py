"""Choosing: the city's list and the winners' begin from the closed lists, not from copied rows.

Candidates are all entries of the lists that a kind must stand on, each with the list it comes from.
Whoever cannot be listed is among them too and says why: a window that still runs, a withdrawal, a
second publicity that left them out, an objection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.notice.list_writer import row_of, write_list
from portal.content.round_state import departures_of
from portal.domain.dates import write_date
from portal.domain.earlier_lists import EarlierLists
from portal.domain.names import name_key
from portal.domain.standing import held_faults, standing_faults
from portal.editorial.stage_lists import stage_lists
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.content.round_state import Told
    from portal.domain.awards import Grade
    from portal.domain.notice import Entry, Kind
    from portal.domain.standing import Hold
    from portal.editorial.stage_lists import StageList


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry of an earlier list; `key` names it in a form, `origin` is its notice's slug.

    `hindrance` says why it cannot be listed, and is empty where it can. `entry` has its county.
    """

    key: str
    entry: Entry
    origin: str
    title: str
    hindrance: str = ""

    @property
    def possible(self) -> bool:
        """Whether it can be listed."""
        return not self.hindrance


def candidates(
    catalogue: Catalogue, edition: str, kind: Kind, at: datetime, holds: Collection[Hold] = ()
) -> tuple[Candidate, ...]:
    """Whom a list of a kind can be chosen from, in the order of the earlier lists.

    `holds` are the desk's entries held back. Empty for a kind that stands on no list.
    """
    award = catalogue.editions.get(edition)
    stands_on = award.stands_on(kind) if award else ()
    if not stands_on:
        return ()
    *others, nearest = stands_on
    stages = stage_lists(catalogue, nearest, edition, at)
    known = EarlierLists(stage.listed for stage in stages)
    left = departures_of(catalogue.as_of(at), edition, at)
    found: dict[str, Candidate] = {}
    for stage in stages:
        for entry in stage.listed.entries:
            placed = entry._replace(county=entry.county or stage.listed.county)
            key = _key(placed)
            one = Candidate(
                key,
                placed,
                stage.notice.slug,
                stage.notice.title,
                _hindrance(stage, placed, known, at, holds)
                or _left(placed, left)
                or _missed(catalogue, edition, others, placed, at),
            )
            # Of somebody who is on two lists, the one that gives standing, else the newest.
            if key not in found or not found[key].possible:
                found[key] = one
    return tuple(found.values())


def _left(entry: Entry, left: Iterable[Told]) -> str:
    """Why somebody is no longer in the round, or the empty string."""
    told = next((one for one in left if one.departure.means(entry)), None)
    return f"{told.departure.why.label}，见“{told.notice.title}”" if told else ""


def _missed(
    catalogue: Catalogue, edition: str, kinds: Iterable[Kind], entry: Entry, at: datetime
) -> str:
    """Why an entry did not stand on the lists of further stages, or the empty string."""
    for kind in kinds:
        lists = EarlierLists(one.listed for one in stage_lists(catalogue, kind, edition, at))
        for fault in standing_faults(kind, [entry], lists, at):
            return fault.message
    return ""


def _key(entry: Entry) -> str:
    parts = (entry.category, name_key(entry.name), name_key(entry.apart), entry.county)
    return "|".join(parts)


def _hindrance(
    stage: StageList, entry: Entry, known: EarlierLists, at: datetime, holds: Collection[Hold]
) -> str:
    listed = stage.listed
    if not listed.speaks(at):
        return f"“{listed.title}”已经撤回"
    if not listed.closed(at):
        return f"“{listed.title}”公示期至{write_date(stage.window.closes)}，还没有满"
    if second := known.second(listed, entry, at):
        if second.lists(entry):
            return f"再次公示的“{second.title}”公示期未满"
        return f"再次公示的“{second.title}”没有列入"
    held = held_faults([entry], holds)
    return held[0].message if held else ""


def chosen_list(
    known: Iterable[Candidate], chosen: Collection[str], grades: Mapping[str, Grade] | None = None
) -> bytes:
    """The bytes of list.csv with the chosen candidates, in their order; keys of `Candidate.key`.

    `grades` gives some of them a grade. RequestError for a key that nobody has, or that is held
    back.
    """
    by_key = {candidate.key: candidate for candidate in known}
    for key in chosen:
        candidate = by_key.get(key)
        if candidate is None:
            raise RequestError(f"没有可选的条目“{key}”，名单可能已经更新，请重新选择")
        if not candidate.possible:
            raise RequestError(f"“{candidate.entry.name}”不能列入：{candidate.hindrance}")
    picked = [candidate.entry for key, candidate in by_key.items() if key in set(chosen)]
    wanted = grades or {}
    return write_list(
        [row_of(entry._replace(grade=wanted.get(_key(entry), entry.grade))) for entry in picked]
    )
