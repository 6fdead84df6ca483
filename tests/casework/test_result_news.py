"""What the register says of a publicity: every objection, nobody who raised it, who is removed."""

from datetime import date, datetime

import pytest

from portal.casework.models import Case, CaseEntry
from portal.casework.result_news import result_news
from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.content.notice.news_fields import read_news
from portal.domain.notice import Entry
from portal.domain.objection import CaseState, Grounds, NonAcceptance, Outcome
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from tests.thirdaward import COUNTY_PUBLICITY, EXPERT, ORGANIZATION

AT = datetime(2026, 3, 2, 23, 30, tzinfo=SHANGHAI)
NAMED = [
    CaseEntry(name="甲公司", category="组织", county="平定县"),
    CaseEntry(name="李小明", category="专家学者", county="平定县", employer="甲研究所"),
]


class _Notice:
    kind = COUNTY_PUBLICITY
    entries = (Entry("甲公司", ORGANIZATION), Entry("李小明", EXPERT, employer="甲研究所"))


def case(outcome=None, state=CaseState.CLOSED, entries=NAMED, upheld=(), **more):
    copies = [
        CaseEntry(
            name=e.name,
            category=e.category,
            county=e.county,
            employer=e.employer or "",
            upheld=e.name in upheld,
        )
        for e in entries
    ]
    values = {"received_at": AT, "opened_at": AT, "grounds": "untrue", "reason": ""} | more
    found = Case(state=state.value, outcome=outcome.value if outcome else "", **values)
    found.entries = copies
    return found


def read(objections, departures):
    """The header that a result begins with, as the reader takes it."""
    faults = Faults("notice.md")
    news = read_news(Fields({"objections": objections, "departures": departures}, {}, faults))
    assert faults.issues == []
    return news["objections"], news["departures"]


def test_what_was_rejected_names_no_person():
    objections, departures = read(*result_news(_Notice, [case(Outcome.REJECTED)]))
    (one,) = objections
    assert (one.received, one.about) == (date(2026, 3, 2), "甲公司、李*明")
    assert (one.grounds, one.outcome) == ((Grounds.UNTRUE.label,), "异议不成立")
    assert departures == ()


def test_who_was_removed_is_named_with_what_tells_it_from_a_namesake():
    twice = [case(Outcome.UPHELD, upheld=("李小明",)) for _ in range(2)]
    objections, departures = read(*result_news(_Notice, twice))
    assert [one.about for one in objections] == ["甲公司、李小明"] * 2
    (gone,) = departures
    assert gone.means(_Notice.entries[1], "平定县")
    assert not gone.means(Entry("李小明", EXPERT, employer="乙研究所"), "平定县")


def test_what_was_not_taken_or_is_open_says_so():
    late = case(state=CaseState.NOT_ACCEPTED, reason=NonAcceptance.LATE.value, entries=[])
    objections, _ = read(*result_news(_Notice, [late, case(state=CaseState.EXAMINING)]))
    assert [one.outcome for one in objections] == [
        "不予受理（超过公示期提出）",
        "办理中，所涉条目暂缓",
    ]
    assert objections[0].about == "名单整体或者程序"


def test_an_unread_objection_may_concern_anybody_so_nothing_is_told():
    with pytest.raises(RequestError, match="还有1件异议没有拆封"):
        result_news(_Notice, [case(state=CaseState.RECEIVED, opened_at=None, entries=[])])
