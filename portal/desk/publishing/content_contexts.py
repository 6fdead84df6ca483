"""What the pages of the site's other content show: one frozen dataclass for each template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.desk.publishing.draft_contexts import Desktop
    from portal.editorial.question_entries import Entry
    from portal.editorial.table_values import Section


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A file of the list; `state` and `turn` are empty while nobody changes it."""

    name: str
    label: str
    path: str
    state: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContentListContext(Context):
    """`/content/`: every file that can be changed, group by group; the editions to go on from.

    `asked` is what was typed for a new edition, `error` why it was not begun.
    """

    template = "publishing/content.html"

    groups: Sequence[tuple[str, Sequence[ContentLine]]]
    may_draft: bool
    told: str
    editions: Sequence[tuple[str, str]]
    asked: Mapping[str, str]
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContentEditContext(Context):
    """`/content/<name>/`: the text of a file; `overtaken` when what it began with has changed.

    `piecewise` is where the same is changed piece by piece, or empty.
    """

    template = "publishing/content_edit.html"

    draft: Desktop
    text: str
    path: str
    hints: Sequence[str]
    piecewise: str
    overtaken: bool
    may_discard: bool
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QuestionsContext(Context):
    """`/content/content_faq/questions/`: the questions, group by group."""

    template = "publishing/questions.html"

    draft: Desktop
    groups: Sequence[tuple[str, Sequence[Entry]]]
    may_write: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QuestionContext(Context):
    """`…/questions/entry/<slug>`: one question; `new` while it is not in the file yet."""

    template = "publishing/question.html"

    draft: Desktop
    entry: Entry
    groups: Sequence[str]
    new: bool
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FieldsContext(Context):
    """`/content/<name>/fields`: the values of a file; `typed` are those that were not saved."""

    template = "publishing/fields.html"

    draft: Desktop
    sections: Sequence[Section]
    typed: Mapping[str, str]
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContentPreviewContext(Context):
    """`/content/<name>/preview`: the page on which the file shows."""

    template = "publishing/content_preview.html"

    draft: Desktop
    shown: bool
    site: str
