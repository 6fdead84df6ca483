"""Cards: the few facts of each notice that planning and lists need, without its text."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from portal.content.selection import Selection, page_bounds, page_count
from portal.domain.notice import Kind, Status
from portal.domain.window import WindowState
from portal.domain.workdays import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.domain.notice import Notice


class Card(NamedTuple):
    """Facts of a notice. Times are POSIX seconds; `opens` and `closes` are 0 without a window.

    `updated` is an ISO time, as a sitemap prints it; `revision` counts from 1. `own` lists what the
    notice is published as besides its page: lines of group, space and path below its address.
    """

    slug: str
    folder: str
    published: float
    updated: str
    kind: str
    county: str
    edition: str
    year: int
    amends: str
    opens: float
    closes: float
    revision: int
    digest: str
    own: str

    @property
    def membership(self) -> tuple[object, ...]:
        """What decides in which lists the notice stands, and where, and which URLs it has."""
        return (self.published, self.updated, *self[4:12], self.own)


def card_of(notice: Notice, folder: str, own: str) -> Card:
    """The card of a notice."""
    window = notice.window
    return Card(
        notice.slug,
        folder,
        notice.published.timestamp(),
        notice.updated.isoformat(),
        notice.kind.value,
        notice.county or "",
        notice.edition,
        notice.published.year,
        notice.amends or "",
        window.opens_at.timestamp() if window else 0.0,
        window.closes_at.timestamp() if window else 0.0,
        notice.revision,
        notice.digest,
        own,
    )


def query(word: str, selection: Selection, number: int | None = None) -> str:
    """The name under which a query of a selection is recorded."""
    criteria = (selection.kind, selection.county, selection.edition, selection.year)
    return f"{word} {'|'.join(str(c or '') for c in criteria)} {'' if number is None else number}"


@lru_cache(maxsize=256)
def _selection(text: str) -> Selection:
    kind, county, edition, year = text.split("|")
    return Selection(
        Kind(kind) if kind else None, county or None, edition or None, int(year) if year else None
    )


def _limit(number: str) -> int | None:
    return int(number) if number else None


_CRITERIA = [(Card._fields.index(name), name) for name in ("kind", "county", "edition", "year")]


def _size(group: tuple[list[Card], object]) -> int:
    return len(group[0])


class CardIndex:
    """All cards, newest first, as they stand at an instant; answers every recorded query."""

    def __init__(self, cards: Iterable[Card], at: datetime) -> None:
        self.at = at
        self.moment = at.timestamp()
        self.cards = sorted(cards, key=lambda c: (c.published, c.slug), reverse=True)
        self.public = [card for card in self.cards if card.published <= self.moment]
        self.by_slug = {card.slug: card for card in self.public}
        self.amending: dict[str, list[str]] = {}
        self._withdrawn: set[str] = set()
        for card in self.public:
            if card.amends:
                self.amending.setdefault(card.amends, []).append(card.slug)
                if card.kind == Kind.WITHDRAWAL:
                    self._withdrawn.add(card.amends)
        self._selected: dict[Selection, list[str]] = {}
        self._groups: dict[int, defaultdict[object, list[Card]]] = {}

    def select(self, selection: Selection) -> list[str]:
        """Slugs of the public notices of a selection, newest first."""
        if selection not in self._selected:
            wanted = [
                (place, value)
                for place, name in _CRITERIA
                if (value := getattr(selection, name)) is not None
            ]
            groups = sorted(((self._group(*pair), pair) for pair in wanted), key=_size)
            cards = groups[0][0] if groups else self.public
            for _, (place, value) in groups[1:]:
                cards = [card for card in cards if card[place] == value]
            self._selected[selection] = [card.slug for card in cards]
        return self._selected[selection]

    def standing(self, selection: Selection) -> str:
        """Slug of the newest public notice of a selection that was not withdrawn; empty if none."""
        return next((s for s in self.select(selection) if s not in self._withdrawn), "")

    def _group(self, place: int, value: object) -> list[Card]:
        """The public notices with one value of a field, newest first."""
        if place not in self._groups:
            groups = self._groups[place] = defaultdict(list)
            for card in self.public:
                groups[card[place]].append(card)
        return self._groups[place].get(value, [])

    def page(self, selection: Selection, number: int) -> tuple[list[str], int, int]:
        """Slugs, number and count of a list page, 0 for the front page; IndexError if none."""
        slugs = self.select(selection)
        count = page_count(len(slugs))
        number = number or count
        if not 1 <= number <= count:
            raise IndexError(number)
        start, stop = page_bounds(len(slugs), number)
        return slugs[start:stop], number, count

    def with_window(self, states: Iterable[str]) -> list[str]:
        """Slugs of standing notices whose window is in one of the states, newest first."""
        wanted = set(states)
        return [
            card.slug
            for card in self.public
            if card.opens
            and self._window_state(card) in wanted
            and card.slug not in self._withdrawn
        ]

    def amended(self) -> list[str]:
        """Slugs of the public notices that were revised, corrected or withdrawn, newest first."""
        return [c.slug for c in self.public if c.revision > 1 or c.slug in self.amending]

    def years(self) -> list[int]:
        """Years in which notices were published, newest first."""
        return sorted({card.year for card in self.public}, reverse=True)

    def status(self, card: Card) -> Status:
        """Status of a notice, as `Catalogue.status` gives it."""
        amending = [self.by_slug[slug].kind for slug in self.amending.get(card.slug, ())]
        return Status(
            window=self._window_state(card) if card.opens else None,
            corrected=card.revision > 1 or Kind.CORRECTION in amending,
            withdrawn=card.slug in self._withdrawn,
        )

    def _window_state(self, card: Card) -> WindowState:
        if self.moment < card.opens:
            return WindowState.SCHEDULED
        return WindowState.OPEN if self.moment < card.closes else WindowState.CLOSED

    def answer(self, key: str) -> str:
        """Fingerprint of what a recorded query gives now."""
        word, _, rest = key.partition(" ")
        what, _, number = rest.partition(" ")
        match word:
            case "all":
                lines = [f"{c.slug} {c.digest}" for c in self.public]
            case "timestamps":
                lines = [f"{c.slug} {c.updated}" for c in self.public]
            case "years":
                lines = [str(year) for year in self.years()]
            case "amended":
                lines = self.amended()[: _limit(number)]
            case "window":
                lines = self.with_window(what.split(","))[: _limit(number)]
            case _:
                lines = self._answer_selection(word, _selection(what), number)
        return hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest()

    def _answer_selection(self, word: str, selection: Selection, number: str) -> list[str]:
        if word == "select":
            return self.select(selection)[: _limit(number)]
        if word == "standing":
            return [self.standing(selection)]
        if word == "pages":
            return [str(page_count(len(self.select(selection))))]
        try:
            slugs, found, count = self.page(selection, int(number))
        except IndexError:
            return ["no such page"]
        # A page tells its neighbours by number; farther pages do not show on it.
        return [*slugs, str(found), str(min(count - found, 2))]

    def moments(self) -> Iterable[float]:
        """Instants at which something that pages show changes by itself."""
        for card in self.cards:
            yield card.published
            if card.opens:
                yield card.opens
                yield card.closes

    def next_change(self) -> datetime | None:
        """The next such instant: a publishing, an opening, a closing, or an open window's new day.

        Days left are printed for windows that have not closed, so these change every midnight.
        """
        later = [moment for moment in self.moments() if moment > self.moment]
        if any(card.closes > self.moment for card in self.public):
            midnight = self.at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0)
            midnight = midnight.replace(microsecond=0) + timedelta(days=1)
            later.append(midnight.timestamp())
        return datetime.fromtimestamp(min(later), SHANGHAI) if later else None

    def crossed(self, other: datetime) -> list[Card]:
        """Notices that may look different at another instant than at this index's."""
        low, high = sorted((self.moment, other.timestamp()))
        new_day = self.at.astimezone(SHANGHAI).date() != other.astimezone(SHANGHAI).date()
        return [
            card
            for card in self.cards
            if low < card.published <= high
            or low < card.opens <= high
            or low < card.closes <= high
            or (new_day and card.closes > low)
        ]
