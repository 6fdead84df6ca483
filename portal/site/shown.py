"""Notices as lists, boxes and tables show them: plain data for templates, no Markup."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from portal.domain.dates import write_date, write_day, write_span
from portal.domain.notice import Level
from portal.domain.states import Act, State
from portal.domain.window import WindowState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from portal.content.annex.annexes import Annex
    from portal.content.catalogue import Catalogue
    from portal.content.round_state import Told
    from portal.domain.awards import Grade
    from portal.domain.editions import Edition
    from portal.domain.notice import Entry, Notice, Revision, Status
    from portal.domain.window import PublicityWindow
    from portal.search.snippets import Part, Passage


class NoticeLine(NamedTuple):
    """A notice in a list. `state_text` stays true however old the page is; a script updates it."""

    path: str
    title: str
    kind: str
    place: str
    published: datetime
    state: State
    state_text: str
    demonstration: bool
    moments: Moments | None


class Moments(NamedTuple):
    """What a script needs to correct the state of a page that was kept: given while it can change.

    `days` are the counted dates, a number of which is followed by `unit` in print; `after` is the
    state once the window is closed.
    """

    opens: str
    closes: str
    days: str
    unit: str
    after: State


class WindowBox(NamedTuple):
    """A publicity window in words; `phase` is its state by the calendar, even when withdrawn."""

    state: State
    phase: WindowState
    state_text: str
    range_text: str
    moments: Moments | None
    words: str
    rule: str
    extensions: tuple[str, ...]


class RevisionLine(NamedTuple):
    """A published text of a notice; `path` is where it stands.

    `changes` is where its differences from the text before stand, empty for the first.
    """

    number: int
    published: datetime
    note: str
    path: str
    title: str
    is_current: bool
    changes: str = ""


def state_text(status: Status, window: PublicityWindow | None) -> str:
    """The state in words that do not become untrue when the page is kept: dates, not 正在."""
    state = status.state
    if window and state is State.OPEN:
        return f"公示至{write_day(window.closes)}"
    if window and state is State.SCHEDULED:
        return f"{write_day(window.opens)}起公示"
    return state.label if state is not State.PUBLISHED else ""


def moments(notice: Notice, status: Status) -> Moments | None:
    """The instants at which the state of a notice will change; None where it will not."""
    window, opens = notice.window, notice.opens_at()
    if not window or not opens or status.withdrawn or status.window is WindowState.CLOSED:
        return None
    return Moments(
        opens=opens.isoformat(),
        closes=window.closes_at.isoformat(),
        days=" ".join(d.day.date.isoformat() for d in window.days if d.count is not None),
        unit=window.counting.unit,
        after=replace(status, window=WindowState.CLOSED).state,
    )


def notice_line(catalogue: Catalogue, notice: Notice, at: datetime) -> NoticeLine:
    """A notice as a list shows it at an instant."""
    status = catalogue.status(notice, at)
    return NoticeLine(
        path=f"/notices/{notice.slug}/",
        title=notice.title,
        kind=notice.kind.label,
        place=_place(catalogue, notice),
        published=notice.published,
        state=status.state,
        state_text=state_text(status, notice.window),
        demonstration=notice.demonstration,
        moments=moments(notice, status),
    )


def _place(catalogue: Catalogue, notice: Notice) -> str:
    """Whose a notice is: a county's or a unit's, else who gives the award."""
    if notice.kind.level is Level.UNIT:
        return notice.kind.label
    return catalogue.site.county_name(notice.county) or catalogue.site.words.own


def window_range(window: PublicityWindow) -> str:
    """2026年12月7日至12月10日; the year again where it changes."""
    return write_span(window.opens, window.closes)


def window_box(notice: Notice, status: Status) -> WindowBox | None:
    """The window of a notice, or None for one without; a correction does not change its state."""
    window = notice.window
    if window is None or status.window is None:
        return None
    own = replace(status, acts=status.acts & {Act.WITHDRAWN})
    return WindowBox(
        state=own.state,
        phase=status.window,
        state_text=state_text(own, window),
        range_text=window_range(window),
        moments=moments(notice, own),
        words=window.words,
        rule=window.full_rule,
        extensions=tuple(
            window.added(extension)
            + (f"（{write_date(extension.decided)}决定）" if extension.decided else "")
            for extension in window.extensions
        ),
    )


def revision_lines(notice: Notice) -> tuple[RevisionLine, ...]:
    """Every published text of a notice, newest first; empty where it was never revised."""
    if notice.revision == 1:
        return ()
    return tuple(revision_line(notice, r) for r in reversed(notice.revisions))


def revision_line(notice: Notice, revision: Revision) -> RevisionLine:
    """One published text of a notice."""
    current = revision.number == notice.revision
    path = f"/notices/{notice.slug}/"
    before = next((old.number for old, new in pairwise(notice.revisions) if new is revision), 0)
    return RevisionLine(
        number=revision.number,
        published=revision.published,
        note=revision.note or "首次发布",
        path=path if current else f"{path}revisions/{revision.number}/",
        title=revision.title,
        is_current=current,
        changes=f"{path}revisions/{before}/changes/" if before else "",
    )


class DownloadFile(NamedTuple):
    """One file of a form; `name` is what a browser saves it as."""

    label: str
    path: str
    name: str
    size: str
    sha256: str


class DownloadCard(NamedTuple):
    """A form; `files` are empty where only its title is needed."""

    annex: Annex
    files: tuple[DownloadFile, ...]
    earlier: tuple[tuple[Annex, tuple[DownloadFile, ...]], ...]


def former_links(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """How pages of today lead to former editions: the edition's short name and address."""
    return tuple((catalogue.editions[one.slug].short, one.path) for one in catalogue.former)


class WinnerLine(NamedTuple):
    """A winner of an edition, where its own page is, and where the lists it comes from are."""

    entry: Entry
    path: str
    trace: str
    revoked: Told | None


class EditionFigures(NamedTuple):
    """How many won in an edition; `parts` are tables of label, number and share in hundredths."""

    name: str
    path: str
    demonstration: bool
    total: int
    grades: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]


def shares(counted: Sequence[tuple[str, int]]) -> tuple[tuple[str, int, int], ...]:
    """Numbers with the length of their bar: the largest is as long as there is room."""
    most = max(number for _, number in counted)
    return tuple((label, number, round(100 * number / most)) for label, number in counted)


class GradeGroup(NamedTuple):
    """The winners of one grade; `vacant` of its `places` were left empty."""

    grade: Grade
    places: int
    entries: tuple[WinnerLine, ...]
    vacant: int


class Hit(NamedTuple):
    """One thing found: its title and the places that match, ready to be shown."""

    path: str
    title: tuple[Part, ...]
    label: str
    place: str
    published: date | None
    state: str
    state_text: str
    passages: tuple[Passage, ...]
    demonstration: bool


class Facet(NamedTuple):
    """A filter with what it offers: label, count, address and whether it is chosen."""

    name: str
    choices: tuple[tuple[str, int, str, bool], ...]
    clear: str


def newest_edition(catalogue: Catalogue) -> Edition | None:
    """The newest edition that is no demonstration, as content/awards/ has them in order."""
    real = [edition for edition in catalogue.editions.values() if not edition.demonstration]
    return real[-1] if real else None


def award_name(catalogue: Catalogue) -> str:
    """What the award is called without an edition."""
    edition = newest_edition(catalogue)
    return (edition.award or edition.name) if edition else "本奖"
