"""What 名单 shows: the sheet as it is, the questions about it, and the list made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.desk.publishing.draft_contexts import Desktop
    from portal.desk.publishing.shown_list import ShownList
    from portal.domain.stated_reasons import ListChange
    from portal.editorial.choosing import Candidate
    from portal.editorial.list_differences import Difference
    from portal.importing.asking import Choice


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell as the file has it; `tone` is "" or what became of it: out, head, told."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet beside the entries made of it; `more` rows are not shown."""

    title: str
    letters: Sequence[str]
    rows: Sequence[tuple[int, Sequence[SheetCell]]]
    more: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the importer with what was answered; `number` names its controls."""

    number: int
    id: str
    place: str
    text: str
    choices: Sequence[Choice]
    free: bool
    answer: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListContext(Context):
    """`/publishing/<slug>/list`: the sheet and the list made of it, or the list to type into."""

    template = "publishing/list.html"

    draft: Desktop
    source: str
    sheets: Sequence[ShownSheet]
    questions: Sequence[Asked]
    told: Sequence[str]
    listed: ShownList
    editing: bool
    columns: Sequence[str]
    typed: frozenset[str]
    categories: Sequence[str]
    grades: Sequence[str]
    counties: Sequence[str]
    stands: bool
    changed: int
    error: str


@dataclass(frozen=True, slots=True)
class Pick:
    """A candidate with its box; `number` names its grade's control."""

    number: int
    candidate: Candidate
    chosen: bool
    grade: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChooseContext(Context):
    """`/publishing/<slug>/list/choose`: candidates by the list that they stand on."""

    template = "publishing/choose.html"

    draft: Desktop
    groups: Sequence[tuple[str, Sequence[Pick]]]
    grades: Sequence[str]
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChangesContext(Context):
    """`/publishing/<slug>/list/changes`: changes by their kind, each with its reason."""

    template = "publishing/changes.html"

    draft: Desktop
    kinds: Sequence[tuple[ListChange, Sequence[Difference]]]
    numbers: Mapping[str, int]
