"""Notices (公告): kinds, entries, revisions, attachments, and the state derived from dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from portal.domain.awards import EMPLOYER
from portal.domain.round_news import result_sentences
from portal.domain.states import Act, State, main_state
from portal.domain.window import PublicityWindow, WindowState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from portal.domain.awards import Category, Grade
    from portal.domain.round_news import Departure, ObjectionResult, StepReached
    from portal.domain.stated_reasons import CapException, StatedReason


class Nature(StrEnum):
    """What a kind of notice does, whatever the award calls it."""

    CALL = "call"
    PUBLICITY = "publicity"
    PROGRESS = "progress"
    RESULT = "result"
    DECISION = "decision"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


class Level(StrEnum):
    """Who publicises: the unit an entry belongs to, a county, or who gives the award."""

    UNIT = "unit"
    COUNTY = "county"
    CITY = "city"


class Kind(str):
    """A kind of notice, as headers and URLs write it; two of one slug are equal.

    A publicity is what a stage of the award defines, so its label and level come from there. The
    others are the same for every award.
    """

    __slots__ = ("label", "level", "nature")
    label: str
    level: Level
    nature: Nature
    _fixed: ClassVar[dict[str, Any]] = {}
    CALL: ClassVar[Kind]
    PROGRESS: ClassVar[Kind]
    RESULT: ClassVar[Kind]
    DECISION: ClassVar[Kind]
    CORRECTION: ClassVar[Kind]
    WITHDRAWAL: ClassVar[Kind]

    def __new__(cls, slug: str, label: str = "", level: Level = Level.CITY) -> Self:
        """A kind of this slug; of the fixed ones there is one each."""
        if slug in cls._fixed:
            fixed: Self = cls._fixed[slug]
            return fixed
        kind = super().__new__(cls, slug)
        kind.nature = Nature(slug) if slug in _FIXED_LABELS else Nature.PUBLICITY
        kind.label = _FIXED_LABELS.get(slug) or label or slug
        kind.level = level
        return kind

    def __reduce__(self) -> tuple[object, ...]:
        return _kind, (str(self), self.label, self.level)

    @property
    def has_window(self) -> bool:
        """Whether notices of this kind open a publicity window."""
        return self.nature is Nature.PUBLICITY

    @property
    def has_list(self) -> bool:
        """Whether notices of this kind carry a list."""
        return self.nature in (Nature.PUBLICITY, Nature.DECISION)

    @property
    def amends(self) -> bool:
        """Whether notices of this kind amend another notice."""
        return self.nature in (Nature.CORRECTION, Nature.WITHDRAWAL)

    @property
    def follows(self) -> bool:
        """Whether notices of this kind begin from another notice, which they name."""
        return self.amends or self.nature is Nature.RESULT

    @property
    def of_county(self) -> bool:
        """Whether a notice of this kind is one county's."""
        return self.has_window and self.level is Level.COUNTY


_FIXED_LABELS = {
    "call": "通知",
    "progress": "评选进展",
    "result": "公示结果",
    "decision": "表彰决定",
    "correction": "更正",
    "withdrawal": "撤回",
}
# A store holds the same few for every notice: each is made once when they are read back.


@lru_cache(maxsize=256)
def _kind(slug: str, label: str, level: Level) -> Kind:
    return Kind(slug, label, level)


FIXED_KINDS = {slug: Kind(slug) for slug in _FIXED_LABELS}
"""The kinds that every award has, by slug."""

Kind._fixed.update(FIXED_KINDS)  # noqa: SLF001 - they are made by the class itself
Kind.CALL, Kind.DECISION = FIXED_KINDS["call"], FIXED_KINDS["decision"]
Kind.PROGRESS, Kind.RESULT = FIXED_KINDS["progress"], FIXED_KINDS["result"]
Kind.CORRECTION, Kind.WITHDRAWAL = FIXED_KINDS["correction"], FIXED_KINDS["withdrawal"]


ACT_OF_KIND = {Kind.CORRECTION: Act.CORRECTED, Kind.WITHDRAWAL: Act.WITHDRAWN}
"""What a notice of a kind does to the one it amends."""


_WINDOW_STATES = {
    WindowState.SCHEDULED: State.SCHEDULED,
    WindowState.OPEN: State.OPEN,
    WindowState.CLOSED: State.CLOSED,
}


class ListOrder(StrEnum):
    """Order of a published list; `stroke` is 按姓氏笔画为序 (docs/domain.md §6)."""

    FILE = "file"
    STROKE = "stroke"


_JOINT = re.compile("[、，,]")


class Entry(NamedTuple):
    """One row of a list; empty where it says nothing; `line` is its line in list.csv.

    `more` are the award's own columns of plain data: heading and value of each that is filled.
    """

    name: str
    category: Category
    grade: Grade | None = None
    credit_code: str = ""
    county: str = ""
    employer: str = ""
    position: str = ""
    remark: str = ""
    line: int = 0
    more: tuple[tuple[str, str], ...] = ()

    @property
    def apart(self) -> str:
        """What tells it from a namesake: the employer, or what its category's column says."""
        apart = self.category.apart
        return self.employer if apart == EMPLOYER else dict(self.more).get(apart, "")

    @property
    def members(self) -> tuple[str, ...]:
        """Who is named: several where a category lets them apply together."""
        if self.category.joint == 1:
            return (self.name,)
        return tuple(part for part in _JOINT.split(self.name) if part.strip())


def plain_columns(entries: Sequence[Entry]) -> tuple[tuple[str, list[str]], ...]:
    """The award's own columns that entries fill, each with its cells."""
    rows = [dict(entry.more) for entry in entries if entry.more]
    if not rows:
        return ()
    labels = dict.fromkeys(label for row in rows for label in row)
    return tuple((label, [dict(e.more).get(label, "") for e in entries]) for label in labels)


@dataclass(frozen=True, slots=True)
class Review:
    """三审: three different people."""

    drafted: str
    reviewed: str
    approved: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file under files/; `size` in bytes, `sha256` in hex, `path` where its bytes are."""

    name: str
    size: int
    sha256: str
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier or the current published text of a notice; the note of the first is empty.

    `digest` is the SHA-256 of this text's source files, in hex. `redacted` says why personal data
    was taken out of an earlier text afterwards; it is printed with that text. `extensions` is how
    often the window had been extended when this text went up. `attachments` are its own ones.
    """

    number: int
    published: datetime
    note: str
    title: str
    body: str
    entries: tuple[Entry, ...]
    digest: str = ""
    redacted: str = ""
    extensions: int = 0
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One published item. `body` is Markdown; `revisions` run from the first to the current one.

    `window` is None for kinds without one. `digest` is the SHA-256 of all its source files, in hex.
    `entries` are in the order of publication. `demonstration` marks fictional data (演示).
    `progress` is what a notice of how far a step is tells; `result_of` the slug of the publicity
    whose result it is, with the `objections`. Whoever is no longer in the round is in `departures`.
    `copied_to` (抄送), `printed_by` and `printed` (印发) stand in the foot of the document.
    """

    slug: str
    title: str
    kind: Kind
    edition: str
    issuer: str
    published: datetime
    body: str
    review: Review
    county: str | None = None
    number: str = ""
    issued: date | None = None
    window: PublicityWindow | None = None
    order: ListOrder = ListOrder.FILE
    amends: str | None = None
    tags: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    revisions: tuple[Revision, ...] = ()
    demonstration: bool = False
    draft: bool = False
    digest: str = ""
    reasons: tuple[StatedReason, ...] = ()
    exceptions: tuple[CapException, ...] = ()
    progress: StepReached | None = None
    result_of: str | None = None
    objections: tuple[ObjectionResult, ...] = ()
    departures: tuple[Departure, ...] = ()
    copied_to: str = ""
    printed_by: str = ""
    printed: date | None = None

    @property
    def about(self) -> str | None:
        """The slug of the notice that this one amends, or whose result it is."""
        return self.amends or self.result_of

    @property
    def about_label(self) -> str:
        """What that notice is called: 更正对象, 所属公示."""
        return f"{self.kind.label}对象" if self.amends else "所属公示"

    @property
    def told(self) -> tuple[str, ...]:
        """What is printed below the list, as sentences, where there is no table for it."""
        results = result_sentences(self.objections) if self.result_of else ()
        return (
            *results,
            *(one.sentence for one in self.reasons),
            *(one.sentence for one in self.exceptions),
            *(one.sentence for one in self.departures),
        )

    @property
    def updated(self) -> datetime:
        """Instant of the current revision."""
        return self.revisions[-1].published if self.revisions else self.published

    @property
    def revision(self) -> int:
        """Number of the current revision, from 1."""
        return self.revisions[-1].number if self.revisions else 1

    def earlier(self, number: int) -> tuple[Revision, Revision] | None:
        """An earlier text and the one that took its place."""
        return next((two for two in pairwise(self.revisions) if two[0].number == number), None)

    def files_of(self, revision: Revision) -> tuple[Attachment, ...]:
        """The attachments of one of its texts; one without files of its own shares the current."""
        return revision.attachments or self.attachments

    def opens_at(self) -> datetime | None:
        """First instant at which objections are taken: window opening, not before publishing."""
        return max(self.window.opens_at, self.published) if self.window else None


@dataclass(frozen=True, slots=True)
class Status:
    """A notice at an instant: its window's state and what was done to it later."""

    window: WindowState | None
    acts: frozenset[Act] = frozenset()

    @property
    def state(self) -> State:
        """The one state that matters most to a reader: withdrawn, else window, else corrected."""
        return main_state(self.states)

    @property
    def states(self) -> frozenset[State]:
        """Every state a filter should find the notice under."""
        found = {State(act.value) for act in self.acts}
        if self.window and not self.withdrawn:
            found.add(_WINDOW_STATES[self.window])
        return frozenset(found or {State.PUBLISHED})

    @property
    def corrected(self) -> bool:
        """Whether another notice corrects it."""
        return Act.CORRECTED in self.acts

    @property
    def withdrawn(self) -> bool:
        """Whether another notice withdrew it."""
        return Act.WITHDRAWN in self.acts

    @property
    def accepts_objections(self) -> bool:
        """Whether the objection form is open."""
        return self.window is WindowState.OPEN and not self.withdrawn
