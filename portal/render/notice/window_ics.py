"""A publicity window as a calendar entry (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.domain.notice import Kind
from portal.render.links import chinese_date, issuer_name, objections_link, permalink

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


def window_ics(notice: Notice, catalogue: Catalogue) -> bytes:
    """An all-day entry from the first to the last day, with a reminder on the last morning.

    A new revision raises SEQUENCE, so that calendars replace the entry they hold; a withdrawn
    notice cancels it.
    """
    from icalendar import Alarm, Calendar, Event

    window = notice.window
    assert window is not None
    host = urlsplit(catalogue.site.base_url).hostname or "localhost"
    mark = "【演示】" if notice.demonstration else ""
    calendar = Calendar()
    calendar.add("prodid", f"-//{host}//publicity windows//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{notice.slug}@{host}")
    event.add("dtstamp", notice.updated.astimezone(UTC))
    event.add("last-modified", notice.updated.astimezone(UTC))
    event.add("dtstart", window.opens)
    event.add("dtend", window.closes + timedelta(days=1))
    event.add("sequence", notice.revision - 1)
    event.add("summary", f"{mark}公示期：{notice.title}")
    event.add("description", _description(notice, catalogue))
    event.add("url", permalink(notice, catalogue))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if _withdrawn(notice, catalogue) else "CONFIRMED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"今日24:00公示期满：{notice.title}")
    nine_on_the_last_day = timedelta(days=(window.closes - window.opens).days, hours=9)
    alarm.add("trigger", nine_on_the_last_day)
    event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=True))


def _withdrawn(notice: Notice, catalogue: Catalogue) -> bool:
    amendments = catalogue.amendments.get(notice.slug, ())
    return any(amendment.kind is Kind.WITHDRAWAL for amendment in amendments)


def _description(notice: Notice, catalogue: Catalogue) -> str:
    window = notice.window
    assert window is not None
    lines = [
        (
            f"{chinese_date(window.opens)}起至{chinese_date(window.closes)}24:00止，"
            f"共{window.total_working_days}个工作日（{window.first_day.label}）。"
        ),
        f"发布单位：{issuer_name(notice, catalogue)}",
        f"提出异议：{objections_link(notice, catalogue)}",
        *(f"延长{e.working_days}个工作日：{e.reason}" for e in window.extensions),
    ]
    return "\n".join(lines)
