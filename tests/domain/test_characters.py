"""Characters: what is folded, doubted and refused, whatever the text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.characters import Verdict, clean

HOSTILE = "\x00\x01\x0b\x1f\x7f\x85\x9b\xad\u115f\u200b\u200f\u202e\u2028\u2060\u2066\u3164\ufe0f"
HOSTILE += "\ufeff\U000e0100\U000e0041\ue863\U000f0001\ud800\ufffd\ufffc\uffff\u0378⻢⼀㇐隆・•?□〓"
texts = st.lists(
    st.one_of(
        st.sampled_from([*HOSTILE, "_x000D_", "_x00", "0D_", "锟斤拷", "\r\n", "\xa0", "张", "·"]),
        st.characters(),
    ),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        ("赵\u200b一一", "赵一一"),
        ("\u202a钱二二\u202c", "钱二二"),
        ("班\xad长\ufeff", "班长"),
        ("乙\x01公司", "乙公司"),
        ("⻢⻋⼈", "马车人"),
        ("隆公司", "隆公司"),
        ("葛\U000e0100城", "葛城"),
        ("甲_x000D_\n乙", "甲\n乙"),
        ("甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁"),
        ("买买提・艾力‧买买提", "买买提·艾力·买买提"),
    ],
)
def test_what_nobody_sees_is_folded(given_, text):
    cleaned = clean(given_)
    assert cleaned.text == text
    assert not cleaned.refused


@pytest.mark.parametrize(
    "text", ["张\ue863三", "张\ufffd三", "锟斤拷", "张\U000f0000", "张\uffff", "张\ud800"]
)
def test_what_nobody_can_read_is_refused_and_kept(text):
    cleaned = clean(text)
    assert cleaned.text == text
    assert cleaned.refused[0].message


def test_a_formerly_private_character_is_refused_with_what_may_be_meant():
    (remark,) = clean("甲\ue81e").refused
    assert remark.instead == "\u9fb4"
    assert "龴" in remark.message


@pytest.mark.parametrize("text", ["张?三", "张□", "？三", "〓华"])
def test_a_lost_character_of_a_name_is_refused(text):
    assert clean(text, name=True).refused


def test_a_lost_character_in_running_text_is_doubted():
    assert [r.offset for r in clean("由张?三负责，可以吗？请答复。").doubts] == [2]
    assert not clean("□ 同意　□ 不同意\nhttps://example.cn/?q=1").remarks


@pytest.mark.parametrize("dot", "・•‧∙.．●")
def test_a_name_has_one_kind_of_dot(dot):
    assert clean(f"买买提{dot}艾力", name=True).text == "买买提·艾力"


@pytest.mark.parametrize(
    "text",
    [
        "现将名单予以公示（2021年12月6日）。",
        "ISO 9001：2015；3.5％，A—B…“甲”",
        "堃喆犇垚䶮㛃𬭚\U0002ebf0\U00031350",
        "\t缩进\n换行\u3000空格",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert clean(text) == clean(text.replace("\n", "\r\n"))
    assert clean(text).text == text
    assert not clean(text).remarks


@given(texts, st.booleans())
def test_every_text_comes_out_clean_or_refused(text, name):
    cleaned = clean(text, name=name)
    again = clean(cleaned.text, name=name)
    assert again.text == cleaned.text
    assert not again.changes
    assert [r.found for r in again.refused] == [r.found for r in cleaned.refused]
    if not cleaned.refused:
        # Later versions of Unicode add Chinese characters to these planes.
        known = [
            c for c in cleaned.text if c not in "\n\t" and not "\U00020000" <= c < "\U0003fffe"
        ]
        unseen = {"Cc", "Cf", "Cn", "Co", "Cs"}
        assert not unseen & {unicodedata.category(c) for c in known}


@given(texts)
def test_a_remark_names_its_place(text):
    text = text.replace("\r", "")
    for remark in clean(text).remarks:
        if remark.verdict is not Verdict.FOLDED:
            assert text.startswith(remark.found[0], remark.offset)


LATIN = st.text("ABCEHKMOPTXaceopxy", min_size=1, max_size=6)
LOOKALIKES = dict(zip("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху", strict=True))


@given(LATIN, LATIN, st.sampled_from("abcdDFGZ"))
def test_a_latin_word_with_letters_that_look_alike_is_latin(before, after, sure):
    foreign = "".join(map(LOOKALIKES.get, after))
    cleaned = clean(f"甲{before}{sure}{foreign}公司")
    assert cleaned.text == f"甲{before}{sure}{after}公司"
    (remark,) = cleaned.changes
    assert (remark.offset, remark.instead) == (1, f"{before}{sure}{after}")


@pytest.mark.parametrize(
    "text", ["Москва", "АВ", "α粒子", "TGFβ1", "50kΩ", "ΔT", "10μm", "Λ", "β-胡萝卜素", "x\u0304"]
)
def test_whole_words_and_signs_of_other_alphabets_stay(text):
    assert clean(text, name=True) == clean(text)
    assert clean(text).text == text
    assert not clean(text).remarks


def test_a_word_of_two_alphabets_that_is_none_is_doubted():
    (remark,) = clean("甲Wжx公司").remarks
    assert remark.verdict is Verdict.DOUBTED


@given(st.sampled_from("aeiounAEIOU"), st.sampled_from("\u0300\u0301\u0303\u0308"))
def test_a_letter_and_its_accent_are_one_character(letter, accent):
    whole = unicodedata.normalize("NFC", letter + accent)
    assert clean(f"甲{letter}{accent}").text == f"甲{whole}"


@given(st.sampled_from("甲己\U00020087"), st.text("\u0301\u0308\u20dd", min_size=1, max_size=3))
def test_an_accent_on_a_chinese_character_is_doubted_and_refused_in_a_name(character, accents):
    text = f"{character}{accents}有限公司"
    assert [r.found for r in clean(text).doubts] == [accents]
    assert [r.found for r in clean(text, name=True).refused] == [accents]


@pytest.mark.parametrize(("sign", "words"), [("㈱", "（株）"), ("㍿", "株式会社"), ("㌔", "キロ")])
def test_words_in_one_sign_are_refused_in_a_name_with_the_words(sign, words):
    (remark,) = clean(f"{sign}丙", name=True).refused
    assert remark.instead == words
    assert not clean(f"{sign}丙").remarks
