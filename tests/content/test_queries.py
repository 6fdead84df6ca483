"""One engine: the same question has one answer, whoever keeps the notices."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.catalogue import Catalogue
from portal.content.heads import head_of
from portal.content.index import Index
from portal.content.queries import (
    Amended,
    Amending,
    InWindow,
    Newest,
    Page,
    PageCount,
    Query,
    Standing,
    StatusOf,
    Timestamps,
    Windowed,
    Years,
    fingerprint,
    is_query,
)
from portal.content.record.packing import Packer
from portal.content.record.stored_shelf import StoredShelf
from portal.content.selection import Selection
from portal.domain.notice import Kind, Notice, Revision
from portal.domain.window import WindowState, publicity_window
from portal.freezer.record.recorded_catalogue import RecordedCatalogue
from tests.freezer.samples import CALENDAR, catalogue, instant, notice
from tests.thirdaward import CITY_PUBLICITY, KINDS

FIRST = instant("2026-01-05T09:00")
COUNTIES = (None, "pingding", "yuxian")

hours = st.integers(0, 24 * 40)
selections = st.builds(
    Selection,
    st.sampled_from([None, *KINDS]),
    st.sampled_from(COUNTIES),
    st.sampled_from([None, "third", "none"]),
    st.sampled_from([None, 2025, 2026]),
)
limits = st.sampled_from([None, 0, 1, 3])
queries = st.one_of(
    st.builds(Newest, selections, limits),
    st.builds(Standing, selections),
    st.builds(PageCount, selections),
    st.builds(Page, selections, st.integers(0, 3)),
    st.builds(
        InWindow,
        st.lists(st.sampled_from(list(WindowState)), max_size=2, unique=True).map(tuple),
        limits,
    ),
    st.builds(Windowed),
    st.builds(Amended, limits),
    st.builds(Years),
    st.builds(Timestamps),
    st.builds(Amending, st.sampled_from(["n0", "n1", "gone"])),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Notice]:
    """Notices as they may be published: some revised, some amended, some not public yet."""
    found: list[Notice] = []
    for number in range(draw(st.integers(0, 45))):
        published = FIRST + timedelta(hours=draw(hours))
        kind = draw(st.sampled_from(list(KINDS) if found else [Kind.CALL, CITY_PUBLICITY]))
        window = publicity_window(published.date(), 5, CALENDAR) if kind.has_window else None
        one = notice(
            f"n{number}",
            f"{published:%Y-%m-%dT%H:%M}",
            kind=kind,
            county=draw(st.sampled_from(COUNTIES)),
            window=window,
            amends=draw(st.sampled_from(found)).slug if kind.amends else None,
        )
        if draw(st.booleans()):
            first = Revision(1, one.published, "", one.title, one.body, one.entries)
            later = replace(first, number=2, published=published + timedelta(hours=draw(hours)))
            one = replace(one, revisions=(first, later))
        found.append(one)
    return found


class Texts:
    """A store in memory."""

    def __init__(self, notices: list[Notice]) -> None:
        packer = Packer()
        self.whole = {head_of(n).text: packer.pack(n) for n in notices}
        self.lists = {head_of(n).text: packer.pack_listed(n) for n in notices}

    def notice(self, text: str) -> bytes:
        return self.whole[text]

    def listed(self, texts) -> dict[str, bytes]:
        return {text: self.lists[text] for text in texts}


def answer(catalogue: Catalogue, query: Query, at: datetime) -> object:
    try:
        return catalogue.ask(query, at)
    except LookupError:
        return None


@settings(max_examples=25, deadline=None)
@given(histories(), st.lists(queries, min_size=1, max_size=8), st.lists(hours, min_size=1))
def test_live_stored_and_recorded_catalogues_answer_alike(notices, asked, times) -> None:
    live = catalogue(*notices)
    texts = Texts(notices)
    stored = Catalogue(live.parts, StoredShelf(map(head_of, notices), texts))
    for hour in times:
        at = FIRST + timedelta(hours=hour)
        index = Index(map(head_of, notices), at)
        recorded = RecordedCatalogue(live.parts, index, texts)  # type: ignore[arg-type]
        public = [n for n in notices if n.published <= at]
        assert {n.slug for n in recorded.notices} == {n.slug for n in public}
        for query in [*asked, *(StatusOf(n.slug) for n in public)]:
            expected = answer(live, query, at)
            assert answer(stored, query, at) == expected
            recorded.reads.clear()
            assert answer(recorded, query, at) == expected
            assert recorded.reads == {query.key}
            if is_query(query.key):
                assert Query.from_key(query.key) == query
                assert fingerprint(query.key, index) == fingerprint(query.key, live.index(at))
        for one in public:
            amending = [a for a in public if a.amends == one.slug]
            status = live.status(one, at)
            assert status.withdrawn == any(a.kind is Kind.WITHDRAWAL for a in amending)
            assert status.window == (one.window.state(at) if one.window else None)
            assert set(live.as_of(at).amendments.get(one.slug, ())) == set(amending)
            assert recorded.by_slug[one.slug] == stored.by_slug[one.slug] == one


@settings(max_examples=25, deadline=None)
@given(histories(), selections, hours)
def test_pages_hold_every_public_notice_of_a_selection_once(notices, selection, hour) -> None:
    live, at = catalogue(*notices), FIRST + timedelta(hours=hour)
    criteria = (selection.kind, selection.county, selection.edition, selection.year)
    expected = [
        n
        for n in sorted(notices, key=lambda n: (n.published, n.slug), reverse=True)
        if n.published <= at
        and all(
            wanted is None or wanted == value
            for wanted, value in zip(
                criteria, (n.kind, n.county, n.edition, n.published.year), strict=True
            )
        )
    ]
    assert list(live.select(at, selection)) == expected
    count = live.count_pages(at, selection)
    found = [n for number in range(count, 0, -1) for n in live.page(at, selection, number).notices]
    assert found == expected


@settings(max_examples=25, deadline=None)
@given(histories(), hours)
def test_an_answer_stays_until_its_index_says_that_it_changes(notices, hour) -> None:
    live, at = catalogue(*notices), FIRST + timedelta(hours=hour)
    index = Index(map(head_of, notices), at)
    change = index.next_change()
    assert change is None or change > at
    later = at + timedelta(days=400) if change is None else change - timedelta(microseconds=1)
    assert live.index(at) is live.index(later)
