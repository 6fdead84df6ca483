"""The static index holds what the texts hold, whatever the order of edits."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.analysis import SEPARATOR, fold
from portal.search.shards import changed, decode, encode, invert, shard_of, split

TEXTS = st.lists(
    st.text(st.sampled_from("公示盂县平定质量奖田华iso9001 〔〕𠮷䶮"), min_size=1, max_size=20).map(
        lambda text: fold(text) + SEPARATOR
    ),
    max_size=8,
)


@given(TEXTS)
def test_every_pair_of_characters_leads_to_its_documents(texts):
    shards = [decode(encode(part)) for part in split(invert(texts), 16)]
    for number, text in enumerate(texts):
        for first, second in itertools.pairwise(text):
            if first != SEPARATOR:
                assert number in shards[shard_of(first, 16)][first + second]
    assert sum(map(len, shards)) == len(invert(texts))


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_an_update_touches_few_shards_and_equals_a_rebuild(texts, data):
    def build(texts):
        return [encode(part) for part in split(invert(texts), 16)]

    number = data.draw(st.integers(0, len(texts)))
    after = fold(data.draw(st.text(st.sampled_from("公示奖x"), max_size=9))) + SEPARATOR
    before = texts[number] if number < len(texts) else None
    shards = build(texts)
    rewritten = changed(shards, number, before, after)
    for home, content in rewritten.items():
        assert content != shards[home]
        shards[home] = content
    assert shards == build([*texts[:number], after, *texts[number + 1 :]])
