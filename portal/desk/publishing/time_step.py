"""公示期和发布: the first day in a calendar that counts, and when it goes up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from portal.desk.publishing.desktop import desktop, head_of
from portal.desk.publishing.draft_contexts import CalendarDay, TimeContext
from portal.desk.publishing.draft_room import kind_of
from portal.desk.publishing.saving import save_step, shown_again
from portal.domain.dates import read_day, read_minute, write_meta, write_range
from portal.domain.workdays import SHANGHAI
from portal.editorial.beginnings import first_window
from portal.editorial.facts import window_of
from portal.errors import CalendarError, RequestError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.window import PublicityWindow
    from portal.editorial.drafts import Draft

_AHEAD = timedelta(days=62)
_AT_ONCE = timedelta(minutes=5)
_LABELS = {"opens": "起始日", "at": "发布时间"}


class TimeStep:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str:
        """The calendar with the days of the window as it stands."""
        return self._page(self._room.draft(slug), "")

    def save(self, slug: str) -> Answer | tuple[str, int] | str:
        """Save the first day and the time."""
        draft = self._room.draft(slug)
        try:
            values = self._values(draft)
            return save_step(
                self._room,
                draft,
                "time",
                lambda seen: self._room.save(seen, values, seen.body),
                _fields,
                _LABELS,
            )
        except RequestError as error:
            return self._page(draft, str(error)), 422

    def _values(self, draft: Draft) -> dict[str, Any]:
        values = dict(draft.values)
        values[stated_key(draft)] = self._time()
        opens = request.form.get("opens", "")
        table = values.get("window")
        if opens and isinstance(table, dict) and stated_key(draft) == "published":
            try:
                values["window"] = {**table, "opens": read_day(opens)}
            except ValueError:
                raise RequestError("请在日历中选择起始日") from None
        return values

    def _time(self) -> datetime:
        if request.form.get("when") != "at":
            return minute(self._room.now)
        try:
            at = read_minute(request.form.get("at", ""))
        except ValueError:
            raise RequestError("请填写定时发布的日期和时间") from None
        if at <= self._room.now:
            raise RequestError("定时发布的时间已经过去；要马上发布的，选“签发后立即发布”")
        return at

    def _page(self, draft: Draft, error: str) -> str:
        calendar, kind, now = (
            self._room.catalogue.calendar,
            kind_of(self._room, draft),
            self._room.now,
        )
        edition = self._room.catalogue.editions.get(str(draft.values.get("edition")))
        window, trouble, earliest = window_of(draft.values, calendar), "", None
        stated = stated_time(draft) or now
        if kind is not None and kind.has_window and edition is not None:
            try:
                earliest = first_window(edition, kind, calendar, max(now, stated)).opens
            except CalendarError as problem:
                trouble = str(problem)
        revised = stated_key(draft) == "updated"
        days = [] if revised or earliest is None else list(self._days(earliest, window))
        return render(
            TimeContext(
                head_of(self._room, draft, error=bool(error)),
                shown_again(desktop(self._room, draft, "time")),
                _months(days),
                write_range(window.opens, window.closes) if window else "",
                earliest,
                window.words if window else "",
                request.form.get("at") or f"{stated:%Y-%m-%dT%H:%M}",
                request.form.get("when") == "at" if request.form else stated > now + _AT_ONCE,
                trouble,
                error,
                int(draft.values.get("revision") or 1),
                list(map(window.added, window.extensions)) if window else [],
            )
        )

    def _days(self, earliest: date, window: PublicityWindow | None) -> Iterator[CalendarDay]:
        """From this week on; the days before the earliest honest one cannot be chosen."""
        calendar, today = self._room.catalogue.calendar, self._room.now.astimezone(SHANGHAI).date()
        counted = {d.day.date: d.count or 0 for d in window.days} if window else {}
        last = max(earliest, window.closes if window else earliest) + _AHEAD
        on = today - timedelta(days=today.weekday())
        while on <= last or on.day != 1:
            try:
                day = calendar.day(on)
            except CalendarError:
                return
            opens = window is not None and on == window.opens
            chosen = str(on) == request.form["opens"] if "opens" in request.form else opens
            may = day.working and (on >= earliest or opens)
            note = "" if day.working and "调休" not in day.reason else day.reason
            yield CalendarDay(on, may, chosen, _short(note), counted.get(on, 0))
            on += timedelta(days=1)


def stated_key(draft: Draft) -> str:
    """Which key says when the text goes up."""
    return "updated" if (draft.values.get("revision") or 1) != 1 else "published"


def stated_time(draft: Draft) -> datetime | None:
    """When the text says that it goes up."""
    found = draft.values.get(stated_key(draft))
    if not isinstance(found, datetime):
        return None
    return found.astimezone(SHANGHAI) if found.tzinfo else None


def minute(at: datetime) -> datetime:
    """The instant as a person would write it, not before it is."""
    later = at + timedelta(seconds=59, microseconds=999_999)
    return later.replace(second=0, microsecond=0).astimezone(SHANGHAI)


def _fields(draft: Draft) -> Mapping[str, str]:
    table, stated = draft.values.get("window"), stated_time(draft)
    opens = table.get("opens") if isinstance(table, dict) else ""
    return {"opens": str(opens or ""), "at": write_meta(stated) if stated else ""}


def _short(note: str) -> str:
    """What fits into a day of the calendar."""
    return {"周末": "", "调休上班": "上班"}.get(
        note, note.removeprefix("停止办公：").removesuffix("放假")[:4]
    )


def _months(days: Sequence[CalendarDay]) -> list[tuple[str, list[CalendarDay]]]:
    months = groupby(days, key=lambda one: (one.day.year, one.day.month))
    return [(f"{year}年{month}月", list(found)) for (year, month), found in months][:3]


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the step."""
    blueprint = Blueprint("draft_time", __name__, url_prefix="/publishing/<slug>/time")
    step = TimeStep(room)
    blueprint.add_url_rule("", "page", step.page)
    blueprint.add_url_rule("", "save", step.save, methods=["POST"])
    return blueprint
