"""One frozen dataclass for each template of the site: exactly the names it may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.search.analysis import MAX_QUERY
from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup
    from wtforms import Form

    from portal.content.parts import FormerEdition, Page, Question
    from portal.content.selfcheck import CheckPath, CheckQuestion, Outcome, SelfCheck
    from portal.content.winners import Win
    from portal.domain.list_tables import ListTable
    from portal.domain.notice import Attachment, Notice, Status
    from portal.domain.places import Office
    from portal.domain.window import WindowDay
    from portal.render.notice.feeds import FeedFormat
    from portal.render.notice.formats import OutputFormat
    from portal.site.comparing import Comparison
    from portal.site.shown import (
        DownloadCard,
        EditionFigures,
        Facet,
        GradeGroup,
        Hit,
        NoticeLine,
        RevisionLine,
        WindowBox,
    )
    from portal.site.stages import EditionPanel, PlaceWindow, StepLine
    from portal.site.traces import TracedList
    from portal.web.form_base import FieldError


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HomeContext(Context):
    """`/`: where editions stand, what can be done; `days` are those of one's only open window."""

    template = "site/home.html"

    editions: tuple[EditionPanel, ...]
    earlier: tuple[EditionPanel, ...]
    days: Mapping[str, tuple[WindowDay, ...]]
    newest: tuple[NoticeLine, ...]
    cards: tuple[DownloadCard, ...]
    office: Office


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GuideContext(Context):
    """`/guide/`: the parts of the policy explainer."""

    template = "site/guide.html"

    lead: str
    parts: tuple[Page, ...]
    former: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GuidePartContext(Context):
    """`/guide/<part>/`: one part, with the others beside it."""

    template = "site/guide_part.html"

    part: Page
    html: Markup
    parts: tuple[Page, ...]
    before: Page | None
    after: Page | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DownloadsContext(Context):
    """`/downloads/`: the annex forms and what to hand in."""

    template = "site/downloads.html"

    lead: str
    html: Markup
    cards: tuple[DownloadCard, ...]
    office: Office
    former: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FormerContext(Context):
    """`/former/<edition>/`, a part of its guide, or its questions: one of three is not empty."""

    template = "site/former.html"

    edition: str
    former: FormerEdition
    html: Markup | str
    groups: Mapping[str, tuple[tuple[Question, Markup], ...]]
    cards: tuple[DownloadCard, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FaqContext(Context):
    """`/faq/`: questions by group, each with the basis of its answer."""

    template = "site/faq.html"

    groups: Mapping[str, tuple[tuple[Question, Markup], ...]]
    former: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListContext(Context):
    """A list of notices; `newer` and `older` are paths of the neighbouring pages, or empty.

    `note` says what the list cannot know of itself once it has been kept.
    """

    template = "site/notices.html"

    lines: tuple[NoticeLine, ...]
    facets: Mapping[str, tuple[tuple[str, str, bool], ...]]
    number: int
    front: bool
    newer: str
    older: str
    feeds: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NoticeContext(Context):
    """`/notices/<slug>/`."""

    template = "site/notice.html"

    notice: Notice
    status: Status
    own_acts: str
    redacted: str
    issuer: Office
    facts: Mapping[str, str]
    html: Markup
    tables: tuple[ListTable, ...]
    traces: str
    window: WindowBox | None
    calendar: Markup | None
    objections: str
    amending: tuple[NoticeLine, ...]
    results: tuple[NoticeLine, ...]
    about: NoticeLine | None
    result_columns: tuple[str, ...]
    revisions: tuple[RevisionLine, ...]
    formats: tuple[tuple[str, tuple[OutputFormat, ...]], ...]
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RevisionContext(Context):
    """`/notices/<slug>/revisions/<n>/`: an earlier text, as it stood."""

    template = "site/revision.html"

    notice: Notice
    revision: RevisionLine
    current: RevisionLine
    changes: str
    redacted: str
    amended: tuple[str, ...]
    html: Markup
    tables: tuple[ListTable, ...]
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChangesContext(Context):
    """`/notices/<slug>/revisions/<n>/changes/`: an earlier text beside the one after it."""

    template = "site/changes.html"

    notice: Notice
    earlier: RevisionLine
    later: RevisionLine
    comparison: Comparison
    redacted: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WinnersContext(Context):
    """`/winners/`: every edition and whether its winners are decided."""

    template = "site/winners.html"

    editions: tuple[tuple[str, str, str, bool], ...]
    figures: tuple[EditionFigures, ...]
    data: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WinnerContext(Context):
    """`/winners/who/<key>/`: what somebody won over the editions."""

    template = "site/winner.html"

    name: str
    facts: Mapping[str, str]
    wins: tuple[Win, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TracesContext(Context):
    """`/winners/<edition>/traces/`: where entries come from, and what became of the others."""

    template = "site/traces.html"

    name: str
    lists: tuple[tuple[NoticeLine, TracedList], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DataContext(Context):
    """`/data/`: the open data file and its columns."""

    template = "site/data.html"

    files: tuple[tuple[str, str, str], ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EditionWinnersContext(Context):
    """`/winners/<edition>/`: by grade, with vacant places."""

    template = "site/winners_edition.html"

    groups: tuple[GradeGroup, ...]
    decision: NoticeLine | None
    name: str
    traces: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PressContext(Context):
    """`/press/`: feeds, formats, corrections."""

    template = "site/press.html"

    html: Markup
    feeds: tuple[tuple[str, tuple[tuple[FeedFormat, str], ...]], ...]
    newest: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProseContext(Context):
    """`/about/`, `/privacy/`, `/accessibility/`."""

    template = "site/prose.html"

    html: Markup
    updated: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckStartContext(Context):
    """`/check/`: choose whom the self-check is for."""

    template = "site/check_start.html"

    check: SelfCheck
    intro: Markup
    caution: Markup


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckQuestionContext(Context):
    """`/check/<path>/<question>/`: one question; every answer is a link."""

    template = "site/check_question.html"

    path: CheckPath
    question: CheckQuestion
    number: int
    answers: tuple[tuple[str, str], ...]
    back: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckOutcomeContext(Context):
    """`/check/<path>/result/<outcome>/`: where the self-check ends."""

    template = "site/check_outcome.html"

    path: CheckPath
    outcome: Outcome
    html: Markup
    caution: Markup
    cards: tuple[DownloadCard, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StyleguideContext(Context):
    """`/styleguide/`: samples of every component."""

    template = "site/styleguide.html"

    form: Form
    failed: Form
    errors: tuple[FieldError, ...]
    lines: tuple[NoticeLine, ...]
    counties: tuple[PlaceWindow, ...]
    steps: tuple[StepLine, ...]
    box: WindowBox
    calendar: Markup
    table: ListTable
    card: DownloadCard
    revisions: tuple[RevisionLine, ...]
    office: Office


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SearchContext(Context):
    """`/search/`: the form; what was found when `answered`, else the static site's script finds it.

    `browse` are the lists that lead to the notices without a search; `clear` drops all filters;
    `shards` is how many files of postings the script chooses from.
    """

    template = "site/search.html"

    text: str = ""
    error: str = ""
    browse: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    answered: bool = True
    shards: int = 0
    total: int = 0
    hits: tuple[Hit, ...] = ()
    facets: tuple[Facet, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
    pages: int = 1
    newer: str = ""
    older: str = ""
    clear: str = ""
    limit: int = MAX_QUERY
