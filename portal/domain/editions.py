"""Editions (届): what an award rules for one round of it, read from content/awards/<slug>.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from portal.domain.awards import joined_terms
from portal.domain.notice import FIXED_KINDS, Kind, Level
from portal.domain.window import Counting, FirstDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from portal.domain.awards import Category, Grade, ListTerms


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure: who acts, what is due, and the kind of notice that shows it.

    A publicity lasts `length`, as `counting` and `first_day` count it; 0 where the notice names its
    last day. Its list, and that of a decision, holds only entries that stood on the closed lists of
    every kind of `stands_on`.
    """

    number: int
    name: str
    actor: str
    summary: str
    kind: Kind | None = None
    length: int = 0
    counting: Counting = Counting.WORKING_DAYS
    first_day: FirstDay = FirstDay.COUNTED
    stands_on: tuple[Kind, ...] = ()

    @property
    def duration(self) -> str:
        """How long the publicity is: 5个工作日; empty where the notice says until when."""
        return self.counting.words(self.length) if self.length else ""


@dataclass(frozen=True, slots=True)
class Cap:
    """How many entries of some categories together one place may propose.

    `counties` are the names of the places it is for, all where empty. One `in_principle` (原则上)
    can be exceeded by an exception that the notice states.
    """

    categories: tuple[Category, ...]
    most: int
    in_principle: bool = False
    counties: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it limits: 组织, 个人 for every category of persons, or the categories' names."""
        sorts = {category.sort for category in self.categories}
        if len(sorts) == 1 and len(self.categories) > 1:
            return next(iter(sorts)).label
        return "、".join(self.categories)


@dataclass(frozen=True)
class Edition:
    """One edition of the award.

    Fewer places may be filled than a grade has when `vacancies`. `deadline` is the last day for the
    places to hand in, or None where it is not known.
    """

    slug: str
    name: str
    short: str
    terms: ListTerms
    vacancies: bool = True
    caps: tuple[Cap, ...] = ()
    steps: tuple[Step, ...] = ()
    deadline: date | None = None
    demonstration: bool = False
    valid_years: int = 0
    """For how many years a title is valid, 0 where the rules state none."""
    award: str = ""
    """What the award is called without the edition; the edition's own name where left out."""

    @cached_property
    def places(self) -> Mapping[Grade, int]:
        """The number of places of each grade that has a number."""
        return {grade: grade.places for grade in self.terms.grades if grade.places}

    @cached_property
    def stages(self) -> tuple[Step, ...]:
        """The steps that are a publicity, in order."""
        return tuple(step for step in self.steps if step.kind and step.kind.has_window)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of notices of this edition by slug."""
        own = {str(stage.kind): stage.kind for stage in self.stages if stage.kind}
        return {**FIXED_KINDS, **own}

    def step_of(self, kind: Kind) -> Step | None:
        """The step that notices of a kind show."""
        return next((step for step in self.steps if step.kind == kind), None)

    def step_named(self, name: str) -> Step | None:
        """The step of a name that no kind of notice shows by itself."""
        return next((step for step in self.steps if step.name == name and not step.kind), None)

    def stands_on(self, kind: Kind) -> tuple[Kind, ...]:
        """The kinds of lists that a list of a kind must stand on; none for the first."""
        step = self.step_of(kind)
        return step.stands_on if step else ()

    @property
    def first(self) -> Step | None:
        """The first publicity: whose lists propose, so that the caps limit them."""
        return self.stages[0] if self.stages else None

    @property
    def has_counties(self) -> bool:
        """Whether any publicity is a county's."""
        return any(stage.kind and stage.kind.level is Level.COUNTY for stage in self.stages)


def terms_for(editions: Mapping[str, Edition], slug: object) -> ListTerms:
    """What the lists of an edition say; of one that nobody knows, what those of all do."""
    known = editions.get(str(slug))
    return known.terms if known else joined_terms(e.terms for e in editions.values())


def kinds_of(editions: Iterable[Edition]) -> tuple[Kind, ...]:
    """Every kind of notice that editions have, in the order in which lists offer them."""
    publicities: dict[Kind, None] = {}
    for edition in editions:
        publicities |= {stage.kind: None for stage in edition.stages if stage.kind}
    before = (Kind.CALL, Kind.PROGRESS)
    after = (Kind.RESULT, Kind.DECISION, Kind.CORRECTION, Kind.WITHDRAWAL)
    return (*before, *publicities, *after)
