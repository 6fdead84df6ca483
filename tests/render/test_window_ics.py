"""A window in a calendar: the right days, replaced by a revision, cancelled if withdrawn."""

from datetime import date, timedelta

import icalendar
import pytest

from portal.render.notice.window_ics import window_ics


def _event(content: bytes) -> icalendar.Event:
    return next(iter(icalendar.Calendar.from_ical(content).walk("VEVENT")))


def test_the_entry_covers_the_first_to_the_last_day(round_):
    listed = round_.by_slug["demo-1-city"]
    event = _event(window_ics(listed, round_))
    assert event["DTSTART"].dt == listed.window.opens
    assert event["DTEND"].dt == listed.window.closes + timedelta(days=1)
    assert isinstance(event["DTSTART"].dt, date)
    assert event["SUMMARY"].startswith("【演示】公示期：")
    assert f"/notices/{listed.slug}/" in event["URL"]


def test_the_reminder_rings_on_the_last_morning(round_):
    listed = round_.by_slug["demo-1-city"]
    alarm = next(iter(_event(window_ics(listed, round_)).walk("VALARM")))
    days = (listed.window.closes - listed.window.opens).days
    assert alarm["TRIGGER"].dt == timedelta(days=days, hours=9)


@pytest.mark.parametrize(
    ("state", "status", "sequence"),
    [("open", "CONFIRMED", 0), ("corrected", "CONFIRMED", 1), ("withdrawn", "CANCELLED", 1)],
)
def test_calendars_follow_revisions_and_withdrawals(round_, state, status, sequence):
    amended = {n.amends for n in round_.notices if n.kind == "withdrawal"}
    pick = {
        "open": lambda n: n.revision == 1 and n.slug not in amended,
        "corrected": lambda n: n.revision > 1,
        "withdrawn": lambda n: n.slug in amended,
    }[state]
    listed = next(n for n in round_.notices if n.window and pick(n))
    content = window_ics(listed, round_)
    event = _event(content)
    assert (event["STATUS"], event["SEQUENCE"]) == (status, sequence)
    assert content == window_ics(listed, round_)
