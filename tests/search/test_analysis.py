"""How text and queries are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import RequestError
from portal.search.analysis import SEPARATOR, bigrams, fold, fold_with_places, parse

TEXT = st.text(
    st.sampled_from("田华公示盂县ＩＳＯiso9001 　\t〔2025〕㎡ﬁİ\u200b䶮𠮷·（）abc"), max_size=30
) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("written", "found_in"),
    [
        ("ＩＳＯ9001", "通过 ISO 9001 认证".replace(" 9001", "9001")),
        ("田华", "田 华"),
        ("田华", "田　华"),
        ("〔2025〕12号", "阳质〔2025〕 12 号"),
        ("iso 9001", "ISO  9001"),
    ],
)
def test_variants_match(written, found_in):
    assert parse(f'"{written}"').matches(fold(found_in))


def test_words_must_all_occur_and_quotes_keep_order():
    text = fold("平定县推荐名单公示")
    assert parse("公示 平定").matches(text)
    assert not parse('"公示平定"').matches(text)
    assert not parse("公示 盂县").matches(text)
    assert parse("“推荐名单” 平定").terms == ("推荐名单", "平定")


@pytest.mark.parametrize("text", ["", "   ", '""', "\u200b", "x" * 101])
def test_unusable_queries_are_refused_in_words(text):
    with pytest.raises(RequestError, match="请"):
        parse(text)


@given(TEXT)
def test_folding_is_stable_and_traceable(text):
    folded = fold(text)
    assert fold(folded) == folded or any(ord(c) > 0xFF for c in text)
    traced, places = fold_with_places(text)
    assert traced == folded
    assert len(places) == len(traced)
    assert places == sorted(places)


@given(TEXT, st.data())
def test_any_part_of_a_text_is_covered_by_its_bigrams(text, data):
    folded = fold(text)
    if not folded:
        return
    start = data.draw(st.integers(0, len(folded) - 1))
    end = data.draw(st.integers(start + 1, len(folded)))
    part = folded[start:end]
    pairs = bigrams(folded + SEPARATOR)
    assert all(part[i : i + 2] in pairs for i in range(len(part) - 1))
    assert any(pair.startswith(part[0]) for pair in pairs)
