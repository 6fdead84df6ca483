"""The postings hold what the texts hold, whatever the order of edits."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.analysis import SEPARATOR, fold
from portal.search.shards import (
    GRAM,
    changed,
    changes,
    decode,
    encode,
    grams,
    invert,
    shard_of,
    split,
)
from tests.search.reading import possible

TEXTS = st.lists(
    st.text(st.sampled_from("公示盂县平定质量奖田华iso9001 〔〕𠮷䶮"), min_size=1, max_size=20).map(
        lambda text: fold(text) + SEPARATOR
    ),
    max_size=8,
)
SHARDS = 16


def build(texts):
    return [encode(part) for part in split(invert(texts), SHARDS)]


def lists(texts):
    """Postings as a reader of the shards gets them."""
    return {gram: held for shard in build(texts) for gram, held in decode(shard).items()}


@given(TEXTS)
def test_every_gram_leads_to_its_documents_and_to_no_others(texts):
    shards = [decode(shard) for shard in build(texts)]
    held = {gram: set(numbers) for shard in shards for gram, numbers in shard.items()}
    for gram, numbers in held.items():
        assert numbers == {i for i, text in enumerate(texts) if gram in text}
        assert gram in shards[shard_of(gram, SHARDS)]
    segments = [segment for text in texts for segment in text.split(SEPARATOR)]
    assert held.keys() == {
        segment[i : i + size]
        for segment in segments
        for size in range(1, GRAM + 1)
        for i in range(len(segment) - size + 1)
    }


@given(TEXTS, st.data())
def test_no_text_with_a_term_is_left_out(texts, data):
    postings = lists(texts)
    for text in texts:
        start = data.draw(st.integers(0, max(0, len(text) - 2)))
        term = text[start : start + data.draw(st.integers(1, 12))].strip(SEPARATOR)
        if term:
            with_it = {i for i, other in enumerate(texts) if term in other}
            assert with_it <= possible(postings, term)
            if len(term) <= GRAM:
                assert with_it == possible(postings, term)


@given(st.text("质量", min_size=4, max_size=12), st.integers(0, 3), st.integers(0, 400))
def test_a_term_is_found_wherever_it_stands_and_however_often(term, times, before):
    """Places beyond one byte, and grams that stand more often than places are kept."""
    text = "管" * before + f"，{term}" * times + SEPARATOR + f"公{term}示" + SEPARATOR
    assert possible(lists([text, SEPARATOR]), term) == {0}


def test_grams_that_stand_apart_are_told_from_grams_that_touch():
    texts = [
        fold(text) + SEPARATOR
        for text in ("质量管理办法", "管理办法的质量，量管理，质量管", "量管理办，质量管，理办法")
    ]
    assert possible(lists(texts), "质量管理办法") == {0}


def test_the_same_place_in_another_segment_is_another_place():
    """As in two rows of a list whose names begin alike; hardly ever is it not so."""
    chance, wrong = random.Random(1), 0
    for _ in range(100):
        first, second = ("".join(chance.choices("阳泉平定县盂矿区", k=4)) for _ in range(2))
        text = f"{first}建设{SEPARATOR}{second}能源{SEPARATOR}"
        term = f"{first[-3:]}能源"
        wrong += term not in text and bool(possible(lists([text]), term))
    assert wrong <= 5


def test_an_edit_of_one_segment_leaves_the_grams_of_others_alone():
    before = f"二〇二五年推荐名单的公示{SEPARATOR}平定县推荐{SEPARATOR}"
    after = before.replace("公示", "公示通知", 1)
    old, new = grams(before), grams(after)
    assert {gram for gram in old if old[gram] != new.get(gram)} == set()
    assert new.keys() - old.keys() == {"示通", "知", "通", "通知", "公示通", "示通知"}


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_edits_touch_few_shards_and_equal_a_rebuild(texts, data):
    count = data.draw(st.integers(0, 3))
    after = list(texts)
    for _ in range(count):
        text = fold(data.draw(st.text(st.sampled_from("公示奖x"), max_size=9))) + SEPARATOR
        number = data.draw(st.integers(0, len(after)))
        after[number : number + 1] = [text]
    edits = [
        (number, old, new)
        for number, (old, new) in enumerate(itertools.zip_longest(texts, after))
        if old != new
    ]
    shards = build(texts)
    for home, some in changes(edits, SHARDS).items():
        content = changed(shards[home], some)
        assert content != shards[home]
        shards[home] = content
    assert shards == build(after)


def test_long_gaps_between_documents_survive():
    texts = [SEPARATOR] * 2_000
    for number in (3, 200, 201, 1_999):
        texts[number] = "盂县" + SEPARATOR
    shards = [decode(shard) for shard in build(texts)]
    assert list(shards[shard_of("盂县", SHARDS)]["盂县"]) == [3, 200, 201, 1_999]
