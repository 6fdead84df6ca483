"""Neighbours: a notice among the others, by the little that is kept of each.

Of a notice that others are judged by nothing is in memory but its head: no text, and its list only
while the lists of its edition are compared.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.content.files.frontmatter import FrontMatter
from portal.content.notice.list_reader import ListTable
from portal.content.notice.notice_reader import Source
from portal.content.record.packing import unpack
from portal.domain.earlier_lists import EarlierList, EarlierLists
from portal.domain.notice import Entry, Kind
from portal.domain.standing import standing_faults
from portal.domain.window import honest_window
from portal.domain.workdays import SHANGHAI
from portal.errors import CalendarError
from portal.lint.holds_file import NO_HOLDS, HoldsFile
from portal.lint.rules.subjects import Subject, Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portal.content.files.fault_collector import Place
    from portal.domain.faults import Fault
    from portal.domain.notice import Notice
    from portal.domain.window import PublicityWindow
    from portal.ledger.ledger_lines import LedgerLine
    from portal.lint.rules.rule import Proviso

_ALWAYS = datetime.max.replace(tzinfo=SHANGHAI)


class Known(NamedTuple):
    """A notice without its texts and its list, as others are judged by it.

    `folder` is how issues name its folder, `root` the folder of notices it belongs to. One that is
    not `sound` has faults in its list. `text` changes with all that is read of it without its list,
    `digest` with all that is read of it with its list.
    """

    folder: str
    root: str
    slug: str
    kind: Kind
    packed: bytes | Notice
    edition: str
    revision: int
    places: Mapping[str, Place]
    files: tuple[str, ...]
    sound: bool
    text: str
    digest: str
    amends: str

    @property
    def tells(self) -> bool:
        """Whether it tells of steps, results or departures; few do, so they are judged anew."""
        return self.kind in (Kind.PROGRESS, Kind.RESULT) or "departures" in self.places

    @property
    def notice(self) -> Notice:
        """The notice, unpacked each time it is asked for: most never are."""
        return unpack(self.packed) if isinstance(self.packed, bytes) else self.packed


Listing = tuple[list[tuple[Any, ...]], tuple[str, ...], str]
"""The list of a notice: its entries, their values in order; and the header and the text of the
table in which they have their places."""


def _no_list(folder: str, digest: str) -> Listing:
    del folder, digest
    return [], (), ""


@dataclass(frozen=True)
class Context(Surroundings):
    """All notices, the desk's export of holds, and the time.

    `slugs` are the names of all folders, `known` the notices that could be read, by slug. `keyed`
    tells by its slug whether objections to a notice can be sealed to an office's key. `listing`
    gives the list of the notice in a folder, by the digest of what is known of it.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    slugs: frozenset[str] = frozenset()
    holds: HoldsFile = NO_HOLDS
    now: datetime | None = None
    keyed: Callable[[str], bool] = lambda _: False
    listing: Callable[[str, str], Listing] = _no_list

    def stands(self, proviso: Proviso) -> bool:
        """Whether a finding stands: its question is answered with no, or there is none."""
        return not proviso or not _QUESTIONS[proviso[0]](self, *proviso[1:])

    def is_notice(self, slug: str) -> bool:
        """Whether there is a sound notice of a name."""
        return self.notice(slug) is not None

    def has_file(self, slug: str, name: str) -> bool:
        """Whether a sound notice has an attachment of a name."""
        known = self.known.get(slug)
        return known is not None and known.sound and name in known.files

    def notice(self, slug: str) -> Notice | None:
        """A sound notice of a name, without its texts and its list."""
        known = self.known.get(slug)
        return known.notice if known is not None and known.sound else None

    def takes_objections(self, slug: str) -> bool:
        """Whether objections to a notice can be sealed."""
        return self.keyed(slug)

    def had_earlier_window(self, edition: str, kinds: str, first: str, last: str) -> bool:
        """Whether a list of one of some kinds had a window from one day to another (ISO)."""
        days = date.fromisoformat(first), date.fromisoformat(last)
        return any((edition, kind, *days) in self._windows for kind in kinds.split())

    @cached_property
    def _windows(self) -> set[tuple[str, str, date, date]]:
        lists = (k.notice for k in self.known.values() if k.sound and k.kind.has_window)
        return {(n.edition, n.kind, n.window.opens, n.window.closes) for n in lists if n.window}

    @cached_property
    def lists(self) -> dict[str, list[Known]]:
        """The notices with a list by edition, in order of slugs."""
        found: defaultdict[str, list[Known]] = defaultdict(list)
        for slug in sorted(self.known):
            known = self.known[slug]
            if known.kind.has_list:
                found[known.edition].append(known)
        return dict(found)

    @cached_property
    def withdrawn(self) -> dict[str, datetime]:
        """When each withdrawn notice was withdrawn."""
        found = (k.notice for k in self.known.values() if k.sound and k.kind is Kind.WITHDRAWAL)
        return {notice.amends: notice.published for notice in found if notice.amends}

    @cached_property
    def telling(self) -> dict[str, list[Notice]]:
        """The notices of steps and results by edition, without what was withdrawn."""
        found: defaultdict[str, list[Notice]] = defaultdict(list)
        for slug in sorted(self.known):
            known = self.known[slug]
            if known.tells and known.sound and slug not in self.withdrawn:
                found[known.edition].append(known.notice)
        return dict(found)

    def entries(self, slug: str) -> list[Entry]:
        """The list of a notice; empty where there is none."""
        known = self.known.get(slug)
        if not known:
            return []
        return list(map(Entry._make, self.listing(known.folder, known.digest)[0]))

    def county_name(self, county: str | None) -> str:
        """The Chinese name of a county, or the empty string."""
        return self.tree.site.county_name(county) if self.tree.site else ""

    @cached_property
    def ledgered(self) -> dict[tuple[str, int], LedgerLine]:
        """Ledger lines by slug and revision."""
        return {
            (line.slug, line.revision): line for ls in self.tree.ledgers.values() for line in ls
        }

    @cached_property
    def recorded(self) -> dict[str, datetime]:
        """When each notice of the ledger went up, by the clock of the first line about it."""
        found: dict[str, datetime] = {}
        for line in (line for lines in self.tree.ledgers.values() for line in lines):
            at = line.recorded or line.published
            found[line.slug] = min(at, found.get(line.slug, at))
        return found

    @cached_property
    def newest(self) -> dict[str, datetime]:
        """When the newest line of each notices folder's ledger was published."""
        ledgers = self.tree.ledgers.items()
        return {f: max(line.published for line in lines) for f, lines in ledgers if lines}

    def closes(self, notice: Notice, window: PublicityWindow) -> datetime:
        """When a window was really over: it is counted from the recorded publication."""
        recorded = self.recorded.get(notice.slug)
        if recorded is None or notice.demonstration:
            return window.closes_at
        try:
            return honest_window(window, recorded, self.tree.calendar).closes_at
        except CalendarError:
            return _ALWAYS

    def told(self, known: Known) -> tuple[object, ...] | None:
        """All that the rules on a neighbour are told of the others; None where the time tells."""
        slug = known.slug
        if (slug, known.revision) not in self.ledgered or known.tells:
            return None
        lines = (self.ledgered.get((slug, n)) for n in range(1, known.revision + 1))
        amended = self.known.get(known.amends)
        return (
            known.text,
            self.recorded.get(slug),
            *((line.source, line.published) if line else None for line in lines),
            *((amended.sound, amended.text) if amended else ()),
        )

    def neighbour(self, known: Known) -> Neighbour:
        """A notice as the rules see it that need neither its text nor its list."""
        notice, matter = known.notice, FrontMatter("", {}, dict(known.places), "", 1)
        return Neighbour(_source(known, notice, matter), notice, matter, self, known)


_QUESTIONS: dict[str, Callable[..., bool]] = {
    question.__name__: question
    for question in (
        *(Context.is_notice, Context.has_file),
        *(Context.takes_objections, Context.had_earlier_window),
    )
}


def _source(
    known: Known, notice: Notice, matter: FrontMatter, table: ListTable | None = None
) -> Source:
    sound = notice if known.sound else None
    return Source(Path(known.folder), matter, table, sound, (), None if known.sound else notice)


@dataclass(frozen=True)
class Neighbour(Subject):
    """A notice among the others, without its texts and its list."""

    context: Context
    known: Known


@dataclass(frozen=True)
class Listed(Neighbour):
    """A notice with its list, among the lists of its edition."""

    round: Round

    @cached_property
    def standing(self) -> list[Fault]:
        """Faults against the lists this one must stand on, as they were when it was published."""
        notice = self.notice
        if self.context.tree.site is None:
            return []
        return [
            fault
            for kind in self.stands_on
            for fault in standing_faults(
                kind, notice.entries, self.round.earlier_lists(kind), notice.published
            )
        ]


@dataclass(frozen=True)
class Round:
    """The lists of one edition; each is read once, and forgotten with the round."""

    context: Context
    edition: str
    _listed: dict[Kind, list[Listed]] = field(default_factory=dict, compare=False)
    _earlier: dict[Kind, EarlierLists] = field(default_factory=dict, compare=False)

    def lists(self, kind: Kind) -> list[Listed]:
        """The lists of a kind, in order of slugs."""
        if kind not in self._listed:
            known = self.context.lists.get(self.edition, ())
            self._listed[kind] = [self._with_list(k) for k in known if k.kind == kind]
        return self._listed[kind]

    def _with_list(self, known: Known) -> Listed:
        entries, header, text = self.context.listing(known.folder, known.digest)
        table = ListTable(header, (), text)
        notice = replace(known.notice, entries=tuple(map(Entry._make, entries)))
        matter = FrontMatter("", {}, dict(known.places), "", 1)
        source = _source(known, notice, matter, table)
        return Listed(source, notice, matter, self.context, known, self)

    def earlier_lists(self, kind: Kind) -> EarlierLists:
        """The sound lists of a kind, indexed once for all that stand on them."""
        if kind not in self._earlier:
            lists = [self._earlier_list(one.notice) for one in self.lists(kind) if one.known.sound]
            self._earlier[kind] = EarlierLists(lst for lst in lists if lst)
        return self._earlier[kind]

    def _earlier_list(self, notice: Notice) -> EarlierList | None:
        window, site = notice.window, self.context.tree.site
        if window is None or site is None:
            return None
        return EarlierList(
            notice.title,
            notice.entries,
            notice.published,
            self.context.closes(notice, window),
            self.context.withdrawn.get(notice.slug),
            site.county_name(notice.county),
        )

    @cached_property
    def recommended(self) -> dict[str, list[tuple[Listed, Entry]]]:
        """Whom the first publicity proposes, by county: whoever was not struck off.

        Struck off is whom a second publicity left out, whose objection was upheld, and who left the
        round. Withdrawn lists count for nothing, the others in order of publishing.
        """
        telling = self.context.telling.get(self.edition, ())
        left = [departure for notice in telling for departure in notice.departures]
        upheld = [h for edition, h in self.context.holds.holds if edition == self.edition]
        upheld = [hold for hold in upheld if hold.upheld]
        counties: defaultdict[str, list[Listed]] = defaultdict(list)
        edition = self.context.tree.editions.get(self.edition)
        first = edition.first.kind if edition and edition.first else None
        for one in self.lists(first) if first else ():
            if one.notice.slug not in self.context.withdrawn:
                counties[one.notice.county or ""].append(one)
        found: dict[str, list[tuple[Listed, Entry]]] = {}
        for county, lists in counties.items():
            lists.sort(key=lambda one: (one.notice.published, one.notice.slug))
            earlier = [self._earlier_list(one.notice) for one in lists]
            index = EarlierLists(lst for lst in earlier if lst)
            found[county] = [
                (one, entry)
                for one, lst in zip(lists, earlier, strict=True)
                for entry in one.notice.entries
                if not (lst and index.second(lst, entry, _ALWAYS))
                and not any(hold.means(entry, one.county) for hold in upheld)
                and not any(departure.means(entry, one.county) for departure in left)
            ]
        return found
