"""Where an edition stands, as far as its published notices show; what can be done about it.

Nothing is guessed: a step counts as done only when a notice or the deadline of the edition shows
it. Steps that no list shows (examination, scoring, defence, site check, vote) are told by notices
of progress; where there are none they follow from the publicity after them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from portal.content.round_state import results_of, steps_told
from portal.content.selection import Selection
from portal.domain.dates import write_date
from portal.domain.notice import Kind
from portal.domain.round_news import Reached
from portal.domain.states import State
from portal.domain.workdays import SHANGHAI
from portal.site.shown import Moments, NoticeLine, notice_line, window_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from portal.content.catalogue import Catalogue
    from portal.domain.editions import Edition, Step
    from portal.domain.places import Words


class Action(NamedTuple):
    """Something a reader can do, where, and until when; `over` is told when that is past."""

    label: str
    path: str
    until: str = ""
    moments: Moments | None = None
    over: str = "公示期已满"


class StepLine(NamedTuple):
    """A step of the procedure; `mark` is done, current or empty."""

    step: Step
    mark: str


class PlaceWindow(NamedTuple):
    """A place in the row of windows; `line` is None where it has published nothing."""

    name: str
    line: NoticeLine | None
    range_text: str


class Progress(NamedTuple):
    """How far an edition is: the last step known to be done, the one under way (0: none known).

    `then` is what the passing of `moments` alone makes of it, for a page that was kept.
    """

    headline: str
    detail: str
    done: int
    current: int
    moments: Moments | None = None
    then: Progress | None = None


class EditionPanel(NamedTuple):
    """An edition on the home page."""

    slug: str
    name: str
    demonstration: bool
    progress: Progress
    steps: tuple[StepLine, ...]
    actions: tuple[Action, ...]
    windows: tuple[PlaceWindow, ...]
    newest: datetime | None


def end_of(day: date) -> datetime:
    """24:00 of a day in China."""
    return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)


def edition_panel(catalogue: Catalogue, edition: Edition, at: datetime) -> EditionPanel:
    """Everything the home page says of an edition."""
    lines = {kind: _lines(catalogue, edition, kind, at) for kind in edition.kinds.values()}
    # What was withdrawn shows in its place, and counts for nothing.
    standing = {
        kind: [pair for pair in some if pair[0].state is not State.WITHDRAWN]
        for kind, some in lines.items()
    }
    results = results_of(catalogue, edition.slug, at)
    shown = _progress(catalogue.site.words, edition, standing, at, results)
    progress = _told_progress(catalogue, edition, shown, at) or shown
    steps = edition.steps or _any_steps(catalogue)
    everything = [line for some in lines.values() for line, _ in some]
    return EditionPanel(
        slug=edition.slug,
        name=edition.name,
        demonstration=edition.demonstration,
        progress=progress,
        steps=tuple(StepLine(step, _mark(step.number, progress)) for step in steps),
        actions=_actions(catalogue, edition, standing, at),
        windows=tuple(_windows(catalogue, edition, lines, standing)),
        newest=max((line.published for line in everything), default=None),
    )


def _windows(
    catalogue: Catalogue, edition: Edition, lines: dict[Kind, _Lines], standing: dict[Kind, _Lines]
) -> Iterator[PlaceWindow]:
    """The publicities that have notices: one for each county, and the newest of each other."""
    for stage in edition.stages:
        if stage.kind is None:
            continue
        if stage.kind.of_county:
            yield from _county_row(catalogue, lines[stage.kind])
        elif standing[stage.kind]:
            last = stage is edition.stages[-1]
            name = catalogue.site.words.own if last else stage.kind.label
            yield PlaceWindow(name, *standing[stage.kind][0])


_Lines = list[tuple[NoticeLine, str]]

# Far more than an edition ever has of one kind; it keeps the home page quick on any archive.
_MOST_OF_A_KIND = 30


def _lines(catalogue: Catalogue, edition: Edition, kind: Kind, at: datetime) -> _Lines:
    return [
        (notice_line(catalogue, n, at), window_range(n.window) if n.window else "")
        for n in catalogue.listed(at, Selection(kind=kind, edition=edition.slug), _MOST_OF_A_KIND)
    ]


def _any_steps(catalogue: Catalogue) -> tuple[Step, ...]:
    """Demonstration editions borrow the procedure of the first edition that states one."""
    return next((e.steps for e in catalogue.editions.values() if e.steps), ())


def _mark(number: int, progress: Progress) -> str:
    if number <= progress.done:
        return "done"
    return "current" if number == progress.current else ""


def _county_row(catalogue: Catalogue, lines: _Lines) -> tuple[PlaceWindow, ...]:
    """One place for each county, side by side; none at all before the first list is published."""
    if not lines:
        return ()
    row = []
    for county in catalogue.site.counties.values():
        own = [pair for pair in lines if pair[0].place == county.name]
        best = next((p for p in own if p[0].state is not State.WITHDRAWN), own[0] if own else None)
        row.append(PlaceWindow(county.name, *(best or (None, ""))))
    return tuple(row)


def _progress(
    words: Words,
    edition: Edition,
    lines: dict[Kind, _Lines],
    at: datetime,
    results: Mapping[str, str],
) -> Progress:
    if lines[Kind.DECISION]:
        line, _ = lines[Kind.DECISION][0]
        return Progress(
            "表彰决定已经发布", f"见《{line.title}》。", _number(edition, Kind.DECISION), 0
        )
    for stage in reversed(edition.stages):
        if stage.kind and lines[stage.kind]:
            if stage.kind.of_county:
                return _county_progress(words, stage, stage.kind, lines[stage.kind])
            return _own_progress(edition, stage, stage.kind, lines[stage.kind], results)
    return _applying_progress(words, edition, at, lines[Kind.CALL])


def _told_progress(
    catalogue: Catalogue, edition: Edition, shown: Progress, at: datetime
) -> Progress | None:
    """What the notices of progress tell, where it is farther than what the lists show."""
    told = steps_told(catalogue, edition, at)
    if not told or told[-1].step.number <= max(shown.done, shown.current):
        return None
    step, reached, notice = told[-1]
    ended = reached is Reached.ENDED
    headline = f"{step.name}{'已经结束' if ended else '正在进行'}"
    detail = f"见{write_date(notice.published)}《{notice.title}》。后续进展以本站公告为准。"
    number = step.number
    return Progress(headline, detail, number if ended else number - 1, 0 if ended else number)


def _number(edition: Edition, kind: Kind) -> int:
    """The number of the step that a kind shows; the last one where none is said to."""
    step = edition.step_of(kind)
    return step.number if step else len(edition.steps)


def _own_progress(
    edition: Edition, stage: Step, kind: Kind, lines: _Lines, results: Mapping[str, str]
) -> Progress:
    """How far a publicity is of who gives the award."""
    line, range_text = lines[0]
    last = stage is edition.stages[-1]
    then = "表彰决定作出后在本站发布。" if last else "后续进展以本站公告为准。"
    told = results.get(line.path.split("/")[2])
    then = f"公示结果见《{told}》。{then}" if told else then
    over = Progress(f"{kind.label}期已满", then, stage.number, 0)
    if line.moments is None:  # a correction takes nothing from its being over
        return over
    headline = "获奖建议名单公示" if last else kind.label
    detail = f"公示期{range_text}。"
    return Progress(headline, detail, stage.number - 1, stage.number, line.moments, over)


def _applying_progress(words: Words, edition: Edition, at: datetime, calls: _Lines) -> Progress:
    deadline, step = edition.deadline, edition.step_of(Kind.CALL)
    applying = step.number if step else 0
    places = f"各{words.county}" if edition.has_counties else ""
    if deadline and (at >= end_of(deadline) or calls):
        detail = f"{places}报送材料的截止日期为{write_date(deadline)}。后续进展以本站公告为准。"
        over = Progress("申报已经截止", detail, applying, 0)
        if at >= end_of(deadline):
            return over
        until = f"{places}于{write_date(deadline)}前报送材料。"
        moments = _taking(deadline, calls)
        return Progress("申报和推荐阶段", until, 0, applying, moments, over)
    if calls:
        return Progress("申报和推荐阶段", "办理时间见通知。", 0, applying)
    return Progress("尚未发布通知", "通知印发后在本站发布。", 0, 0)


def _taking(deadline: date, calls: _Lines) -> Moments:
    """The time in which applications are handed in."""
    opens = min(line.published for line, _ in calls)
    return Moments(opens.isoformat(), end_of(deadline).isoformat(), "", "", State.CLOSED)


def _county_progress(words: Words, stage: Step, kind: Kind, lines: _Lines) -> Progress:
    detail = "后续进展以本站公告为准。"
    over = Progress(f"已发布的{kind.label}均已期满", detail, stage.number, 0)
    going_on = [line.moments for line, _ in lines if line.moments]
    if not going_on:
        return over
    last = max(going_on, key=lambda moments: moments.closes)
    detail = f"各{kind.label}期见下；公示期内可以提出异议。"
    headline = f"{words.county}推荐名单公示"
    return Progress(headline, detail, stage.number - 1, stage.number, last, over)


def _actions(
    catalogue: Catalogue, edition: Edition, lines: dict[Kind, _Lines], at: datetime
) -> tuple[Action, ...]:
    publicities = [stage.kind for stage in reversed(edition.stages) if stage.kind]
    found = [
        Action(
            f"查看{line.place}名单",
            line.path,
            f"公示期{range_text}24:00，期内可以提出异议",
            line.moments,
        )
        for kind in publicities
        for line, range_text in lines[kind]
        if line.state is State.OPEN
    ]
    if lines[Kind.DECISION]:
        found.append(Action("查看获奖名单", f"/winners/{edition.slug}/"))
    day, calls = edition.deadline, lines[Kind.CALL]
    listed = any(lines[kind] for kind in publicities)
    if calls and (day is None or at < end_of(day)) and not listed:
        places = f"各{catalogue.site.words.county}" if edition.has_counties else ""
        until = f"{places}报送截止{write_date(day)}" if day else ""
        if catalogue.has_self_check:
            found.append(Action("对照条件自查", "/check/"))
        taking = _taking(day, calls) if day else None
        found.append(Action("下载申报表", "/downloads/", until, taking, "报送已经截止"))
    elif not found:
        found.append(Action("了解评选条件和程序", "/guide/"))
        found.append(Action("查看已发布的公告", f"/notices/edition/{edition.slug}/"))
    return tuple(found)
