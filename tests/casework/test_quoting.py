from hypothesis import given
from hypothesis import strategies as st

from portal.casework.quoting import LONGEST_COMMON, names_the_objector, quoted_passages

OBJECTION = "该单位在二〇二四年七月发生过一起较大的质量事故，并且受到行政处罚。"
words = st.text(alphabet="甲乙丙丁戊己庚辛", max_size=30)


@given(before=words, after=words, start=st.integers(0, 15), length=st.integers(10, 16))
def test_a_long_enough_passage_is_found_wherever_it_stands(before, after, start, length):
    passage = OBJECTION.replace("，", "").replace("。", "")[start : start + length]
    found = quoted_passages(before + passage + after, OBJECTION)
    assert any(passage in part for part in found)


@given(words)
def test_own_words_are_no_quotation(reply):
    assert quoted_passages(reply, OBJECTION) == ()


def test_punctuation_and_width_do_not_hide_a_quotation():
    reply = "您说“发生过,一起、较大的 质量事故”。"
    assert quoted_passages(reply, OBJECTION)
    assert quoted_passages("ＡＢＣＤＥＦＧＨＩＪＫ", "abcdefghijk")


def test_what_is_public_may_stand_but_not_bridge_two_halves():
    public = "阳泉某某制造股份有限公司"
    assert quoted_passages(f"{public}符合条件", f"我认为{public}不符合条件", [public]) == ()
    assert len(public) > LONGEST_COMMON


def test_the_objectors_own_details_are_found():
    assert names_the_objector("刘小明您好", ["刘小明", "13812345678", ""]) == ("刘小明",)
    assert names_the_objector("来电138-1234-5678收悉", ["13812345678"]) == ("13812345678",)
