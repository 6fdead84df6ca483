"""What the desk's pages show: one frozen dataclass for each template, and the lines within."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.casework.cases import overdue
from portal.casework.registering import Channel
from portal.domain.objection import CaseState, Grounds, Outcome
from portal.web.context import Context, Frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from markupsafe import Markup

    from portal.casework.audit import Head
    from portal.casework.cases import Counts, Found, Query
    from portal.casework.models import AuditLine, Case
    from portal.casework.registering import Scan
    from portal.casework.statistics import Figure, Figures
    from portal.desk.case.paper_form import PaperForm
    from portal.desk.entry.demo_officers import DemonstrationOfficer
    from portal.desk.entry.sign_in_forms import PasswordForm, SignInForm
    from portal.domain.notice import Notice
    from portal.web.form_base import FieldError


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DeskFrame(Frame):
    """What stands round every page: navigation (label, address, current), who is signed in.

    `aids` is what stands beside that name; `names` gives the name of an officer by the user name.
    All are empty before sign-in. `passkeys` says whether passkeys can be used here.
    """

    desk_nav: Sequence[tuple[str, str, bool]] = ()
    aids: Sequence[tuple[str, str, bool]] = ()
    officer: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    passkeys: bool = False


@dataclass(frozen=True, slots=True)
class TodoLine:
    """Something to do: `used` of `total` days are gone; `hot` is what must be done."""

    what: str
    title: str
    told: str
    act: str
    url: str
    hot: bool = False
    days: str = ""
    total: int = 0
    used: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window that runs or is about to; `keyed` when objections to it can be sealed."""

    name: str
    told: str
    keyed: bool
    running: bool
    url: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is missing or amiss."""

    text: str
    hot: bool = False
    url: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TodoContext(Context):
    """`/todo`: what to do next, for who is signed in."""

    template = "todo.html"

    day: str
    running: str
    drafts: Sequence[TodoLine]
    cases: Sequence[TodoLine]
    windows: Sequence[WindowLine]
    reminders: Sequence[Reminder]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HelpContext(Context):
    """`/help`."""

    template = "help.html"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SignInContext(Context):
    """`/sign-in`; `demonstration_codes` are shown in the demonstration only.

    `left`: this browser sent a form whose session was over, and it is kept.
    """

    template = "sign_in.html"

    form: SignInForm
    errors: tuple[FieldError, ...]
    demonstration_codes: tuple[DemonstrationOfficer, ...]
    left: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PasswordContext(Context):
    """`/password`: one's own password; `minimum` is its least length."""

    template = "password.html"

    form: PasswordForm
    errors: tuple[FieldError, ...]
    minimum: int
    username: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class KeptLines:
    """A form that was kept: where it goes and what it is known by; `hidden` goes with it unseen."""

    path: str
    at: datetime
    place: str
    shown: Sequence[tuple[str, str]]
    hidden: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeptContext(Context):
    """`/kept`: the forms that were written before signing in again, newest first."""

    template = "kept.html"

    left: Sequence[KeptLines]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PaperContext(Context):
    """`/enter`: an objection by letter, phone or visit; `types` are the scans' file types."""

    template = "paper.html"

    form: PaperForm
    errors: tuple[FieldError, ...]
    types: tuple[str, ...]
    scans: tuple[Scan, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PaperReceiptContext(Context):
    """The receipt of an objection by hand, with the code that is shown once."""

    template = "paper_receipt.html"

    number: str
    notice_title: str
    received: datetime
    due: date | None
    office: str
    code: str
    address: str
    qr: Markup


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExportsContext(Context):
    """`/exports/`."""

    template = "exports.html"

    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AuditContext(Context):
    """`/audit`: the trail, newest first, with its state; `action` and `text` are the filters."""

    template = "audit.html"

    lines: Sequence[tuple[AuditLine, str, str]]
    total: int
    number: int
    pages: int
    head: Head
    fault: str
    actions: Sequence[tuple[str, str]]
    action: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's own units."""

    y: int
    width: int
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A small bar chart, row for row beside its table."""

    figure: Figure
    bars: tuple[Bar, ...]
    height: int
    width: int
    bar: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FiguresContext(Context):
    """`/figures`."""

    template = "figures.html"

    counts: Counts
    charts: tuple[Chart, ...]
    figures: Figures


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InboxContext(Context):
    """`/inbox/`; `collected` and `troubles` tell of the collecting that was just asked for."""

    template = "inbox.html"

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
