"""Where an edition stands, as far as its published notices show; what can be done about it.

Nothing is guessed: a step counts as done only when a notice or the deadline of the edition shows
it. Steps 3 to 7 of the procedure (examination, scoring, defence, site check, vote) leave no public
trace until the city publicity, so they follow from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from portal.content.selection import Selection
from portal.domain.dates import write_date
from portal.domain.notice import Kind, State
from portal.domain.workdays import SHANGHAI
from portal.site.shown import Moments, NoticeLine, notice_line, window_range

if TYPE_CHECKING:
    from datetime import date

    from portal.content.catalogue import Catalogue
    from portal.domain.awards import Edition, Step

_APPLYING, _COUNTY, _VOTE, _CITY, _AWARDED = 1, 2, 7, 8, 9


@dataclass(frozen=True, slots=True)
class Action:
    """Something a reader can do, where, and until when; `over` is told when that is past."""

    label: str
    path: str
    until: str = ""
    moments: Moments | None = None
    over: str = "公示期已满"


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the procedure; `mark` is done, current or empty."""

    step: Step
    mark: str


@dataclass(frozen=True, slots=True)
class CountyWindow:
    """A county's place in the row of windows; `line` is None where it has published nothing."""

    name: str
    line: NoticeLine | None
    range_text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an edition is: the last step known to be done, the one under way (0: none known).

    `then` is what the passing of `moments` alone makes of it, for a page that was kept.
    """

    headline: str
    detail: str
    done: int
    current: int
    moments: Moments | None = None
    then: Progress | None = None


@dataclass(frozen=True, slots=True)
class EditionPanel:
    """An edition on the home page."""

    slug: str
    name: str
    demonstration: bool
    progress: Progress
    steps: tuple[StepLine, ...]
    actions: tuple[Action, ...]
    counties: tuple[CountyWindow, ...]
    city: CountyWindow | None
    newest: datetime | None


def end_of(day: date) -> datetime:
    """24:00 of a day in China."""
    return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)


def edition_panel(catalogue: Catalogue, edition: Edition, at: datetime) -> EditionPanel:
    """Everything the home page says of an edition."""
    lines = {kind: _lines(catalogue, edition, kind, at) for kind in Kind}
    # What was withdrawn shows in its place, and counts for nothing.
    standing = {
        kind: [pair for pair in some if pair[0].state is not State.WITHDRAWN]
        for kind, some in lines.items()
    }
    progress = _progress(edition, standing, at)
    steps = edition.steps or _any_steps(catalogue)
    everything = [line for some in lines.values() for line, _ in some]
    return EditionPanel(
        slug=edition.slug,
        name=edition.name,
        demonstration=edition.demonstration,
        progress=progress,
        steps=tuple(StepLine(step, _mark(step.number, progress)) for step in steps),
        actions=_actions(catalogue, edition, standing, at),
        counties=_county_row(catalogue, lines[Kind.COUNTY_PUBLICITY]),
        city=_newest(standing[Kind.CITY_PUBLICITY]),
        newest=max((line.published for line in everything), default=None),
    )


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


def _newest(lines: _Lines) -> CountyWindow | None:
    """The newest notice of a kind."""
    return CountyWindow("全市", *lines[0]) if lines else None


def _county_row(catalogue: Catalogue, lines: _Lines) -> tuple[CountyWindow, ...]:
    """One place for each county, side by side; none at all before the first list is published."""
    if not lines:
        return ()
    row = []
    for county in catalogue.site.counties.values():
        own = [pair for pair in lines if pair[0].place == county.name]
        best = next((p for p in own if p[0].state is not State.WITHDRAWN), own[0] if own else None)
        row.append(CountyWindow(county.name, *(best or (None, ""))))
    return tuple(row)


def _progress(edition: Edition, lines: dict[Kind, _Lines], at: datetime) -> Progress:
    city = _newest(lines[Kind.CITY_PUBLICITY])
    decision = _newest(lines[Kind.DECISION])
    if decision and decision.line:
        return Progress("表彰决定已经发布", f"见《{decision.line.title}》。", _AWARDED, 0)
    if city and city.line:
        over = Progress("市级公示期已满", "表彰决定作出后在本站发布。", _CITY, 0)
        if city.line.moments is None:  # a correction takes nothing from its being over
            return over
        detail = f"公示期{city.range_text}。"
        return Progress("获奖建议名单公示", detail, _VOTE, _CITY, city.line.moments, over)
    if lines[Kind.COUNTY_PUBLICITY]:
        return _county_progress(lines[Kind.COUNTY_PUBLICITY])
    return _applying_progress(edition.deadline, at, lines[Kind.CALL])


def _applying_progress(deadline: date | None, at: datetime, calls: _Lines) -> Progress:
    if deadline and (at >= end_of(deadline) or calls):
        detail = f"各县（区）报送材料的截止日期为{write_date(deadline)}。后续进展以本站公告为准。"
        over = Progress("申报已经截止", detail, _APPLYING, 0)
        if at >= end_of(deadline):
            return over
        until = f"各县（区）于{write_date(deadline)}前报送材料。"
        moments = _taking(deadline, calls)
        return Progress("申报和推荐阶段", until, 0, _APPLYING, moments, over)
    if calls:
        return Progress("申报和推荐阶段", "办理时间见通知。", 0, _APPLYING)
    return Progress("尚未发布通知", "通知印发后在本站发布。", 0, 0)


def _taking(deadline: date, calls: _Lines) -> Moments:
    """The time in which applications are handed in."""
    opens = min(line.published for line, _ in calls)
    return Moments(opens.isoformat(), end_of(deadline).isoformat(), "", State.CLOSED)


def _county_progress(lines: _Lines) -> Progress:
    detail = "后续进展以本站公告为准。"
    over = Progress("已发布的县（区）公示均已期满", detail, _COUNTY, 0)
    going_on = [line.moments for line, _ in lines if line.moments]
    if not going_on:
        return over
    last = max(going_on, key=lambda moments: moments.closes)
    detail = "各县（区）公示期见下；公示期内可以提出异议。"
    return Progress("县（区）推荐名单公示", detail, _APPLYING, _COUNTY, last, over)


def _actions(
    catalogue: Catalogue, edition: Edition, lines: dict[Kind, _Lines], at: datetime
) -> tuple[Action, ...]:
    found = [
        Action(
            f"查看{line.place}名单",
            line.path,
            f"公示期{range_text}24:00，期内可以提出异议",
            line.moments,
        )
        for kind in (Kind.CITY_PUBLICITY, Kind.COUNTY_PUBLICITY)
        for line, range_text in lines[kind]
        if line.state is State.OPEN
    ]
    if lines[Kind.DECISION]:
        found.append(Action("查看获奖名单", f"/winners/{edition.slug}/"))
    day, calls = edition.deadline, lines[Kind.CALL]
    if calls and (day is None or at < end_of(day)) and not lines[Kind.COUNTY_PUBLICITY]:
        until = f"各县（区）报送截止{write_date(day)}" if day else ""
        if catalogue.has_self_check:
            found.append(Action("对照条件自查", "/check/"))
        taking = _taking(day, calls) if day else None
        found.append(Action("下载申报表", "/downloads/", until, taking, "报送已经截止"))
    elif not found:
        found.append(Action("了解评选条件和程序", "/guide/"))
        found.append(Action("查看已发布的公告", f"/notices/edition/{edition.slug}/"))
    return tuple(found)
