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
        ("ＩＳＯ9001", "通过ISO9001认证"),
        ("田华", "田 华"),
        ("田华", "田　华"),
        ("田 华", "田华"),
        ("〔2025〕12号", "阳质〔2025〕 12 号"),
        ("iso 9001", "ISO  9001"),
        ("第３届", "第3届"),
        ("马车", "⻢⻋"),
        ("葛城", "葛\U000e0100城"),
        ("买买提·艾力", "买买提・艾力"),
        ("赵\u2060一一", "赵一一"),
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
    assert parse("平定「推荐 名单」公示").terms == ("平定", "推荐名单", "公示")


@pytest.mark.parametrize("text", ["", "   ", '""', "\u200b", "x" * 101])
def test_unusable_queries_are_refused_in_words(text):
    with pytest.raises(RequestError, match="请"):
        parse(text)


@given(st.text(max_size=120))
def test_any_text_is_a_query_or_is_refused(text):
    try:
        query = parse(text)
    except RequestError:
        return
    assert query.terms
    assert all(term and SEPARATOR not in term for term in query.terms)


@given(TEXT)
def test_each_folded_character_is_traced_to_where_it_stood(text):
    folded = fold(text)
    traced, places = fold_with_places(text)
    assert traced == folded
    assert len(places) == len(traced)
    assert places == sorted(places)


@given(TEXT, TEXT)
def test_bigrams_stay_within_segments_and_cover_every_part(one, other):
    parts = [fold(one), fold(other)]
    pairs = bigrams("".join(part + SEPARATOR for part in parts))
    expected = {part[i : i + 2] for part in parts for i in range(len(part) - 1)}
    assert pairs == expected
