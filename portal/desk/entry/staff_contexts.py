"""What the pages of 人员 are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.casework.models import Staff


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A person with role, office and rights in words; `url` where this person may set them."""

    staff: Staff
    role: str
    office: str
    may: str
    url: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StaffContext(Context):
    """`/staff`: who may sign in."""

    template = "staff.html"

    lines: Sequence[StaffLine]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RightsContext(Context):
    """`/staff/<username>/rights`: value, label and state of each; `seen` is what was shown."""

    template = "rights.html"

    line: StaffLine
    choices: Sequence[tuple[str, str, bool]]
    seen: str
    refusal: str
    error: str
