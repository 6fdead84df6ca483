"""What the template of the objection form may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from portal.domain.filetypes import ACCEPT, ACCEPT_SCAN
from portal.domain.objection import FACTS_LIMIT, FILE_SIZE_LIMIT, FILES_LIMIT
from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.domain.notice import Notice
    from portal.domain.places import Office
    from portal.form.objection_fields import ObjectionForm
    from portal.web.form_base import FieldError

LIMITS = {"facts": FACTS_LIMIT, "files": FILES_LIMIT, "megabytes": FILE_SIZE_LIMIT >> 20}


class HeldFile(Protocol):
    """A file that was uploaded before."""

    @property
    def stored(self) -> str:
        """Its name on the server."""

    @property
    def name(self) -> str:
        """Its name as the sender's."""

    @property
    def size(self) -> int:
        """Bytes."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FormContext(Context):
    """The objection form: the frozen page, or one for a single visitor.

    `action` is where it goes without script; `sealing` lets the page seal what is typed. A frozen
    one asks `begin` for what it cannot know; of another, `frozen` leads to the page of that kind.
    `differing`: the server's keys are not those of the ledger.
    """

    template = "form/new.html"

    office: Office
    action: str
    notice: Notice
    form: ObjectionForm
    concerns: str
    prints: tuple[tuple[str, str], ...]
    sealing: str
    errors: tuple[FieldError, ...] = ()
    evidence: tuple[HeldFile, ...] = ()
    scans: tuple[HeldFile, ...] = ()
    anonymous: bool = True
    tells: tuple[str, ...] = ()
    accept: str = ACCEPT
    accept_scan: str = ACCEPT_SCAN
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    begin: str = ""
    frozen: str = ""
    differing: bool = False
