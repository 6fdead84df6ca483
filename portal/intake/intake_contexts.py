"""One frozen dataclass for each template of the objection form: exactly the names it may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.domain.notice import Notice, Status
    from portal.domain.objection import Answer, MessageKind
    from portal.domain.places import Office
    from portal.intake.objection_form import CodeForm, MessageForm, ObjectionForm, SendForm
    from portal.submission.form_drafts import DraftFile
    from portal.submission.replies import CaseView
    from portal.web.form_base import FieldError
    from portal.web.page import PageHead


@dataclass(frozen=True, slots=True)
class Context:
    """What every page needs; `action` is where its form goes, `office` whom to reach otherwise."""

    template: ClassVar[str]

    page: PageHead
    office: Office


@dataclass(frozen=True, slots=True)
class FormContext(Context):
    """The objection form."""

    template = "intake/new.html"

    action: str
    notice: Notice
    form: ObjectionForm
    errors: tuple[FieldError, ...]
    evidence: tuple[DraftFile, ...]
    scans: tuple[DraftFile, ...]
    anonymous: bool
    concerns: str
    accept: str
    accept_scan: str
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ReceiptContext(Context):
    """The receipt, shown once."""

    template = "intake/receipt.html"

    notice: Notice
    code: str
    number: str
    received: datetime
    signed: str
    download: str
    status_url: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class ShutContext(Context):
    """No form, and why: scheduled, closed, withdrawn, no window, not ready, unknown."""

    template = "intake/shut.html"

    reason: str
    notice: Notice | None
    status: Status | None
    attempted: bool
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedContext(Context):
    """A quota, the disk or a fault stands in the way; the draft is kept and can be sent again."""

    template = "intake/refused.html"

    title: str
    message: str
    wait: int
    action: str
    token: str
    form: SendForm | None
    work: str


@dataclass(frozen=True, slots=True)
class CodeContext(Context):
    """The look-up form."""

    template = "intake/status.html"

    action: str
    form: CodeForm
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class CaseContext(Context):
    """A case as its sender sees it, with the form for a later message."""

    template = "intake/case.html"

    action: str
    case: CaseView
    answers: tuple[Answer, ...]
    notice: Notice | None
    handler: Office
    form: MessageForm | None
    errors: tuple[FieldError, ...]
    files: tuple[DraftFile, ...]
    sent: MessageKind | None
    accept: str
