from datetime import datetime, timedelta

import pytest

from portal.content.working_calendar import load_calendar
from portal.domain.notice import Kind, Notice, Review, Revision, Status
from portal.domain.places import County, Office, Site
from portal.domain.states import Act, State
from portal.domain.window import WindowState, publicity_window
from portal.domain.workdays import SHANGHAI
from tests.thirdaward import CITY_PUBLICITY, COUNTY_PUBLICITY, KINDS

PUBLISHED = datetime(2021, 12, 6, 9, tzinfo=SHANGHAI)


def notice(**facts):
    base = {
        "slug": "a",
        "title": "平定县推荐名单公示",
        "kind": COUNTY_PUBLICITY,
        "edition": "third",
        "issuer": "yangquan-office",
        "published": PUBLISHED,
        "body": "",
        "review": Review("甲", "乙", "丙"),
    }
    return Notice(**(base | facts))


def revision(number, hours):
    at = PUBLISHED + timedelta(hours=hours)
    return Revision(number, at, "改正名称" if number > 1 else "", "", "", ())


@pytest.mark.parametrize(
    ("window", "corrected", "withdrawn", "state", "objections"),
    [
        (None, False, False, State.PUBLISHED, False),
        (None, True, False, State.CORRECTED, False),
        (None, False, True, State.WITHDRAWN, False),
        (WindowState.SCHEDULED, False, False, State.SCHEDULED, False),
        (WindowState.OPEN, False, False, State.OPEN, True),
        (WindowState.OPEN, True, False, State.OPEN, True),
        (WindowState.OPEN, True, True, State.WITHDRAWN, False),
        (WindowState.CLOSED, False, False, State.CLOSED, False),
        (WindowState.CLOSED, True, False, State.CORRECTED, False),
    ],
)
def test_state_comes_from_dates_and_amendments(window, corrected, withdrawn, state, objections):
    acts = {Act.CORRECTED: corrected, Act.WITHDRAWN: withdrawn}
    status = Status(window, frozenset(act for act, done in acts.items() if done))
    assert status.state is state
    assert state in status.states
    assert status.accepts_objections is objections


def test_a_corrected_closed_notice_is_found_under_both_states():
    status = Status(WindowState.CLOSED, frozenset({Act.CORRECTED}))
    assert status.states == {State.CLOSED, State.CORRECTED}
    withdrawn = Status(WindowState.OPEN, frozenset({Act.CORRECTED, Act.WITHDRAWN}))
    assert withdrawn.states == {State.WITHDRAWN, State.CORRECTED}


def test_the_newest_revision_gives_the_number_and_the_update():
    assert (notice().revision, notice().updated) == (1, PUBLISHED)
    revised = notice(revisions=(revision(1, 0), revision(2, 5)))
    assert (revised.revision, revised.updated) == (2, PUBLISHED + timedelta(hours=5))


def test_objections_are_taken_from_opening_but_never_before_publishing():
    window = publicity_window(PUBLISHED.date(), 5, load_calendar())
    assert notice(window=window).opens_at() == PUBLISHED
    early = notice(window=window, published=PUBLISHED - timedelta(days=2))
    assert early.opens_at() == window.opens_at
    assert notice().opens_at() is None


def test_kinds_say_what_they_carry():
    assert {k for k in KINDS if k.has_window} == {COUNTY_PUBLICITY, CITY_PUBLICITY}
    assert {k for k in KINDS if k.has_list and not k.has_window} == {Kind.DECISION}
    assert {k for k in KINDS if k.amends} == {Kind.CORRECTION, Kind.WITHDRAWAL}
    assert all(k.label for k in KINDS)
    assert all(s.label for s in State)


def test_a_site_names_its_counties_and_its_office():
    yuxian = County("yuxian", "盂县", "140322", ("孟县",))
    city = County("chengqu", "城区", "140302")
    site = Site(
        "门户",
        "",
        "阳泉市",
        "https://example.org",
        (),
        {"yuxian": yuxian, "chengqu": city},
        {"office": Office("office", "办公室", "办")},
        "office",
    )
    assert (site.county_name("chengqu"), site.county_name(None)) == ("城区", "")
    assert site.main_office.name == "办公室"
