from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.earlier_lists import EarlierList, EarlierLists, similar
from portal.domain.faults import Rule
from portal.domain.notice import Kind
from portal.domain.quotas import same_entrant
from portal.domain.standing import Hold, held_faults, standing_faults
from portal.domain.workdays import SHANGHAI
from portal.errors import Severity
from tests.domain.conftest import organization, person
from tests.thirdaward import AWARD, CITY_PUBLICITY, COUNTY_PUBLICITY, FRONTLINE, NOMINATION, THIRD

CITY, DECISION = CITY_PUBLICITY, Kind.DECISION


AT = datetime(2021, 12, 20, 9, tzinfo=SHANGHAI)


def county(*entries, closed=True, name="平定县", day=1):
    """A county list of December 2021 that was closed within a week, or is open for ever."""
    published = datetime(2021, 12, day, 8, tzinfo=SHANGHAI)
    closes = published + timedelta(days=7 if closed else 70)
    return EarlierList(f"{name}推荐名单公示{day}", entries, published, closes, county=name)


def faults_of(kind, entries, *earlier):
    index = EarlierLists(earlier)
    return [
        fault
        for stands_on in THIRD.stands_on(kind)
        for fault in standing_faults(stands_on, entries, index, AT)
    ]


def rules(kind, entry, *earlier):
    return [fault.rule for fault in faults_of(kind, [entry], *earlier)]


def test_an_entry_of_a_closed_county_list_may_stand_on_the_city_list():
    proposed = organization("甲 厂", AWARD, county="平定县", credit_code="1")
    assert rules(CITY, proposed, county(organization("甲厂"))) == []


def test_an_entry_that_was_never_publicised_is_named_with_what_it_lacks():
    (fault,) = faults_of(CITY, [organization("乙公司")], county(organization("甲厂")))
    assert (fault.rule, fault.entry.name) == (Rule.NOT_STOOD, "乙公司")
    assert "县（区）公示" in fault.message
    (fault,) = faults_of(DECISION, [organization("乙公司")])
    assert "市级公示" in fault.message


def test_an_open_list_gives_no_standing_yet_but_a_second_closed_one_does():
    entry = organization("甲厂")
    opened = county(entry, closed=False)
    assert rules(CITY, entry, opened) == [Rule.STILL_OPEN]
    assert rules(CITY, entry, opened, county(entry, day=2)) == []
    # A second publicity begins anew, whatever came before it.
    again = county(entry, closed=False, day=2)
    assert rules(CITY, entry, county(entry), again) == [Rule.STILL_OPEN]
    assert rules(CITY, entry, county(entry), county(entry, closed=False, name="盂县")) == []


def test_whom_a_second_publicity_left_out_stands_no_more():
    kept, dropped = organization("甲厂"), organization("乙厂")
    first, second = county(kept, dropped), county(kept, day=3)
    assert rules(CITY, kept, first, second) == []
    (fault,) = faults_of(CITY, [dropped], first, second)
    assert (fault.rule, fault.entry) == (Rule.LEFT_OUT, dropped)
    assert second.title in fault.message
    # A third may name it again; another county's list and one that is withdrawn say nothing.
    assert rules(CITY, dropped, first, second, county(kept, dropped, day=5)) == []
    assert rules(CITY, dropped, first, county(kept, name="盂县", day=3)) == []
    gone = replace(second, withdrawn=AT)
    assert rules(CITY, dropped, first, gone) == []
    # A list of others is a further list, not a second publicity.
    assert rules(CITY, dropped, first, county(organization("丙厂"), day=3)) == []


def test_a_new_name_under_the_same_credit_code_is_a_rename():
    old = organization("演示铸造厂", credit_code="1")
    new = organization("演示精密科技有限公司", credit_code="1")
    (fault,) = faults_of(CITY, [new], county(old))
    assert fault.rule is Rule.RENAMED
    assert "演示铸造厂" in fault.message


def test_a_near_name_is_a_rename_and_a_far_one_is_not():
    old = organization("阳泉演示铸造有限公司")
    assert rules(CITY, organization("阳泉演示铸造有限责任公司"), county(old)) == [Rule.RENAMED]
    assert rules(CITY, organization("阳泉演示铸造股份有限公司"), county(old)) == [Rule.RENAMED]
    assert rules(CITY, organization("阳泉演示铸件有限公司"), county(old)) == [Rule.RENAMED]
    assert rules(CITY, organization("盂县示例医院"), county(old)) == [Rule.NOT_STOOD]
    short = organization("演示有限公司")
    assert rules(CITY, organization("演示股份有限责任公司"), county(short)) == [Rule.RENAMED]
    coded = organization("阳泉演示铸造有限责任公司", credit_code="2")
    other = organization("阳泉演示铸造有限公司", credit_code="1")
    assert rules(CITY, coded, county(other)) == [Rule.NOT_STOOD]
    # One list may well leave the code out.
    assert rules(CITY, coded, county(old)) == [Rule.RENAMED]


def test_a_person_is_renamed_only_within_one_employer():
    old = person("李小明", employer="甲厂")
    assert rules(CITY, person("李晓明", employer="甲厂"), county(old)) == [Rule.RENAMED]
    assert rules(CITY, person("李晓明", employer="乙厂"), county(old)) == [Rule.NOT_STOOD]
    assert rules(CITY, person("李晓明"), county(old)) == [Rule.NOT_STOOD]


def test_what_changed_since_the_earlier_list_is_told_column_by_column():
    old = person("李明", NOMINATION, county="平定县")
    new = person("李明", AWARD, county="盂县", category=FRONTLINE)
    faults = faults_of(DECISION, [new], county(old, name=""))
    assert [f.rule for f in faults] == [Rule.CHANGED] * 3
    texts = " ".join(f.message for f in faults)
    assert all(word in texts for word in ("类别", "县区", "奖项为“质量奖”", "中为“提名奖”"))


def test_an_entry_of_a_county_list_belongs_to_the_county_of_the_list():
    assert rules(CITY, organization("甲厂", county="盂县"), county(organization("甲厂"))) == [
        Rule.CHANGED
    ]


def test_a_namesake_of_the_same_county_does_not_hide_the_right_person():
    first = person("李明", employer="甲厂")
    second = person("李明", employer="乙厂", category=FRONTLINE)
    listed = county(first, second)
    candidate = person("李明", employer="乙厂", category=FRONTLINE)
    assert rules(CITY, candidate, listed) == []
    unnamed = person("李明", category=FRONTLINE)
    assert rules(CITY, unnamed, listed) == []


def test_county_lists_and_calls_stand_on_nothing():
    assert rules(COUNTY_PUBLICITY, organization("甲厂")) == []
    assert rules(Kind.CALL, organization("甲厂")) == []


def test_an_employer_written_otherwise_is_not_told_when_it_is_the_same():
    old = person("李明", employer="甲厂（阳泉）", credit_code="")
    assert rules(CITY, person("李明", employer="甲厂 (阳泉)"), county(old)) == []


def test_a_held_entry_is_taken_out_by_name_and_the_rest_go_on():
    holds = [
        Hold("甲 厂", "组织", "平定县", upheld=False, case="2021-001"),
        Hold("李明", "专家学者", "", upheld=True, case="2021-002"),
    ]
    listed = [
        organization("甲厂", county="平定县"),
        organization("甲厂", county="盂县"),
        organization("李明"),
        person("李明"),
        organization("乙厂"),
    ]
    faults = held_faults(listed, holds)
    assert [f.entry for f in faults] == [listed[0], listed[3]]
    assert "尚未办结" in faults[0].message
    assert "异议成立" in faults[1].message
    assert {f.severity for f in faults} == {Severity.ERROR}


names = st.lists(st.text("甲乙丙丁戊己", min_size=4, max_size=6), unique=True, max_size=8)


entries = st.lists(
    st.builds(
        lambda name, code, employer: (
            person(name[:3], employer=employer)
            if employer
            else organization(name, credit_code=code)
        ),
        st.text("甲乙丙丁戊己有限公司", min_size=2, max_size=9),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["", "", "甲厂", "乙厂"]),
    ),
    max_size=12,
)


@given(entries, entries)
def test_the_index_finds_what_comparing_all_with_all_finds(listed, wanted):
    index = EarlierLists([county(*listed)])
    for entry in wanted:
        same = [old for old in listed if same_entrant(old, entry)]
        assert sorted(old for _, old in index.same(entry)) == sorted(same)
        near = any(similar(old, entry) for old in listed)
        assert (index.similar(entry) is not None) == near


@given(names, names)
def test_exactly_the_entries_without_standing_are_at_fault(listed, wanted):
    earlier = county(*(organization(name) for name in listed))
    faults = faults_of(CITY, [organization(name) for name in wanted], earlier)
    assert [f.entry.name for f in faults] == [name for name in wanted if name not in listed]
    assert {f.rule for f in faults} <= {Rule.NOT_STOOD, Rule.RENAMED}
