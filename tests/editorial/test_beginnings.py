"""Beginnings: what can be begun, why not, and that what was begun stands up to the lint."""

from datetime import date

import pytest

from portal.domain.notice import Kind
from portal.domain.round_news import Reached, StepReached
from portal.editorial.beginnings import begin, office_of, possibilities, suggested_slug
from portal.editorial.keeping_true import save_list
from portal.errors import RequestError, Severity
from tests.editorial.conftest import at
from tests.sites import PINGDING, YUXIAN
from tests.thirdaward import CITY_PUBLICITY, COUNTY_PUBLICITY

ALL = ("city-office", "pingding-office", "yuxian-office")
LIST = "类别,名称,县区,工作单位\n组织,甲制造有限公司,{0},\n专家学者,赵六,{0},某研究所\n"
CITY = "奖项,类别,名称,县区,工作单位\n质量奖,组织,平定县甲制造有限公司,平定县,\n"


def offered(office, when, offices=ALL):
    catalogue = office.tree.catalogue()
    found = possibilities(catalogue, catalogue.editions["third"], offices, when)
    return {one.label: one for one in found}


def test_a_city_list_waits_for_the_last_county_and_says_how_long(office):
    later = YUXIAN.replace("2021-12-06", "2021-12-08")
    found = offered(office(PINGDING + later), at("2021-12-13"))["市级公示"]
    assert not found.possible
    assert found.reason == "盂县公示期还有2个工作日"
    assert offered(office(), at("2021-12-15"))["市级公示"].possible


def test_a_window_that_has_not_opened_is_named_with_its_day(office):
    tree = office(PINGDING.replace("opens: 2021-12-06", "opens: 2021-12-08"))
    assert offered(tree, at("2021-12-07"))["市级公示"].reason == "平定县公示期2021年12月8日开始"


def test_a_withdrawn_list_hinders_nobody_and_carries_nobody(office):
    withdrawal = """
-- notices/back/notice.md --
---
title: 关于撤回的公告
kind: withdrawal
edition: third
issuer: pingding-office
published: 2021-12-07T08:30:00+08:00
amends: pingding-list
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
撤回。
"""
    found = offered(office(PINGDING + withdrawal), at("2021-12-08"))
    assert found["市级公示"].reason == "还没有县（区）公示"
    assert not found["县（区）公示（平定县）"].reason


def test_winners_wait_for_the_city_list(office):
    found = offered(office(PINGDING), at("2021-12-14"))
    assert found["表彰决定"].reason == "还没有市级公示"
    assert found["市级公示"].reason == "没有公示过名单的：盂县"


def test_a_list_that_is_there_already_is_told(office):
    found = offered(office(PINGDING), at("2021-12-14"))["县（区）公示（平定县）"]
    assert found.possible
    assert "已有《平定县第三届质量奖推荐名单公示》，2021年12月6日08:30发布" in found.reason


def test_each_office_sees_its_own(office):
    tree = office()
    assert list(offered(tree, at("2021-12-06"), ("yuxian-office",))) == ["县（区）公示（盂县）"]
    assert "市级公示" in offered(tree, at("2021-12-06"), ("city-office",))


def test_no_calendar_no_window(office):
    found = offered(office(), at("2099-03-02"))["县（区）公示（平定县）"]
    assert not found.possible
    assert "2099年的放假安排" in found.reason


@pytest.mark.parametrize(
    ("hour", "opens"), [(9, date(2021, 12, 3)), (12, date(2021, 12, 3)), (13, date(2021, 12, 6))]
)
def test_the_first_day_offered_is_the_earliest_honest_one(office, hour, opens):
    place = office()
    draft = begin(
        place.drafts,
        place.around,
        COUNTY_PUBLICITY,
        "third",
        at("2021-12-03", hour),
        issuer="pingding-office",
        county="pingding",
    )
    assert draft.values["window"] == {"opens": opens, "working-days": 5}


def start(place, kind, when, county=None):
    issuer = office_of(place.tree.catalogue(), county)
    return begin(place.drafts, place.around, kind, "third", when, issuer=issuer, county=county)


def test_a_county_list_begins_with_all_that_is_known(office):
    place = office()
    draft = start(place, COUNTY_PUBLICITY, at("2021-12-03"), "pingding")
    assert draft.slug == "third-pingding"
    assert draft.title == "平定县第三届测试市质量奖推荐名单公示"
    assert "公示时间：2021年12月3日至12月9日，共5个工作日。" in draft.body
    assert "请向平定县质量强县领导组办公室提出" in draft.body
    assert "联系电话" not in draft.body  # the county's office gives none
    assert "（待填）予以公示" in draft.body  # the list is to come
    saved = save_list(place.drafts, place.around, draft, LIST.format("平定县").encode())
    assert saved.told == ()
    assert "1个组织、1名个人予以公示" in saved.draft.body


@pytest.mark.parametrize(
    ("kind", "county", "listed"),
    [
        (COUNTY_PUBLICITY, "yuxian", LIST.format("盂县")),
        (CITY_PUBLICITY, None, CITY),
    ],
)
def test_what_was_begun_has_no_fault_once_the_list_is_there(office, kind, county, listed):
    place = office(PINGDING)
    draft = start(place, kind, at("2021-12-14"), county)
    place.place(save_list(place.drafts, place.around, draft, listed.encode()).draft)
    wrong = [i for i in place.tree.lint() if i.severity is Severity.ERROR]
    assert wrong == []


def test_winners_begin_with_places_used(office):
    city = PINGDING + YUXIAN
    place = office(city)
    draft = start(place, CITY_PUBLICITY, at("2021-12-14"))
    place.place(save_list(place.drafts, place.around, draft, CITY.encode()).draft)
    winners = start(place, Kind.DECISION, at("2021-12-22"))
    saved = save_list(place.drafts, place.around, winners, CITY.encode()).draft
    assert "质量奖设3个名额，授予1个，空缺2个；提名奖设5个名额，授予0个，空缺5个。" in saved.body
    place.place(saved)
    assert [i for i in place.tree.lint() if i.severity is Severity.ERROR] == []


def test_a_call_begins_from_the_edition(office):
    place = office()
    draft = start(place, Kind.CALL, at("2021-12-03"))
    assert "设3个质量奖名额和5个提名奖名额，无符合条件的可空缺。" in draft.body
    assert "于（待填）前" in draft.body  # the edition states no day


@pytest.mark.parametrize(
    ("kind", "issuer", "county", "why"),
    [
        (CITY_PUBLICITY, "city-office", None, "现在不能开始市级公示：还没有县（区）公示"),
        (CITY_PUBLICITY, "yuxian-office", None, "不能发布市级公示"),
        (COUNTY_PUBLICITY, "yuxian-office", "pingding", "不能发布平定县"),
        (COUNTY_PUBLICITY, "city-office", None, "要写明县区；现有：pingding、yuxian"),
        (Kind.CALL, "nobody", None, "没有单位“nobody”"),
        (Kind.CORRECTION, "city-office", None, "更正从被更正的公告开始"),
    ],
)
def test_what_cannot_be_begun_says_why(office, kind, issuer, county, why):
    place = office()
    with pytest.raises(RequestError, match=why):
        begin(
            place.drafts,
            place.around,
            kind,
            "third",
            at("2021-12-03"),
            issuer=issuer,
            county=county,
        )
    assert place.drafts.slugs() == ()


def test_an_address_is_nobody_elses(office):
    assert suggested_slug("third", Kind.DECISION, None, ["third-decision"]) == "third-decision-2"
    place = office(PINGDING.replace("pingding-list", "third-pingding"))
    draft = start(place, COUNTY_PUBLICITY, at("2021-12-14"), "pingding")
    assert draft.slug == "third-pingding-2"
    with pytest.raises(RequestError, match="已经有网址名为"):
        begin(
            place.drafts,
            place.around,
            COUNTY_PUBLICITY,
            "third",
            at("2021-12-14"),
            issuer="pingding-office",
            county="pingding",
            slug="third-pingding",
        )


def test_an_office_without_texts_begins_all_the_same(office):
    place = office()
    for path in (place.tree.root / "content" / "texts").iterdir():
        path.unlink()
    draft = start(place, COUNTY_PUBLICITY, at("2021-12-03"), "yuxian")
    assert draft.title == "第三届测试市质量奖县（区）公示（盂县）"
    assert draft.body.strip() == ""


AWARD = """
-- content/awards/third.toml --
name = "第一届甲区质量创新奖"
short = "第一届"
vacancies = true

[[grades]]
name = "金奖"
places = 2

[[categories]]
name = "项目"
sort = "project"

[[steps]]
name = "单位公示"
actor = "申报单位"
summary = "公示。"
kind = "unit-publicity"
label = "单位公示"
level = "unit"
days = 7
"""


def test_a_stage_of_another_award_begins_with_the_common_words(office):
    place = office(AWARD)
    kinds = place.tree.catalogue().editions["third"].kinds
    draft = start(place, kinds["unit-publicity"], at("2021-12-03"))
    assert draft.title == "第一届甲区质量创新奖单位公示"
    assert "公示时间：2021年12月3日至12月9日，共7天。" in draft.body
    data = "类别,名称,工作单位\n项目,甲项目,乙公司\n".encode()
    saved = save_list(place.drafts, place.around, draft, data).draft
    assert "共1个项目。" in saved.body
    assert draft.values["window"] == {"opens": date(2021, 12, 3), "days": 7}


def test_no_heading_stands_over_nothing(office):
    draft = start(office(AWARD), Kind.CALL, at("2021-12-03"))
    assert "## 推荐名额" not in draft.body  # this award has no caps
    assert "## 奖项设置\n\n设2个金奖名额，无符合条件的可空缺。" in draft.body


def test_a_step_that_no_list_shows_is_told_to_begin_and_then_to_end(office):
    place, when = office(PINGDING), at("2021-12-14")
    assert offered(place, when)["评选进展（材料评审开始）"].possible
    for reached, next_one in ((Reached.BEGUN, "评选进展（材料评审结束）"), (Reached.ENDED, None)):
        draft = begin(
            *(place.drafts, place.around, Kind.PROGRESS, "third", when),
            issuer="city-office",
            progress=StepReached("材料评审", reached),
        )
        place.place(draft)
        labels = [label for label in offered(place, at("2021-12-15")) if "进展" in label]
        assert labels == ([next_one] if next_one else [])
    assert [i for i in place.tree.lint() if i.severity is Severity.ERROR] == []


def test_a_step_that_is_over_cannot_be_told_again(office):
    place = office(PINGDING)
    with pytest.raises(RequestError, match="现在可以写的：材料评审开始"):
        begin(
            *(place.drafts, place.around, Kind.PROGRESS, "third", at("2021-12-14")),
            issuer="city-office",
            progress=StepReached("社会公示", Reached.BEGUN),
        )
