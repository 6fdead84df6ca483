"""Who works at the desk, and which cases each may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
