"""What the pages of 人员 are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from portal.casework.models import Staff
    from portal.casework.passkey_models import Passkey, Recovery
    from portal.desk.entry.accounts import Credentials


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A person with role, office and rights in words; `url` where this person may set them.

    `recovery` is the page for who lost their phone, where this person has a part in it.
    """

    staff: Staff
    role: str
    office: str
    may: str
    url: str
    recovery: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StaffContext(Context):
    """`/staff`: who may sign in."""

    template = "staff.html"

    lines: Sequence[StaffLine]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PasskeysContext(Context):
    """`/passkeys`: one's own."""

    template = "passkeys.html"

    held: Sequence[Passkey]
    usable: bool
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RecoveryContext(Context):
    """`/staff/<username>/recovery`: what waits, `mine` where this person proposed it."""

    template = "recovery.html"

    staff: Staff
    waiting: Recovery | None
    mine: bool
    refusal: str
    error: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EnrolmentContext(Context):
    """What is handed over once: password, secret and its QR code."""

    template = "enrolment.html"

    name: str
    handed: Credentials
    qr: Markup


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RightsContext(Context):
    """`/staff/<username>/rights`: value, label and state of each; `seen` is what was shown."""

    template = "rights.html"

    line: StaffLine
    choices: Sequence[tuple[str, str, bool]]
    seen: str
    refusal: str
    error: str
