"""The escrow key in shares: enough of them open, fewer do not, and mistakes are told."""

from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

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
    assert join_escrow(made.texts)[0] == "pd-list", "all of them do as well"
    with pytest.raises(RequestError, match=f"还缺{needed - 1}份；b 与 a 是同一份"):
        join_escrow([made.texts[0]] * needed, ["a", "b", "c", "d"][:needed])


def test_shares_are_copied_by_hand():
    first, second = split_escrow("pd-list", 2, 2, NOW).texts
    head, words = first.rsplit("#", 1)[0], first.splitlines()[-1]
    by_hand = first.replace(words, "\n".join(words.upper().split()))
    assert join_escrow([second, by_hand])[0] == "pd-list"
    assert head


def miscopied(share, *changes):
    """A share with some of its words written otherwise, by place."""
    words = share.splitlines()[-1]
    written = words.split()
    for at, word in changes:
        written[at - 1] = word
    return share.replace(words, " ".join(written))


@given(at=st.integers(1, 33), data=st.data())
@settings(max_examples=8, deadline=None)
def test_which_share_was_miscopied_is_told_and_where(at, data):
    first, second = split_escrow("pd-list", 2, 2, NOW).texts
    word = second.split()[at - 34]
    other = data.draw(st.sampled_from([known for known in WORDLIST[:9] if known != word]))
    for wrong, told in (
        (other, f"b.txt：有抄错的词，多半是第{at}个"),
        (f"{word[:4]}qq", f"b.txt：第{at}个词 {word[:4]}qq 不在词表里，是不是 {word}"),
        ("", "b.txt：有32个词，应有33个"),
    ):
        with pytest.raises(RequestError, match=told) as refused:
            join_escrow([first, miscopied(second, (at, wrong))], ["a.txt", "b.txt"])
        assert "a.txt" not in str(refused.value)


def test_a_share_without_its_head_is_named():
    first, second = split_escrow("pd-list", 2, 2, NOW).texts
    with pytest.raises(RequestError, match="第2份 的开头没有写明公告"):
        join_escrow([first, second.splitlines()[-1]])


def test_a_share_of_another_set_is_named():
    one, other = (split_escrow("pd-list", 2, 3, NOW).texts for _ in range(2))
    with pytest.raises(RequestError, match="公钥与其余的不同的是第3份"):
        join_escrow([one[0], one[1], other[2]])
    words = other[2].splitlines()[-1]
    head = one[2].replace(one[2].splitlines()[-1], words)
    with pytest.raises(RequestError, match="第3份 不是与其余的同一次分出来的"):
        join_escrow([one[0], one[1], head])


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
