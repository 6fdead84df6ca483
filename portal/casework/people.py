"""Who works at the desk, which cases each may see, and who may do what to a draft."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.casework.models import Staff


class Role(StrEnum):
    """The three roles: two kinds of officer, and the auditor who sees no contents."""

    COUNTY = "county"
    CITY = "city"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role's Chinese name."""
        return {"county": "县（区）经办", "city": "市级经办", "auditor": "审计员"}[self.value]

    @property
    def officer(self) -> bool:
        """Whether the role handles cases."""
        return self is not Role.AUDITOR


class Right(StrEnum):
    """What a person may do about drafts; set for each person, nobody has one from the start."""

    DRAFT = "draft"
    REVIEW = "review"
    SIGN_OFF = "sign-off"

    @property
    def label(self) -> str:
        """The right's Chinese name."""
        return {"draft": "经办", "review": "审核", "sign-off": "签发"}[self.value]


def read_rights(text: str) -> frozenset[Right]:
    """The rights of a register's column; what an older program does not know counts for nothing."""
    known = {right.value: right for right in Right}
    return frozenset(known[part] for part in text.split(",") if part in known)


def write_rights(rights: Iterable[Right]) -> str:
    """Rights as the register keeps them, in the order of the acts."""
    wanted = set(rights)
    return ",".join(right.value for right in Right if right in wanted)


@dataclass(frozen=True, slots=True)
class CodeProof:
    """That a person has just given a one-time code, or used a passkey: made there, used once.

    Of a passkey `step` is 0 and `passkey` the SHA-256 of the challenge it answered.
    """

    username: str
    step: int
    at: datetime
    passkey: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: officers belong to an office, county officers' office to a county."""

    username: str
    name: str
    role: Role
    office: str = ""
    county: str = ""
    must_change: bool = False
    demonstration: bool = False
    may: frozenset[Right] = frozenset()


def person_of(staff: Staff) -> Person:
    """The person a row of the register stands for."""
    return Person(
        staff.username,
        staff.name,
        Role(staff.role),
        staff.office,
        staff.county,
        staff.must_change,
        staff.demonstration,
        read_rights(staff.may),
    )
