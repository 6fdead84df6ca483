"""Notices (公告): kinds, entries, revisions, attachments, and the state derived from dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from portal.domain.window import PublicityWindow, WindowState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from portal.domain.awards import Category, Grade
    from portal.domain.stated_reasons import StatedReason


class Kind(StrEnum):
    """Kinds of notice."""

    CALL = "call"
    COUNTY_PUBLICITY = "county-publicity"
    CITY_PUBLICITY = "city-publicity"
    DECISION = "decision"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"

    @property
    def label(self) -> str:
        """The kind's Chinese name."""
        return _KIND_LABELS[self]

    @property
    def has_window(self) -> bool:
        """Whether notices of this kind open a publicity window."""
        return self in (Kind.COUNTY_PUBLICITY, Kind.CITY_PUBLICITY)

    @property
    def has_list(self) -> bool:
        """Whether notices of this kind carry a list."""
        return self.has_window or self is Kind.DECISION

    @property
    def amends(self) -> bool:
        """Whether notices of this kind amend another notice."""
        return self in (Kind.CORRECTION, Kind.WITHDRAWAL)


_KIND_LABELS = {
    Kind.CALL: "通知",
    Kind.COUNTY_PUBLICITY: "县（区）公示",
    Kind.CITY_PUBLICITY: "市级公示",
    Kind.DECISION: "表彰决定",
    Kind.CORRECTION: "更正",
    Kind.WITHDRAWAL: "撤回",
}


class Act(StrEnum):
    """What can be done to a published notice later, the gravest last (portal.domain.history)."""

    REVISED = "revised"
    EXTENDED = "extended"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The act's Chinese name, as marks have it."""
        return _ACT_LABELS[self]


_ACT_LABELS = {
    Act.REVISED: "已修订",
    Act.EXTENDED: "已延长",
    Act.CORRECTED: "已更正",
    Act.WITHDRAWN: "已撤回",
}
ACT_OF_KIND = {Kind.CORRECTION: Act.CORRECTED, Kind.WITHDRAWAL: Act.WITHDRAWN}
"""What a notice of a kind does to the one it amends."""


class State(StrEnum):
    """State of a notice at an instant: derived from dates and amendments, never set by hand."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    EXTENDED = "extended"
    REVISED = "revised"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state's Chinese name."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.PUBLISHED: "已发布",
    State.SCHEDULED: "即将公示",
    State.OPEN: "公示中",
    State.CLOSED: "公示期满",
} | {State(act.value): act.label for act in Act}

SOUGHT_STATES = (
    State.OPEN,
    State.SCHEDULED,
    State.CLOSED,
    State.EXTENDED,
    State.REVISED,
    State.CORRECTED,
    State.WITHDRAWN,
)
"""The states that lists and the search offer, in their order."""

STATES_BY_WEIGHT = (
    State.WITHDRAWN,
    State.OPEN,
    State.SCHEDULED,
    State.CORRECTED,
    State.REVISED,
    State.CLOSED,
    State.PUBLISHED,
)
"""The gravest first: what `main_state` chooses by."""


def main_state(states: Collection[str]) -> State:
    """The one of a notice's states that matters most to a reader."""
    return next((state for state in STATES_BY_WEIGHT if state in states), State.PUBLISHED)


_WINDOW_STATES = {
    WindowState.SCHEDULED: State.SCHEDULED,
    WindowState.OPEN: State.OPEN,
    WindowState.CLOSED: State.CLOSED,
}


class ListOrder(StrEnum):
    """Order of a published list; `stroke` is 按姓氏笔画为序 (docs/domain.md §6)."""

    FILE = "file"
    STROKE = "stroke"


class Entry(NamedTuple):
    """One row of a list; empty where the list says nothing; `line` is its line in list.csv."""

    name: str
    category: Category
    grade: Grade | None = None
    credit_code: str = ""
    county: str = ""
    employer: str = ""
    position: str = ""
    remark: str = ""
    line: int = 0


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
