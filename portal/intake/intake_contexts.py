"""One frozen dataclass for each template of the objection form: exactly the names it may use.

`action` is where a page's form goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from portal.domain.notice import Notice
    from portal.domain.places import Office
    from portal.intake.case_words import CaseWords, Hole
    from portal.intake.key_entries import Entered
    from portal.intake.objection_form import CodeForm, MessageForm, SendForm
    from portal.sealed.envelope import Header
    from portal.submission.form_drafts import DraftFile
    from portal.web.form_base import FieldError


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReachContext(Context):
    """A page that names whom to reach otherwise."""

    office: Office


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeysContext(Context):
    """Every key that the ledger names."""

    template = "intake/keys.html"

    entered: tuple[Entered, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckContext(Context):
    """Check your answers."""

    template = "intake/check.html"

    action: str
    notice: Notice
    form: SendForm
    errors: tuple[FieldError, ...]
    token: str
    rows: tuple[tuple[str, str], ...]
    facts: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReceiptContext(Context):
    """The receipt, shown once."""

    template = "intake/receipt.html"

    notice: Notice
    code: str
    qr: Markup
    number: str
    received: datetime
    signed: str
    download: str
    leave: str
    signers: tuple[tuple[str, str], ...]
    status_url: str
    status_address: str
    repeated: bool
    filled: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ShutContext(ReachContext):
    """No form, and why: scheduled, closed, withdrawn, no window, not ready, unknown."""

    template = "intake/shut.html"

    reason: str
    notice: Notice | None
    attempted: bool
    opens: datetime | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RefusedContext(ReachContext):
    """A quota, the disk or a fault stands in the way; the draft is kept and can be sent again."""

    template = "intake/refused.html"

    title: str
    message: str
    wait: int
    action: str
    token: str
    form: SendForm | None
    work: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CodeContext(ReachContext):
    """The look-up form; `sm` where any window's keys are of the national ciphers."""

    template = "intake/status.html"

    action: str
    asking: str
    challenge: str
    sending: str
    pieces: str
    sm: bool
    form: CodeForm
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CaseContext(ReachContext):
    """A case as its sender sees it, with the form for a later message.

    `words` are holes where a page opens the answers itself (`in_page`); `waiting` is how many
    later messages the desk has not taken yet.
    """

    template = "intake/case.html"

    action: str
    header: Header
    waiting: int
    words: CaseWords | Hole
    in_page: bool
    download: str
    notice: Notice | None
    form: MessageForm
    errors: tuple[FieldError, ...]
    files: tuple[DraftFile, ...]
    leave: str
    day: str
    accept: str
