from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.faults import Rule
from portal.domain.notice import Entry
from portal.domain.quotas import (
    applying_caps,
    cap_faults,
    duplicate_faults,
    exception_faults,
    place_faults,
    two_counties_faults,
    vacancies,
)
from portal.domain.stated_reasons import CapException
from tests.awards import editions
from tests.domain.conftest import organization, person
from tests.thirdaward import AWARD, CATEGORIES, GRADES, NOMINATION, ORGANIZATION, THIRD

COUNTIES = ["平定县", "盂县", "城区", "矿区", "郊区"]

entry_lists = st.lists(
    st.builds(
        lambda n, category, grade, county: (
            organization(f"单位{n}", grade, county=county)
            if category is ORGANIZATION
            else person(f"人员{n}", grade, county=county, category=category)
        ),
        st.integers(0, 9999),
        st.sampled_from(CATEGORIES),
        st.sampled_from(GRADES),
        st.sampled_from(COUNTIES),
    ),
    max_size=40,
)


def winners(awards, nominations):
    return [organization(f"奖{n}", AWARD) for n in range(awards)] + [
        organization(f"提名{n}", NOMINATION) for n in range(nominations)
    ]


def test_three_awards_and_five_nominations_fill_the_places():
    assert place_faults(THIRD, winners(3, 5)) == []
    assert vacancies(THIRD, winners(3, 5)) == {AWARD: 0, NOMINATION: 0}


def test_fewer_winners_are_vacancies_where_the_edition_allows_them():
    assert place_faults(THIRD, winners(2, 1)) == []
    assert vacancies(THIRD, winners(2, 1)) == {AWARD: 1, NOMINATION: 4}


def test_fewer_winners_are_a_fault_that_counts_them_where_none_may_stay_vacant():
    faults = place_faults(replace(THIRD, vacancies=False), winners(1, 5))
    assert [(f.rule, f.entry) for f in faults] == [(Rule.PLACES, None)]
    assert "空缺2个" in faults[0].message


def test_each_entry_above_the_places_is_named():
    faults = place_faults(THIRD, winners(4, 7))
    assert [f.entry.name for f in faults] == ["奖3", "提名5", "提名6"]
    assert "共3个名额，名单列了4个" in faults[0].message


def test_an_entry_without_a_grade_is_named():
    (fault,) = place_faults(THIRD, [organization("甲厂")])
    assert (fault.rule, fault.entry.name) == (Rule.GRADE, "甲厂")


@pytest.mark.parametrize(
    ("organizations", "individuals", "over"),
    [(5, 2, []), (6, 2, ["单位5"]), (5, 3, ["人员2"]), (7, 0, ["单位5", "单位6"]), (0, 0, [])],
)
def test_a_county_recommends_five_organizations_and_two_individuals(
    organizations, individuals, over
):
    categories = [c for c in CATEGORIES if c.individual]
    listed = [organization(f"单位{n}") for n in range(organizations)]
    listed += [person(f"人员{n}", category=categories[n]) for n in range(individuals)]
    faults = cap_faults(THIRD, listed, "平定县")
    assert [f.entry.name for f in faults] == over
    assert all("平定县" in f.message for f in faults)


@given(entry_lists)
def test_a_list_is_within_its_quotas_exactly_when_no_fault_is_found(entries):
    grades = Counter(e.grade for e in entries)
    places = place_faults(THIRD, entries)
    assert len(places) == sum(max(grades[g] - n, 0) for g, n in THIRD.places.items())
    for grade, vacant in vacancies(THIRD, entries).items():
        assert vacant == max(THIRD.places[grade] - grades[grade], 0)
    by_county = Counter((e.county, e.category.individual) for e in entries)
    over = sum(max(n - (2 if person else 5), 0) for (_, person), n in by_county.items())
    caps = cap_faults(THIRD, entries)
    assert len(caps) == over
    # Taking out what the faults name leaves a list without faults.
    named = {id(f.entry) for f in (*places, *caps)}
    rest = [e for e in entries if id(e) not in named]
    assert place_faults(THIRD, rest) == cap_faults(THIRD, rest) == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (organization("甲 厂"), organization("甲厂"), True),
        (organization("甲厂（阳泉）"), organization("甲厂(阳泉)"), True),
        (organization("甲厂", credit_code="1"), organization("乙厂", credit_code="1"), True),
        (organization("甲厂"), organization("乙厂"), False),
        (person("田华"), person("田 华"), True),
        (person("田华", employer="甲厂"), person("田华", employer="甲 厂"), True),
        (person("田华", employer="甲厂"), person("田华", employer="乙厂"), False),
        (person("田华", employer="甲厂"), person("田华"), True),
        (person("田华"), organization("田华"), False),
    ],
)
def test_duplicates_are_the_same_entrant_however_it_is_written(first, second, same):
    faults = duplicate_faults([first._replace(line=2), second])
    assert [f.entry for f in faults] == ([second] if same else [])
    assert all("第2行" in f.message for f in faults)
    across = two_counties_faults({"平定县": [first], "盂县": [second]})
    assert [(f.entry, f.source) for f in across] == ([(second, "盂县")] if same else [])


def test_a_name_twice_in_one_county_is_no_matter_of_two_counties():
    assert two_counties_faults({"平定县": [organization("甲厂"), organization("甲厂")]}) == []


@given(st.data())
def test_no_list_of_any_award_has_more_than_places_and_caps(data):
    edition = data.draw(editions())
    listed = data.draw(
        st.lists(
            st.builds(
                lambda n, category, grade, county: Entry(f"名{n}", category, grade, county=county),
                st.integers(0, 99),
                st.sampled_from(edition.terms.categories),
                st.sampled_from(edition.terms.grades),
                st.sampled_from(["东山区", "西河区", "南岭区"]),
            ),
            max_size=25,
        )
    )
    over = {id(f.entry) for f in place_faults(edition, listed) if f.entry is not None}
    kept = [entry for entry in listed if id(entry) not in over and entry.category.takes_place]
    assert all(
        sum(entry.grade == grade for entry in kept) <= places
        for grade, places in edition.places.items()
    )
    over = {id(fault.entry) for fault in cap_faults(edition, listed)}
    kept = [entry for entry in listed if id(entry) not in over and entry.category.takes_place]
    for cap in edition.caps:
        for county in {entry.county for entry in kept}:
            counted = [
                entry
                for entry in kept
                if entry.county == county
                and entry.category in cap.categories
                and cap in applying_caps(edition, entry.category, county)
            ]
            assert len(counted) <= cap.most
    free = [entry for entry in listed if not entry.category.takes_place]
    assert not any(fault.entry in free for fault in cap_faults(edition, free))


@given(editions())
def test_an_exception_counts_only_where_the_cap_is_in_principle(edition):
    for cap in edition.caps:
        category = next((c for c in cap.categories if c.takes_place), None)
        if category is None or len(edition.caps) > 1 or cap.counties:
            continue
        listed = [Entry(f"名{n}", category, county="南岭区") for n in range(cap.most + 1)]
        exception = CapException(cap.label, cap.most + 1, "申报多", "领导小组")
        assert cap_faults(edition, listed) != []
        assert bool(cap_faults(edition, listed, "", [exception])) is not cap.in_principle
        assert bool(exception_faults(edition, [exception])) is not cap.in_principle
