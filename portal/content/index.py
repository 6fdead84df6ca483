"""Index: the heads of all notices as they stand at an instant; every question is asked of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from portal.content.heads import Head
from portal.domain.notice import ACT_OF_KIND, Kind, Status
from portal.domain.states import Act
from portal.domain.window import WindowState
from portal.domain.workdays import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.content.selection import Selection

_CRITERIA = [(Head._fields.index(name), name) for name in ("kind", "county", "edition", "year")]

EVER = datetime(9999, 12, 31, tzinfo=SHANGHAI)
"""Later than anything that is written."""


class Index:
    """All heads, newest first (equal instants by slug), as they stand at an instant.

    At `EVER` every notice counts as public, in its latest text.

    `known` has the latest text of each notice, `public` the one that stands at the instant of each
    that is public by then; `amending` leads from each slug to the public
    notices that amend it or tell its result. The questions themselves are the classes of
    `portal.content.queries`.
    """

    def __init__(self, heads: Iterable[Head], at: datetime) -> None:
        self.at = at
        self.moment = at.timestamp()
        self.heads = sorted(heads, key=lambda head: (head.published, head.slug), reverse=True)
        self.known = {head.slug: head for head in self.heads if not head.until}
        self.public = [head for head in self.heads if self._stands(head)]
        self.by_slug = {head.slug: head for head in self.public}
        self.amending: dict[str, list[str]] = {}
        self.withdrawn: set[str] = set()
        for head in self.public:
            if head.amends:
                self.amending.setdefault(head.amends, []).append(head.slug)
                if head.kind == Kind.WITHDRAWAL:
                    self.withdrawn.add(head.amends)
        self._selected: dict[Selection, list[str]] = {}
        self._groups: dict[int, defaultdict[object, list[Head]]] = {}

    def _stands(self, head: Head) -> bool:
        return head.since <= self.moment and (not head.until or self.moment < head.until)

    def selected(self, selection: Selection) -> list[str]:
        """Slugs of the public notices of a selection, newest first."""
        if selection not in self._selected:
            wanted = [
                (place, value)
                for place, name in _CRITERIA
                if (value := getattr(selection, name)) is not None
            ]
            groups = sorted(((self._group(*pair), pair) for pair in wanted), key=_size)
            heads = groups[0][0] if groups else self.public
            for _, (place, value) in groups[1:]:
                heads = [head for head in heads if head[place] == value]
            self._selected[selection] = [head.slug for head in heads]
        return self._selected[selection]

    def _group(self, place: int, value: object) -> list[Head]:
        """The public notices with one value of a field, newest first."""
        if place not in self._groups:
            groups: defaultdict[object, list[Head]] = defaultdict(list)
            for head in self.public:
                groups[head[place]].append(head)
            self._groups[place] = groups  # only when whole: other threads may be asking
        return self._groups[place].get(value, [])

    def status(self, head: Head) -> Status:
        """Status of a notice; amendments count from their own publishing on."""
        amending = [Kind(self.by_slug[slug].kind) for slug in self.amending.get(head.slug, ())]
        others = [ACT_OF_KIND[kind] for kind in amending if kind in ACT_OF_KIND]
        acts = frozenset([*map(Act, head.acts.split()), *others])
        return Status(self.window_state(head) if head.opens else None, acts)

    @cached_property
    def changed(self) -> dict[str, datetime]:
        """For each public notice, newest first, when it last changed, by whatever act."""
        return {head.slug: self._changed(head) for head in self.public}

    @cached_property
    def by_change(self) -> list[str]:
        """The public notices, the last changed first."""
        moments = {slug: moment.timestamp() for slug, moment in self.changed.items()}
        return sorted(moments, key=lambda slug: (moments[slug], slug), reverse=True)

    def _changed(self, head: Head) -> datetime:
        own = datetime.fromisoformat(head.updated)
        others = [
            self.by_slug[slug].published
            for slug in self.amending.get(head.slug, ())
            if self.by_slug[slug].kind in ACT_OF_KIND
        ]
        newest = max(others, default=0.0)
        if newest <= own.timestamp():
            return own
        return datetime.fromtimestamp(newest, own.tzinfo)

    def window_state(self, head: Head) -> WindowState:
        """State of the window of a notice that has one."""
        if self.moment < head.opens:
            return WindowState.SCHEDULED
        return WindowState.OPEN if self.moment < head.closes else WindowState.CLOSED

    def next_change(self) -> datetime | None:
        """The next instant at which pages change by themselves: a moment, or an open window's day.

        Days left are printed for windows that have not closed, so these change every midnight.
        """
        later = [moment for moment in moments(self.heads) if moment > self.moment]
        if any(head.closes > self.moment for head in self.public):
            midnight = self.at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0)
            midnight = midnight.replace(microsecond=0) + timedelta(days=1)
            later.append(midnight.timestamp())
        return datetime.fromtimestamp(min(later), SHANGHAI) if later else None

    def crossed(self, other: datetime) -> list[Head]:
        """Notices that may look different at another instant than at this index's."""
        low, high = sorted((self.moment, other.timestamp()))
        new_day = self.at.astimezone(SHANGHAI).date() != other.astimezone(SHANGHAI).date()
        return [
            head
            for head in self.heads
            if low < head.since <= high
            or low < head.until <= high
            or low < head.opens <= high
            or low < head.closes <= high
            or (new_day and head.closes > low)
        ]


def _size(group: tuple[list[Head], object]) -> int:
    return len(group[0])


def moments(heads: Iterable[Head]) -> Iterable[float]:
    """Instants at which an answer may change by itself: a text begins or ends, a window does."""
    for head in heads:
        yield head.since
        if head.until:
            yield head.until
        if head.opens:
            yield head.opens
            yield head.closes
