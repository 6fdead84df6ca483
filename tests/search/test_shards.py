"""The postings hold what the texts hold, whatever the order of edits."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.analysis import SEPARATOR, fold
from portal.search.shards import changed, decode, encode, invert, shard_of, split
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


@given(TEXTS)
def test_every_character_and_pair_leads_to_its_documents_and_to_no_others(texts):
    shards = [decode(shard) for shard in build(texts)]
    held = {gram: set(numbers) for shard in shards for gram, (numbers, _) in shard.items()}
    for gram, numbers in held.items():
        assert numbers == {i for i, text in enumerate(texts) if gram in text}
        assert gram in shards[shard_of(gram, SHARDS)]
    pairs = {a + b for text in texts for a, b in itertools.pairwise(text) if b != SEPARATOR}
    assert held.keys() == pairs | {c for text in texts for c in text if c != SEPARATOR}


@given(TEXTS, st.data())
def test_no_text_with_a_term_is_left_out(texts, data):
    postings = invert(texts)
    for text in texts:
        start = data.draw(st.integers(0, max(0, len(text) - 2)))
        term = text[start : start + data.draw(st.integers(1, 12))].strip(SEPARATOR)
        if term:
            with_it = {i for i, other in enumerate(texts) if term in other}
            assert with_it <= possible(postings, term)
            if len(term) <= 2:
                assert with_it == possible(postings, term)


def test_pairs_that_stand_apart_are_told_from_pairs_that_touch():
    texts = [
        fold(text) + SEPARATOR for text in ("质量管理", "管理的质量，量管", "质量，量管，管理")
    ]
    assert possible(invert(texts), "质量管理") == {0}


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
    rewritten = changed(shards, edits)
    for home, content in rewritten.items():
        assert content != shards[home]
        shards[home] = content
    assert shards == build(after)


def test_long_gaps_between_documents_survive():
    texts = [SEPARATOR] * 2_000
    for number in (3, 200, 201, 1_999):
        texts[number] = "盂县" + SEPARATOR
    shards = [decode(shard) for shard in build(texts)]
    assert list(shards[shard_of("盂县", SHARDS)]["盂县"][0]) == [3, 200, 201, 1_999]
