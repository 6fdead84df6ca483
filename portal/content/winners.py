"""Winners: who won what in which edition, each across the editions, and the lists behind them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from portal.content.round_state import revocations_of
from portal.content.selection import Selection
from portal.domain.names import name_key
from portal.domain.notice import Kind
from portal.domain.quotas import entrant_keys, same_entrant

if TYPE_CHECKING:
    from datetime import date, datetime

    from portal.content.catalogue import Catalogue
    from portal.content.round_state import Told
    from portal.domain.editions import Edition
    from portal.domain.notice import Entry, Notice


class Win(NamedTuple):
    """What somebody won; `number` is the place in the decision's list, from 1.

    `revoked` is the notice that took the title away, or None.
    """

    edition: Edition
    decision: Notice
    entry: Entry
    number: int
    revoked: Told | None

    @property
    def day(self) -> date:
        """The day of the decision: when it was made, else when it was published here."""
        return self.decision.issued or self.decision.published.date()

    @property
    def valid_until(self) -> date | None:
        """The last day of the title where the award's rules state a validity."""
        years, day = self.edition.valid_years, self.day
        if not years:
            return None
        leap = (day.month, day.day) == (2, 29)
        return day.replace(year=day.year + years, day=28 if leap else day.day)


class Winner(NamedTuple):
    """Somebody who won, with all that it won, the newest first; `key` is part of its address.

    The key comes from the first title and stays when further ones are won under another name.
    """

    key: str
    wins: tuple[Win, ...]

    @property
    def name(self) -> str:
        """The name under which it won last."""
        return self.wins[0].entry.name

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/winners/who/{self.key}/"

    @property
    def demonstration(self) -> bool:
        """Whether what it won is fiction."""
        return self.wins[0].edition.demonstration


def decision_of(catalogue: Catalogue, edition: Edition, at: datetime) -> Notice | None:
    """The decision that stands: the newest of the edition that was not withdrawn."""
    return catalogue.standing(at, Selection(kind=Kind.DECISION, edition=edition.slug))


def winners_over(catalogue: Catalogue, at: datetime) -> tuple[Winner, ...]:
    """Everybody who won, in the order of the decisions and of their lists."""
    groups: list[list[Win]] = []
    known: dict[tuple[bool, str], list[list[Win]]] = {}
    for win in sorted(_wins(catalogue, at), key=lambda win: win.day):
        fiction = win.edition.demonstration
        keys = [(fiction, key) for key in entrant_keys(win.entry)]
        met = [group for key in keys for group in known.get(key, ())]
        group = next((g for g in met if any(same_entrant(w.entry, win.entry) for w in g)), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(win)
        for key in keys:
            known.setdefault(key, []).append(group)
    return tuple(Winner(_key(group[0]), tuple(reversed(group))) for group in groups)


def _wins(catalogue: Catalogue, at: datetime) -> list[Win]:
    found = []
    for edition in catalogue.editions.values():
        decision = decision_of(catalogue, edition, at)
        if decision is None:
            continue
        revoked = revocations_of(catalogue, decision.slug, at)
        for number, entry in enumerate(decision.entries, 1):
            taken = next((told for told in revoked if told.departure.means(entry)), None)
            found.append(Win(edition, decision, entry, number, taken))
    return found


def _key(win: Win) -> str:
    entry = win.entry
    parts = (str(win.edition.demonstration), entry.category.sort.value, name_key(entry.name))
    text = "\0".join((*parts, name_key(entry.apart)))
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
