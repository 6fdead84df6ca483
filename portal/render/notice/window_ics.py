"""A publicity window as a calendar entry (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from portal.domain.dates import write_date
from portal.render.links import authority, issuer_name, objections_link, permalink

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


def window_ics(notice: Notice, catalogue: Catalogue) -> bytes:
    """An all-day entry from the first to the last day, with a reminder on the last morning.

    Each later act raises SEQUENCE, so that calendars replace the entry they hold; a withdrawal
    cancels it, and nothing rings any more.
    """
    from icalendar import Alarm, Calendar, Event

    window = notice.window
    assert window is not None
    history = catalogue.history(notice)
    owner = authority(catalogue.site)
    mark = "【演示】" if notice.demonstration else ""
    calendar = Calendar()
    calendar.add("prodid", f"-//{owner}//publicity windows//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{notice.slug}@{owner}")
    event.add("dtstamp", history.changed.astimezone(UTC))
    event.add("last-modified", history.changed.astimezone(UTC))
    event.add("dtstart", window.opens)
    event.add("dtend", window.closes + timedelta(days=1))
    event.add("sequence", history.version - 1)
    event.add("summary", f"{mark}{history.mark}公示期：{notice.title}")
    event.add("description", _description(notice, catalogue))
    event.add("url", permalink(notice, catalogue))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if history.withdrawn else "CONFIRMED")
    if not history.withdrawn:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"今日24:00公示期满：{notice.title}")
        nine_on_the_last_day = timedelta(days=(window.closes - window.opens).days, hours=9)
        alarm.add("trigger", nine_on_the_last_day)
        event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=True))


def _description(notice: Notice, catalogue: Catalogue) -> str:
    window = notice.window
    assert window is not None
    history = catalogue.history(notice)
    lines = [
        *(later.sentence for later in history.shown),
        (
            f"{write_date(window.opens)}起至{write_date(window.closes)}24:00止，"
            f"共{window.words}（{window.rule}）。"
        ),
        f"发布单位：{issuer_name(notice, catalogue)}",
        *([] if history.withdrawn else [f"提出异议：{objections_link(notice, catalogue)}"]),
        *map(window.added, window.extensions),
    ]
    return "\n".join(lines)
