"""What the page of a case shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.casework.models import Approval
    from portal.casework.safety import FileReport
    from portal.casework.second_reading import Part
    from portal.desk.case.case_forms import (
        AskForm,
        AssignForm,
        CloseForm,
        ConfirmForm,
        OpenForm,
        RefuseForm,
        ReopenForm,
        ReplyForm,
        RevealForm,
        UnreadableForm,
    )
    from portal.desk.desk_contexts import CaseLine
    from portal.domain.objection import Objection
    from portal.web.form_base import FieldError


@dataclass(frozen=True)
class FileLine:
    """A file of a case, with its safety report; `look` is how it can be looked at, if at all.

    `size` is that of the bytes in the envelope, whatever the document says; 0 where there are none.
    """

    part: str
    name: str
    size: int
    role: str
    report: FileReport
    look: str = ""


@dataclass(frozen=True)
class Item:
    """One item of the correspondence, in either direction; `doubt`: why it may not be theirs."""

    at: datetime
    who: str
    title: str
    text: str
    ours: bool
    state: str = ""
    files: tuple[FileLine, ...] = ()
    sent: bool = True
    doubt: str = ""


@dataclass(frozen=True)
class CasePage:
    """A case. `objection` is None until it was unsealed in this session.

    `unspoken`: of a former version, so that nobody can tell whose its later messages are;
    `unopenable`: nobody has read it, and trying to open it failed.
    """

    line: CaseLine
    handles: bool
    grounds: str
    objection: Objection | None
    phone: str
    revealed: bool
    files: tuple[FileLine, ...]
    findings: tuple[str, ...]
    items: tuple[Item, ...]
    unlocked: bool
    fresh: int
    waiting: Approval | None
    waiting_entries: tuple[str, ...]
    waiting_reply: str | None
    waiting_label: str
    may_confirm: bool
    unread: bool
    readable_copy: bool
    copy: tuple[Part, ...]
    main_unlocked: bool
    shares_with: str
    above: str
    history: Sequence[tuple[datetime, str, str]]
    deletable: bool
    withdrawal: bool
    unspoken: bool
    unopenable: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LookContext(Context):
    """`/cases/<number>/files/<part>/look`: the words of a document, by its parts."""

    template = "look.html"

    number: str
    parts: Sequence[tuple[str, Sequence[str]]]
    trouble: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CaseContext(Context):
    """`/cases/<number>/`: a case and the forms of every step; `quotes` is what a reply repeats."""

    template = "case.html"

    view: CasePage
    next_step: str
    errors: tuple[FieldError, ...]
    open_form: OpenForm
    over_form: OpenForm
    copy_form: OpenForm
    confirm_form: ConfirmForm
    reveal_form: RevealForm
    assign_form: AssignForm
    ask_form: AskForm
    reply_form: ReplyForm
    refuse_form: RefuseForm
    unreadable_form: UnreadableForm
    close_form: CloseForm
    reopen_form: ReopenForm
    quotes: tuple[str, ...]
    close_quotes: tuple[str, ...]
