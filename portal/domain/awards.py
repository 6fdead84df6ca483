"""Grades and categories of an award: values that its content/awards/<edition>.toml defines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

EMPLOYER = "工作单位"
"""The column that tells namesakes apart where the award names no other."""


class Sort(StrEnum):
    """What a category's entries are."""

    ORGANIZATION = "organization"
    INDIVIDUAL = "individual"
    TEAM = "team"
    PROJECT = "project"

    @property
    def label(self) -> str:
        """The word in counts: 组织3个、个人2名."""
        return _SORT_LABELS[self]

    @property
    def measure(self) -> str:
        """The measure word that its number takes."""
        return {Sort.INDIVIDUAL: "名", Sort.PROJECT: "项"}.get(self, "个")


_SORT_LABELS = {
    Sort.ORGANIZATION: "组织",
    Sort.INDIVIDUAL: "个人",
    Sort.TEAM: "团队",
    Sort.PROJECT: "项目",
}


class Grade(str):
    """A grade as list.csv writes it, and what the award says of it.

    `places` is how many there are, 0 for no limit; an `honorary` one is named apart from the
    awards. Two are equal that are called the same.
    """

    __slots__ = ("honorary", "places")
    places: int
    honorary: bool

    def __new__(cls, name: str, places: int = 0, *, honorary: bool = False) -> Self:
        """A grade of this name."""
        grade = super().__new__(cls, name)
        grade.places = places
        grade.honorary = honorary
        return grade

    def __reduce__(self) -> tuple[object, ...]:
        return _grade, (str(self), self.places, self.honorary)


class Category(str):
    """What an entry is, as list.csv writes it: 组织, or a category of persons, teams or projects.

    `apart` is the column that tells two of one name apart, empty for organizations, which have a
    credit code. `joint` is how many may apply together in one entry. `takes_place` is false for
    those that keep a former award (复评). `columns` are its columns of plain data. Two are equal
    that are called the same.
    """

    __slots__ = ("apart", "columns", "individual", "joint", "sort", "takes_place")
    sort: Sort
    apart: str
    joint: int
    takes_place: bool
    columns: tuple[str, ...]
    individual: bool
    """Whether the entry is a person; stored, for it is asked millions of times."""

    def __new__(
        cls,
        name: str,
        sort: Sort = Sort.ORGANIZATION,
        apart: str = "",
        joint: int = 1,
        *,
        takes_place: bool = True,
        columns: tuple[str, ...] = (),
    ) -> Self:
        """A category of this name."""
        category = super().__new__(cls, name)
        category.sort = sort
        category.apart = apart or (EMPLOYER if sort is not Sort.ORGANIZATION else "")
        category.joint = joint
        category.takes_place = takes_place
        category.columns = columns
        category.individual = sort is Sort.INDIVIDUAL
        return category

    def __reduce__(self) -> tuple[object, ...]:
        return _category, (
            *(str(self), self.sort, self.apart, self.joint, self.takes_place, self.columns),
        )


# A store holds the same few thousands of times: each is made once when they are read back.


@lru_cache(maxsize=1024)
def _grade(name: str, places: int, honorary: bool) -> Grade:
    return Grade(name, places, honorary=honorary)


@lru_cache(maxsize=1024)
def _category(  # noqa: PLR0917 - as it is packed
    name: str,
    sort: Sort,
    apart: str,
    joint: int,
    takes: bool,
    columns: tuple[str, ...],
) -> Category:
    return Category(name, sort, apart, joint, takes_place=takes, columns=columns)


@dataclass(frozen=True, slots=True)
class ListTerms:
    """What a list of an edition may say: its grades, its categories, and columns of plain data."""

    grades: tuple[Grade, ...]
    categories: tuple[Category, ...]
    columns: tuple[str, ...] = field(init=False, compare=False)
    grade_of: dict[str, Grade] = field(init=False, repr=False, compare=False)
    category_of: dict[str, Category] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        columns = dict.fromkeys(column for one in self.categories for column in one.columns)
        object.__setattr__(self, "columns", tuple(columns))
        # Both are asked for every row of every list.
        object.__setattr__(self, "grade_of", {str(grade): grade for grade in self.grades})
        object.__setattr__(self, "category_of", {str(one): one for one in self.categories})

    @property
    def people(self) -> tuple[Category, ...]:
        """The categories of persons."""
        return tuple(category for category in self.categories if category.individual)

    @property
    def organizations(self) -> tuple[Category, ...]:
        """The categories of organizations."""
        return tuple(one for one in self.categories if one.sort is Sort.ORGANIZATION)


def joined_terms(terms: Iterable[ListTerms]) -> ListTerms:
    """All that the lists of several editions may say, in order of the editions."""
    terms = tuple(terms)
    return ListTerms(
        tuple(dict.fromkeys(grade for one in terms for grade in one.grades)),
        tuple(dict.fromkeys(category for one in terms for category in one.categories)),
    )
