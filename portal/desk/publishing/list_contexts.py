"""What 名单 shows: the sheet as it is, the questions about it, and the list made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.desk.publishing.draft_contexts import Desktop
    from portal.desk.publishing.shown_list import ShownList
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
    error: str
