"""The files that an opened document lists: each member of its envelope once, and not without end.

A page of somebody's own can list a thousand files, all of them the same member, or none that is
there. What is listed more often, or beyond any use, is told as a finding (`page_findings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.objection import FILES_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.casework.unsealing import Unsealed
    from portal.domain.objection import Evidence

FORM_MOST = FILES_LIMIT + 1
"""What the form takes with one objection or message: evidence, and one scan with a seal."""

LISTED_MOST = 99


@dataclass(frozen=True, slots=True)
class Listed:
    """A file by its place in the document; what is `beyond` the form's limit is not examined."""

    position: int
    evidence: Evidence
    beyond: bool


def listed_files(files: Sequence[Evidence], unsealed: Unsealed) -> tuple[Listed, ...]:
    """The first mention of each member; of missing ones no more than the form would have sent."""
    found: dict[str, Listed] = {}
    for position, evidence in enumerate(files, 1):
        missing = evidence.member not in unsealed.files
        if evidence.member in found or (missing and len(found) >= FORM_MOST):
            continue
        found[evidence.member] = Listed(position, evidence, len(found) >= FORM_MOST)
        if len(found) == LISTED_MOST:
            break
    return tuple(found.values())
