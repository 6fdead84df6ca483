"""Of any award that a file can describe: places, caps, standing and departures hold."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.awards import EMPLOYER
from portal.domain.earlier_lists import EarlierList, EarlierLists
from portal.domain.faults import Rule
from portal.domain.notice import Entry
from portal.domain.quotas import cap_faults, place_faults, vacancies
from portal.domain.round_news import Cause, Departure
from portal.domain.standing import standing_faults
from portal.domain.stated_reasons import CapException
from portal.domain.workdays import SHANGHAI
from tests.awards import editions

PLACES = ("东山区", "西河区", "南岭区")
NOW = datetime(2026, 6, 1, 9, tzinfo=SHANGHAI)


@st.composite
def rounds(draw):
    """An award and entries that its lists may hold, each with a name of its own."""
    edition = draw(editions())
    grades, categories = st.sampled_from(edition.terms.grades), edition.terms.categories
    kinds = draw(st.lists(st.tuples(grades, st.sampled_from(categories)), max_size=12))
    entries = []
    for number, (grade, category) in enumerate(kinds):
        name, county = f"第{number}号{'甲乙丙丁'[number % 4]}厂", draw(st.sampled_from(PLACES))
        apart = ((category.apart, "某单位"),) if category.apart not in ("", EMPLOYER) else ()
        employer = "某单位" if category.apart == EMPLOYER else ""
        entries.append(Entry(name, category, grade, county=county, employer=employer, more=apart))
    return edition, entries


@settings(max_examples=25)
@given(rounds())
def test_nobody_is_over_the_places_and_every_place_is_used_or_told_vacant(case):
    edition, entries = case
    faults = [fault for fault in place_faults(edition, entries) if fault.rule is Rule.PLACES]
    over = {id(fault.entry) for fault in faults if fault.entry}
    kept = [entry for entry in entries if id(entry) not in over]
    taken = Counter(entry.grade for entry in kept if entry.category.takes_place)
    left = vacancies(edition, kept)
    for grade, places in edition.places.items():
        assert taken[grade] + left[grade] == places
    assert all(entry.category.takes_place for entry in entries if id(entry) in over)
    short = [fault for fault in faults if not fault.entry]
    assert bool(short) == (not edition.vacancies and any(left.values()))


@settings(max_examples=25)
@given(rounds())
def test_whoever_is_over_a_cap_is_named_and_the_others_keep_it(case):
    edition, entries = case
    named = cap_faults(edition, entries)
    over = {id(fault.entry) for fault in named}
    kept = [entry for entry in entries if id(entry) not in over]
    assert cap_faults(edition, kept) == []
    # As many more as are over: with an exception for all of them only strict caps still speak.
    free = [CapException(str(c), len(entries), "因", "市") for c in edition.terms.categories]
    strict = {id(fault.entry) for fault in cap_faults(edition, entries, exceptions=free)}
    assert strict <= over
    if all(cap.in_principle for cap in edition.caps):
        assert strict == set()


@settings(max_examples=25)
@given(rounds(), st.data())
def test_only_who_stood_on_every_list_before_may_be_listed(case, data):
    edition, entries = case
    for step in edition.steps:
        for kind in step.stands_on:
            stood = [entry for entry in entries if data.draw(st.booleans())]
            opened = NOW - timedelta(days=30)
            closes = data.draw(st.sampled_from([NOW - timedelta(days=1), NOW + timedelta(days=1)]))
            lists = EarlierLists([EarlierList("名单", tuple(stood), opened, closes)])
            faults = standing_faults(kind, entries, lists, NOW)
            refused = {id(fault.entry) for fault in faults}
            listed = {id(entry) for entry in stood} if closes <= NOW else set()
            assert refused == {id(entry) for entry in entries} - listed


@settings(max_examples=25)
@given(rounds(), st.data())
def test_who_left_is_one_and_frees_the_cap(case, data):
    edition, entries = case
    if not entries:
        return
    gone = data.draw(st.sampled_from(entries))
    left = Departure(gone.name, str(gone.category), Cause.WITHDREW, "", gone.county, gone.apart)
    assert [entry for entry in entries if left.means(entry)] == [gone]
    rest = [entry for entry in entries if not left.means(entry)]
    assert len(cap_faults(edition, rest)) <= len(cap_faults(edition, entries))
