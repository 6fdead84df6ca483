"""The escrow key in shares: enough of them open, fewer do not, and mistakes are told."""

from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.casework.escrow_shares import join_escrow, split_escrow
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.sealed.suites import recipient_of

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI)


@settings(max_examples=6, deadline=None)
@given(needed=st.integers(2, 4), more=st.integers(0, 2))
def test_any_so_many_shares_join_and_fewer_do_not(needed, more):
    made = split_escrow("pd-list", needed, needed + more, NOW)
    for some in combinations(made.texts, needed):
        notice, identity = join_escrow(some)
        assert (notice, recipient_of(identity)) == ("pd-list", made.public)
    with pytest.raises(RequestError, match="份数不够"):
        join_escrow(made.texts[: needed - 1])
    with pytest.raises(RequestError):
        join_escrow([made.texts[0]] * needed)


def test_shares_are_copied_by_hand():
    first, second = split_escrow("pd-list", 2, 2, NOW).texts
    head, words = first.rsplit("#", 1)[0], first.splitlines()[-1]
    by_hand = first.replace(words, "\n".join(words.upper().split()))
    assert join_escrow([second, by_hand])[0] == "pd-list"
    assert head
    wrong = first.replace(words.split()[7], "academic" if "academic" not in words else "acid", 1)
    with pytest.raises(RequestError, match="抄错"):
        join_escrow([second, wrong])


def test_shares_of_two_keys_are_not_mixed():
    one, other = (split_escrow(name, 2, 2, NOW).texts for name in ("pd-list", "yx-list"))
    with pytest.raises(RequestError, match="不属于同一次"):
        join_escrow([one[0], other[1]])
    same = split_escrow("pd-list", 2, 2, NOW).texts
    renamed = same[1].replace(same[1].splitlines()[3], one[0].splitlines()[3])
    with pytest.raises(RequestError):
        join_escrow([one[0], renamed])


@pytest.mark.parametrize(("needed", "keepers"), [(1, 3), (0, 0), (3, 2), (2, 17)])
def test_odd_numbers_are_refused(needed, keepers):
    with pytest.raises(RequestError, match="份数不对"):
        split_escrow("pd-list", needed, keepers, NOW)
