"""Award rules of one edition (届): grades, places, caps, categories, windows, procedure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Grade(StrEnum):
    """The two grades; the value is how list.csv writes them."""

    AWARD = "质量奖"
    NOMINATION = "提名奖"


class Category(StrEnum):
    """What an entry is: an organization, or one of the four individual categories."""

    ORGANIZATION = "组织"
    EXPERT = "专家学者"
    MANAGER = "组织管理人员"
    ENGINEER = "工程技术人员"
    FRONTLINE = "一线工作人员"

    individual: bool
    """Whether the entry is a person."""

    def __init__(self, value: str) -> None:
        # Stored, for it is asked millions of times and a member looked up by name costs ten times.
        self.individual = value != "组织"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the nine-step procedure: who acts, what is due."""

    number: int
    name: str
    actor: str
    summary: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the award, read from content/awards/<slug>.toml.

    `places` gives the number of places of each grade; fewer may be filled when `vacancies`.
    `organization_cap` and `individual_cap` limit each county's recommendations.
    `deadline` is the last day for counties to hand in, or None where it is not known.
    """

    slug: str
    name: str
    short: str
    places: Mapping[Grade, int]
    vacancies: bool
    organization_cap: int
    individual_cap: int
    county_working_days: int
    city_working_days: int
    steps: tuple[Step, ...] = ()
    deadline: date | None = None
    demonstration: bool = False
