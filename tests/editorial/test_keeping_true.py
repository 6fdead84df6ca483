"""Keeping true: what was set in follows its facts; what a person wrote is never touched."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.content.beginning_texts import BeginningText, read_beginning
from portal.editorial.beginnings import begin
from portal.editorial.drafts import NewerDraftError
from portal.editorial.facts import set_in, set_in_body
from portal.editorial.keeping_true import keep_true, save, save_list
from tests.editorial.conftest import TEXTS, at
from tests.thirdaward import COUNTY_PUBLICITY

KINDS = ("call", "county-publicity", "city-publicity", "decision", "correction", "withdrawal")
WORDS = {kind: read_beginning([TEXTS.parent], kind) for kind in KINDS}
# Counts and names as they come; a fact may hold the very signs that end a clause.
VALUES = st.sampled_from(
    ["1", "2", "11", "甲办公室", "甲，乙；丙", "a_b@c.cn", "2021年12月6日", "*"]
)
NAMES = """
奖项名称 县区 发布单位 公示期 公示期长度 名单构成 联系电话 电子邮箱 地址 名额使用 原公告 原发布日期
"""
FACTS = st.fixed_dictionaries(dict.fromkeys(NAMES.split(), VALUES))
PARAGRAPHS = st.lists(st.text("我们自己写的话，。；12个", min_size=1, max_size=12), max_size=3)


@given(st.sampled_from(KINDS), st.lists(FACTS, min_size=2, max_size=4))
def test_a_text_nobody_touched_reads_as_if_it_were_begun_today(kind, facts):
    words = WORDS[kind]
    title, body = set_in(words.title, facts[0]), set_in_body(words.body, facts[0])
    for before, after in pairwise(facts):
        title, body, told = keep_true(words, before, after, title, body)
        assert told == ()
    assert (title, body) == (set_in(words.title, facts[-1]), set_in_body(words.body, facts[-1]))


@given(st.sampled_from(KINDS), FACTS, FACTS, PARAGRAPHS, st.data())
def test_nothing_that_a_person_wrote_is_touched(kind, before, after, own, data):
    words = WORDS[kind]
    begun = set_in_body(words.body, before).split("\n\n")
    wanted = set_in_body(words.body, after).split("\n\n")
    for paragraph in own:
        place = data.draw(st.integers(0, len(begun)))
        begun.insert(place, f"【{paragraph}】")
        wanted.insert(place, f"【{paragraph}】")
    kept = keep_true(words, before, after, "题", "\n\n".join(begun))
    assert kept.body == "\n\n".join(wanted)
    assert kept.title == "题"


@given(st.sampled_from(KINDS), FACTS, FACTS)
def test_what_does_not_change_is_not_written(kind, before, after):
    kept = keep_true(WORDS[kind], before, before, "题", "正文，2021年12月6日。\n")
    assert kept == ("题", "正文，2021年12月6日。\n", ())
    again = keep_true(WORDS[kind], before, after, "题", "别的。\n")
    assert again.body == "别的。\n"


def test_a_clause_that_was_changed_by_one_character_is_left_and_told():
    words = BeginningText("", "公示时间：{公示期}，共{公示期长度}。\n")
    before, after = (
        {"公示期": "6日至10日", "公示期长度": "5天"},
        {"公示期": "7日至13日", "公示期长度": "5天"},
    )
    kept = keep_true(words, before, after, "", "公示时间为：6日至10日，共5天。\n")
    assert kept.body == "公示时间为：6日至10日，共5天。\n"
    assert kept.told == (
        "正文的“公示时间：6日至10日”已改写，没有随之更改；按现在的应为“公示时间：7日至13日”",
    )


def test_the_same_words_typed_once_more_are_nobodys_to_change():
    words = BeginningText("", "共{总数}个。\n")
    kept = keep_true(words, {"总数": "5"}, {"总数": "6"}, "", "共5个。\n\n共5个。\n")
    assert kept.body == "共5个。\n\n共5个。\n"
    assert len(kept.told) == 1


def test_a_text_of_ones_own_is_told_of_once():
    words = WORDS["city-publicity"]
    before, after = {"公示期": "甲", "公示期长度": "5天"}, {"公示期": "乙", "公示期长度": "6天"}
    kept = keep_true(words, before, after, "题", "全是自己写的。\n")
    assert kept.told == ("正文已改写，没有随公示期、名单的变化更改，请核对",)


def test_a_paragraph_that_comes_or_goes_is_told():
    words = BeginningText("", "甲。\n\n联系电话：{联系电话}\n")
    kept = keep_true(words, {"联系电话": ""}, {"联系电话": "2880836"}, "", "甲。\n")
    assert kept == ("", "甲。\n", ("正文现在可以写上：“联系电话：2880836”",))


@pytest.fixture
def place(office):
    return office()


@pytest.fixture
def draft(place):
    return begin(
        place.drafts,
        place.around,
        COUNTY_PUBLICITY,
        "third",
        at("2021-12-03"),
        issuer="pingding-office",
        county="pingding",
    )


def test_the_window_and_the_text_stay_one(place, draft):
    window = {"opens": date(2021, 12, 13), "working-days": 6}
    saved = save(place.drafts, place.around, draft, {**draft.values, "window": window}, draft.body)
    assert saved.told == ()
    assert "公示时间：2021年12月13日至12月20日，共6个工作日。" in saved.draft.body
    assert saved.draft.values["window"] == window


def test_the_title_follows_its_county(place, draft):
    values = {**draft.values, "county": "yuxian", "issuer": "yuxian-office"}
    saved = save(place.drafts, place.around, draft, values, draft.body)
    assert saved.draft.title == "盂县第三届测试市质量奖推荐名单公示"
    assert "平定县" not in saved.draft.text


def test_a_list_that_is_taken_away_leaves_the_place_open(place, draft):
    listed = "类别,名称,工作单位\n组织,甲公司,\n".encode()
    filled = save_list(place.drafts, place.around, draft, listed).draft
    assert "拟推荐的1个组织予以公示" in filled.body
    assert save_list(place.drafts, place.around, filled, None).draft.body == draft.body


def test_a_save_against_a_newer_one_changes_nothing(place, draft):
    save(place.drafts, place.around, draft, draft.values, "别人的\n")
    with pytest.raises(NewerDraftError):
        save_list(place.drafts, place.around, draft, b"\xef\xbb\xbf")
    assert place.drafts.read(draft.slug).list_bytes is None
