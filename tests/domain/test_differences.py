"""What differs between two texts of a notice: nothing is left out, and words say what changed."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.differences import (
    entry_pairs,
    entry_words,
    moved,
    paragraph_pairs,
    paragraph_words,
    stretches,
)
from portal.domain.notice import Entry
from tests.thirdaward import EXPERT, ORGANIZATION

TEXTS = st.lists(st.text("甲乙丙丁公示名单。", max_size=12), max_size=8)
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["甲公司", "乙公司", "甲公司（集团）", "张三", "李四"]),
        st.sampled_from([ORGANIZATION, EXPERT]),
        county=st.sampled_from(["", "平定县", "盂县"]),
        credit_code=st.sampled_from(["", "91140300MA0H00001X"]),
    ),
    max_size=6,
)


def text(parts):
    return "".join(part.text for part in parts)


@given(TEXTS, TEXTS)
def test_both_texts_stand_whole_in_a_comparison(before, after):
    pairs = paragraph_pairs(before, after)
    assert [text(p.before) for p in pairs if p.old] == before
    assert [text(p.after) for p in pairs if p.new] == after
    assert [p.old for p in pairs if p.old] == list(range(1, len(before) + 1))
    assert [p.new for p in pairs if p.new] == list(range(1, len(after) + 1))


@given(TEXTS, TEXTS)
def test_words_are_there_exactly_when_something_differs(before, after):
    assert bool(paragraph_words(paragraph_pairs(before, after), "第1版", "第2版")) == any(
        one != other for one, other in zip(before, after, strict=False)
    ) or len(before) != len(after)


@given(st.text("甲乙丙", max_size=9), st.text("甲乙丙", max_size=9))
def test_what_is_not_marked_is_the_same_in_both(before, after):
    left, right = stretches(before, after)
    assert (text(left), text(right)) == (before, after)
    same = [text(part for part in parts if not part.changed) for parts in (left, right)]
    assert same[0] == same[1]


def test_a_paragraph_before_a_rewritten_one_does_not_make_it_new():
    before = ["现将名单公示如下。", "公示期为2021年12月6日至12月10日。"]
    after = ["现将名单公示如下。", "本次另加一段说明。", "公示期为2021年12月6日至12月14日。"]
    words = paragraph_words(paragraph_pairs(before, after), "第1版", "第2版")
    assert words == (
        "正文新增1段（第2版的第2段）",
        "正文改写1段（第2版的第3段）",
    )


@given(ENTRIES, ENTRIES)
def test_every_entry_of_both_lists_is_paired_once(before, after):
    pairs = entry_pairs(before, after)
    assert [p.after for p in pairs if p.after] == after
    assert sorted(p.old for p in pairs if p.before) == list(range(len(before)))
    assert all(before[p.old] is p.before for p in pairs if p.before)


@given(ENTRIES)
def test_a_list_does_not_differ_from_itself(entries):
    pairs = entry_pairs(entries, entries)
    assert entry_words(pairs) == ()
    assert not moved(pairs)


def test_entries_are_told_in_words():
    organization = ORGANIZATION
    before = [
        Entry("甲公司", organization, county="平定县"),
        Entry("乙公司", organization, credit_code="91140300MA0H00001X"),
        Entry("丙公司", organization),
    ]
    after = [
        Entry("乙集团", organization, credit_code="91140300MA0H00001X"),
        Entry("甲公司", organization, county="盂县"),
        Entry("丁学校", organization),
    ]
    pairs = entry_pairs(before, after)
    assert entry_words(pairs) == (
        "名单新增1项：丁学校",
        "名单删去1项：丙公司",
        "名单中“乙公司”的名称改为“乙集团”",
        "名单中“甲公司”的县（区）由“平定县”改为“盂县”",
    )
    assert moved(pairs)
