"""Who stood before: of closed lists, of the place, and not whom a second publicity left out."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.awards import Category, Sort
from portal.domain.earlier_lists import EarlierList, EarlierLists
from portal.domain.notice import Entry
from portal.domain.workdays import SHANGHAI

DAY = timedelta(days=1)
BEGUN = datetime(2021, 12, 6, 9, tzinfo=SHANGHAI)
FIRM = Category("组织", Sort.ORGANIZATION)
firms = st.sets(st.sampled_from("甲乙丙丁戊"), min_size=1)


def listed(county, names, days):
    entries = tuple(
        Entry(name=f"{county}{name}厂", category=FIRM, line=n)
        for n, name in enumerate(sorted(names), 2)
    )
    published = BEGUN + days * DAY
    return EarlierList(f"{county}{days}", entries, published, published + 5 * DAY, county=county)


lists = st.lists(
    st.builds(listed, st.sampled_from(["东区", "西区", ""]), firms, st.integers(0, 30)), max_size=5
)


@given(lists, st.integers(0, 40), st.sampled_from(["东区", "西区", ""]))
def test_who_stood_before_is_whom_the_newest_closed_list_of_the_place_names(some, days, county):
    at = BEGUN + days * DAY
    found = EarlierLists(some).stood(at, county)
    for entry, lst in found.items():
        assert lst.closed(at)
        assert lst.lists(entry)
        assert entry.county in ("", county) or not county
    closed = [lst for lst in some if lst.closed(at) and (not county or lst.county in ("", county))]
    for lst in closed:
        later = [o for o in closed if o.county == lst.county and o.published > lst.published]
        for entry in lst.entries:
            followed = [o for o in later if o.shares(lst)]
            left_out = any(not o.lists(entry) for o in followed)
            named = any(other.lists(entry) for other in found.values() if other is lst)
            assert named or left_out or lst.placed(entry) in found
            if not followed:
                assert lst.placed(entry) in found
