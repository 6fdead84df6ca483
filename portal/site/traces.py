"""Traces: from which lists the entries of a later list come, and what became of the others.

An edition has one page of them, so that a change of a list makes one page stale and not each that
stands on it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from portal.content.round_state import departures_of
from portal.domain.earlier_lists import EarlierList, EarlierLists
from portal.domain.list_changes import list_changes, reason_for
from portal.domain.quotas import entrant_keys, same_entrant, vacancies
from portal.domain.stated_reasons import ListChange
from portal.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.content.round_state import Told
    from portal.domain.editions import Edition
    from portal.domain.list_changes import Changed
    from portal.domain.notice import Entry, Kind, Notice


class Source(NamedTuple):
    """A list that an entry stood on, at its row; `name` is how it stood there if otherwise."""

    label: str
    path: str
    name: str = ""


class Trace(NamedTuple):
    """An entry of a later list and the lists it comes from; `anchor` names its row."""

    anchor: str
    entry: Entry
    sources: tuple[Source, ...]


class Fate(NamedTuple):
    """What became of entries of earlier lists, or of places: a label, whom, and why.

    `path` leads to the notice that tells it, empty where this list's own does.
    """

    label: str
    names: tuple[str, ...]
    reason: str
    path: str = ""


class TracedList(NamedTuple):
    """A list that stands on others."""

    notice: Notice
    withdrawn: bool
    traces: tuple[Trace, ...]
    fates: tuple[Fate, ...]


class EditionLists:
    """The public lists of an edition, found by whom they name."""

    def __init__(self, catalogue: Catalogue, edition: Edition, at: datetime) -> None:
        self._edition, self._site = edition, catalogue.site
        self._left = departures_of(catalogue, edition.slug, at)
        self._lists = [
            (n, catalogue.status(n, at).state) for n in catalogue.lists(at, edition.slug)
        ]
        self._by_key: defaultdict[str, list[tuple[Notice, int, Entry]]] = defaultdict(list)
        for notice, state in reversed(self._lists):
            if notice.kind.has_window and state is not State.WITHDRAWN:
                for number, entry in enumerate(notice.entries, 1):
                    for key in entrant_keys(entry):
                        self._by_key[key].append((notice, number, entry))

    def sources(self, notice: Notice, entry: Entry) -> tuple[Source, ...]:
        """The lists that an entry of a notice stood on before, the earliest first."""
        found: dict[str, Source] = {}
        for key in entrant_keys(entry):
            for other, number, old in self._by_key.get(key, ()):
                before = other.kind != notice.kind and other.published < notice.published
                if before and other.slug not in found and same_entrant(old, entry):
                    path = f"/notices/{other.slug}/#entry-{number}"
                    name = old.name if old.name != entry.name else ""
                    found[other.slug] = Source(self._label(other), path, name)
        return tuple(found.values())

    def _label(self, notice: Notice) -> str:
        """The place alone: the name of a county before “县（区）公示” would say it twice."""
        place = self._site.county_name(notice.county)
        return f"{place}公示" if place else notice.kind.label

    def traced(self) -> tuple[TracedList, ...]:
        """Every list that stands on others, the newest first."""
        told: set[tuple[Kind, str | None]] = set()
        found = []
        for notice, state in self._lists:
            if not self._edition.stands_on(notice.kind):
                continue
            withdrawn = state is State.WITHDRAWN
            traces = tuple(
                Trace(f"{notice.slug}-{number}", entry, self.sources(notice, entry))
                for number, entry in enumerate(notice.entries, 1)
            )
            # Only the list that stands is compared: an earlier one of its kind and place was
            # replaced.
            newest = not withdrawn and (notice.kind, notice.county) not in told
            fates = tuple(self._fates(notice)) if newest else ()
            if newest:
                told.add((notice.kind, notice.county))
            found.append(TracedList(notice, withdrawn, traces, fates))
        return tuple(found)

    def _fates(self, notice: Notice) -> Iterator[Fate]:
        """Who of the closed lists is not on this one or otherwise, and the places left."""
        place = self._site.county_name(notice.county)
        before = self._stood(self._edition.stands_on(notice.kind)[-1], notice.published, place)
        gone = [told for told in self._left if told.notice.published <= notice.published]
        yield from _departed(before, gone)
        stayed = [e for e in before if not any(told.departure.means(e) for told in gone)]
        now = [entry._replace(county=entry.county or place) for entry in notice.entries]
        changes = list_changes(stayed, now) if before else ()
        grouped: dict[tuple[ListChange, str], list[Changed]] = {}
        for changed in changes:
            # Who is held back is the desk's to know; the notice says who was struck off.
            struck = replace(changed, change=ListChange.STRUCK_OFF)
            if changed.change is ListChange.LEFT_OUT and reason_for(struck, notice.reasons):
                changed = struck  # noqa: PLW2901
            reason = reason_for(changed, notice.reasons)
            grouped.setdefault((changed.change, reason), []).append(changed)
        for (change, reason), some in grouped.items():
            names = tuple(_named(one) for one in some)
            yield Fate(change.label, names, reason)
        yield from self._vacant(notice)

    def _vacant(self, notice: Notice) -> Iterator[Fate]:
        if not any(entry.grade for entry in notice.entries):
            return
        for grade, number in vacancies(self._edition, notice.entries).items():
            stated = [one for one in notice.reasons if one.about is ListChange.VACANT]
            reason = next((o.reason for o in stated if o.entry in ("", str(grade))), "")
            if number:
                yield Fate(ListChange.VACANT.label, (f"{grade}{number}个名额",), reason)

    def _stood(self, kind: Kind, at: datetime, county: str) -> Iterable[Entry]:
        lists = [
            EarlierList(
                notice.title,
                notice.entries,
                notice.published,
                notice.window.closes_at,
                county=self._site.county_name(notice.county),
            )
            for notice, state in self._lists
            if notice.kind == kind and notice.window and state is not State.WITHDRAWN
        ]
        return EarlierLists(lists).stood(at, county)


def _departed(before: Iterable[Entry], gone: Iterable[Told]) -> Iterator[Fate]:
    before = list(before)
    for told in gone:
        if any(told.departure.means(entry) for entry in before):
            one = told.departure
            yield Fate(one.why.label, (one.name,), one.reason, f"/notices/{told.notice.slug}/")


def _named(changed: Changed) -> str:
    """The name, with the former one where it was renamed."""
    old, new = changed.before, changed.after
    if changed.change is ListChange.RENAMED and old and new:
        return f"{new.name}（原列“{old.name}”）"
    return changed.name
