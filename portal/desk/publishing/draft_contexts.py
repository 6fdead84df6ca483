"""What the pages of 公告编发 show: one frozen dataclass for each template, and the parts within."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from portal.casework.models import DraftComment
    from portal.content.review_checks import ReviewCheck
    from portal.desk.publishing.shown_list import ShownList
    from portal.domain.differences import Stretch
    from portal.domain.notice import Notice
    from portal.editorial.beginnings import Possibility
    from portal.editorial.draft_acts import Standing
    from portal.editorial.draft_checks import Remark
    from portal.editorial.possible_acts import PossibleAct
    from portal.editorial.preview_links import PreviewLink
    from portal.editorial.review import ToSign
    from portal.editorial.under_way import Publication
    from portal.render.notice.feed_items import FeedItem


@dataclass(frozen=True, slots=True)
class Tab:
    """A step of a draft: `done` when nothing of it must be mended."""

    label: str
    url: str
    current: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a side box: its text, who or what says it, and an address to go on to."""

    label: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Desktop:
    """What every step of a draft shows besides its own: title, tabs, checks, the three acts.

    `before` leads to what stands before the first step; `content` is the address of the page that
    a content file shows on, None for a notice. `seen` is the sum of what is shown, which a save
    names. `frozen` says why nothing can be changed, or is empty. `others` tells who else is there.
    `form` is the form that goes along with a repair: `save` where somebody types, or `mend`.
    """

    slug: str
    title: str
    kind: str
    state: str
    tone: str
    seen: str
    tabs: tuple[Tab, ...]
    remarks: Sequence[Remark]
    errors: int
    compared: Sequence[Said]
    acts: Sequence[Said]
    before: Said
    content: str | None = None
    frozen: str = ""
    others: Sequence[str] = ()
    step: str = ""
    next_label: str = ""
    saved: str = ""
    form: str = "mend"

    def of(self, field: str, row: int = 0, column: str = "") -> list[Remark]:
        """The remarks beside a field, or beside a cell of the list."""
        return [
            remark
            for remark in self.remarks
            if remark.field == field
            and (not row or remark.row == row)
            and (not column or remark.column == column)
        ]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as the list of drafts shows it."""

    slug: str
    title: str
    kind: str
    state: str
    tone: str
    turn: str
    note: str
    url: str
    mine: bool


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """A published notice as the list shows it."""

    slug: str
    title: str
    kind: str
    state: str
    published: datetime
    demonstration: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DraftsContext(Context):
    """`/publishing/`: drafts, and what is published."""

    template = "publishing/drafts.html"

    drafts: Sequence[DraftLine]
    published: Sequence[PublishedLine]
    may_draft: bool
    has_content: bool
    told: str


@dataclass(frozen=True, slots=True)
class NewsForm:
    """What a notice says of the round: fields with name, label and lines; rows of objections.

    `objections` is None where a kind has none; `struck` are entries that upheld ones took out.
    """

    asked: Sequence[tuple[str, str, str]]
    objections: Sequence[tuple[str, str]] | None
    struck: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TextContext(Context):
    """`/publishing/<slug>/text`: title and body, attachments.

    `paper` is what only documents show: name, label and value of each field.
    """

    template = "publishing/text.html"

    draft: Desktop
    heading: str
    body: str
    markdown: bool
    paper: Sequence[tuple[str, str, str]]
    note: str
    revision: int
    files: Sequence[tuple[str, int]]
    news: NewsForm | None
    error: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people wrote: what each has, and whether it is one line."""

    name: str
    label: str
    mine: str
    theirs: str
    line: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClashContext(Context):
    """A save that met a newer one: both texts; `kept` go with the form unseen."""

    template = "publishing/clash.html"

    heading: str
    action: str
    back: str
    seen: str
    who: str
    clashes: Sequence[Clash]
    kept: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NewContext(Context):
    """`/publishing/new`: what can be begun in an edition, and what cannot with the reason."""

    template = "publishing/new.html"

    offered: Sequence[Possibility]
    editions: Sequence[tuple[str, str]]
    edition: str
    may_draft: bool
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KindContext(Context):
    """`/publishing/<slug>/`: what a draft is."""

    template = "publishing/kind.html"

    slug: str
    heading: str
    seen: str
    facts: Mapping[str, str]
    first: str
    may_discard: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SideContext(Context):
    """`/publishing/<slug>/side`: the checks alone."""

    template = "publishing/draft_side.html"

    draft: Desktop


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar: `may` open the window; `count` is its number in the one chosen."""

    day: date
    may: bool
    chosen: bool
    note: str
    count: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TimeContext(Context):
    """`/publishing/<slug>/time`: the first day, and when it goes up."""

    template = "publishing/time.html"

    draft: Desktop
    months: Sequence[tuple[str, Sequence[CalendarDay]]]
    window: str
    earliest: date | None
    words: str
    at: str
    scheduled: bool
    trouble: str
    error: str
    revision: int
    extensions: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PreviewContext(Context):
    """`/publishing/<slug>/preview`: every output as it will be, and links for a leader."""

    template = "publishing/preview.html"

    draft: Desktop
    shown: bool
    formats: Sequence[tuple[str, str]]
    links: Sequence[PreviewLink]
    fresh: str
    plain_text: str
    item: FeedItem | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the text with its place, as comments name it, and the comments on it.

    Of a content file it is a line that changed: as it was, and as it is to be.
    """

    place: str
    text: str
    comments: Sequence[DraftComment]
    was: Sequence[Stretch] = ()
    becomes: Sequence[Stretch] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SendContext(Context):
    """`/publishing/<slug>/send`: send in, review, sign off, and what then becomes of it."""

    template = "publishing/send.html"

    draft: Desktop
    standing: Standing
    may: Mapping[str, str]
    state_seen: str
    passages: Sequence[Passage]
    listed: ShownList
    elsewhere: Sequence[DraftComment]
    checks: Sequence[ReviewCheck]
    signing: ToSign | None
    place: str
    typed: Mapping[str, str]
    error: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A step of the publication: done, now, failed or waiting, with its time."""

    label: str
    tone: str
    at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RunContext(Context):
    """`/publishing/<slug>/run`: a publication; `refresh` while it moves by itself."""

    template = "publishing/run.html"

    slug: str
    publication: Publication
    journal: Sequence[JournalLine]
    wants_key: bool
    may_unlock: bool
    refresh: bool
    public_url: str
    after: Said
    error: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PublishedContext(Context):
    """`/published/<slug>/`: a published notice and what can be done about it."""

    template = "publishing/published.html"

    notice: Notice
    state: str
    acts: Sequence[PossibleAct]
    being_written: bool
    may_draft: bool
    reason: str
    act: str
    error: str
