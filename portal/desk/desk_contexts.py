"""What the desk's pages show: one frozen dataclass a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.casework.cases import overdue
from portal.casework.registering import Channel
from portal.domain.objection import CaseState, Grounds, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from portal.casework.cases import Counts, Found, Query
    from portal.casework.models import Approval, Case
    from portal.casework.safety import FileReport
    from portal.domain.objection import Objection


@dataclass(frozen=True)
class CaseLine:
    """A case as lists show it."""

    case: Case
    office: str
    state: CaseState
    channel: str
    overdue: bool
    sealed: bool

    @property
    def result(self) -> str:
        """Outcome of a closed case, else its state."""
        return Outcome(self.case.outcome).label if self.case.outcome else self.state.label


def case_line(case: Case, office: str, today: date) -> CaseLine:
    """A row of a list."""
    return CaseLine(
        case,
        office,
        CaseState(case.state),
        Channel(case.channel).label,
        overdue(case, today),
        case.opened_at is None or any(m.name and not m.opened_at for m in case.messages),
    )


def grounds_of(case: Case) -> str:
    """The grounds in Chinese, once the envelope was opened."""
    return "、".join(Grounds(value).label for value in case.grounds.split(",") if value)


@dataclass(frozen=True)
class InboxPage:
    """The inbox."""

    query: Query
    found: Found
    lines: Sequence[CaseLine]
    counts: Counts
    notices: Sequence[tuple[str, str]]
    officers: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, str]]
    unsent: int
    to_confirm: Sequence[Case]
    expired: Sequence[Case]
    collected: str
    troubles: Sequence[str]


@dataclass(frozen=True)
class FileLine:
    """A file of a case, with its safety report."""

    part: str
    name: str
    size: int
    role: str
    report: FileReport


@dataclass(frozen=True)
class Item:
    """One item of the correspondence, in either direction."""

    at: datetime
    who: str
    title: str
    text: str
    ours: bool
    state: str = ""
    files: tuple[FileLine, ...] = ()
    sent: bool = True


@dataclass(frozen=True)
class CasePage:
    """A case. `objection` is None until it was unsealed in this session."""

    line: CaseLine
    handles: bool
    grounds: str
    objection: Objection | None
    phone: str
    revealed: bool
    files: tuple[FileLine, ...]
    items: tuple[Item, ...]
    unlocked: bool
    fresh: int
    waiting: Approval | None
    waiting_entries: tuple[str, ...]
    waiting_label: str
    may_confirm: bool
    above: str
    history: Sequence[tuple[datetime, str, str]]
    deletable: bool
    withdrawal: bool
