"""Choosing and comparing: lists begin from the closed lists, and each difference asks why."""

import pytest

from portal.content.notice.list_writer import row_of, write_list
from portal.domain.standing import Hold
from portal.domain.stated_reasons import ListChange
from portal.editorial.beginnings import begin
from portal.editorial.choosing import candidates, chosen_list
from portal.editorial.keeping_true import entries_of, save_list
from portal.editorial.list_differences import compare, with_reasons
from portal.errors import RequestError, Stage
from portal.render.notice.document import notice_document
from portal.render.notice.newspaper import newspaper_text
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.editorial.conftest import at
from tests.sites import COUNTY_NOTICE, PINGDING, YUXIAN
from tests.thirdaward import AWARD, CITY_PUBLICITY, COUNTY_PUBLICITY

CLOSED = at("2021-12-14")
SECOND = COUNTY_NOTICE.format(slug="pingding-2", county="pingding", name="平定县").replace(
    "2021-12-06", "2021-12-13"
)


def listed(place, when=CLOSED, kind=CITY_PUBLICITY, holds=()):
    return candidates(place.tree.catalogue(), "third", kind, when, holds)


def test_candidates_are_all_entries_with_where_they_come_from(office):
    found = listed(office(PINGDING + YUXIAN))
    assert [(one.entry.name, one.entry.county, one.origin) for one in found] == [
        ("平定县甲制造有限公司", "平定县", "pingding-list"),
        ("赵六", "平定县", "pingding-list"),
        ("盂县甲制造有限公司", "盂县", "yuxian-list"),
        ("赵六", "盂县", "yuxian-list"),
    ]
    assert all(one.possible for one in found)


def test_whoever_cannot_be_listed_says_why(office):
    place = office(PINGDING + YUXIAN.replace("2021-12-06", "2021-12-13"))
    held = Hold("赵六", "专家学者", "平定县", upheld=False, case="PD-1")
    reasons = {one.key: one.hindrance for one in listed(place, holds=[held])}
    assert list(reasons.values()) == [
        "",
        "“赵六”的异议尚未办结（案件 PD-1）",
        *["“盂县第三届质量奖推荐名单公示”公示期至2021年12月17日，还没有满"] * 2,
    ]


def test_a_second_publicity_takes_whom_it_leaves_out(office):
    place = office(PINGDING + SECOND.replace("专家学者,赵六,,平定县研究所\n", ""))
    late = at("2021-12-20")
    found = {one.entry.name: (one.origin, one.hindrance) for one in listed(place, late)}
    assert found["平定县甲制造有限公司"] == ("pingding-2", "")
    assert found["赵六"][1] == "再次公示的“平定县第三届质量奖推荐名单公示”没有列入"
    early = {one.entry.name: one.hindrance for one in listed(place)}
    assert (
        "公示期未满" in early["平定县甲制造有限公司"] or "还没有满" in early["平定县甲制造有限公司"]
    )


def test_what_was_chosen_stands_up_to_the_lint_and_reads_back(office):
    place = office(PINGDING + YUXIAN)
    known = listed(place)
    data = chosen_list(known, [known[3].key, known[0].key], {known[0].key: AWARD})
    assert data.startswith(b"\xef\xbb\xbf")
    entries = entries_of(data, place.around.catalogue, {"edition": "third"})
    assert [(e.name, e.county, e.grade) for e in entries] == [
        ("平定县甲制造有限公司", "平定县", AWARD),
        ("赵六", "盂县", None),
    ]
    assert write_list([row_of(entry) for entry in entries]) == data
    draft = begin(
        *(place.drafts, place.around, CITY_PUBLICITY, "third", CLOSED), issuer="city-office"
    )
    place.place(save_list(place.drafts, place.around, draft, data).draft)
    codes = {issue.code for issue in place.tree.lint() if issue.path.endswith("list.csv")}
    assert not codes & {"A004", "A005", "A006", "A007", "A009"}


def test_nobody_is_chosen_around_a_hindrance(office):
    place = office(PINGDING.replace("2021-12-06", "2021-12-13"))
    known = listed(place)
    with pytest.raises(RequestError, match="不能列入：“平定县"):
        chosen_list(known, [known[0].key])
    with pytest.raises(RequestError, match="没有可选的条目"):
        chosen_list(known, ["谁"])


def test_a_kind_that_stands_on_nothing_has_no_candidates(office):
    assert listed(office(PINGDING), kind=COUNTY_PUBLICITY) == ()


def city(place, rows):
    draft = begin(
        *(place.drafts, place.around, CITY_PUBLICITY, "third", CLOSED), issuer="city-office"
    )
    head = "奖项,类别,名称,县区,工作单位\n"
    return save_list(place.drafts, place.around, draft, (head + rows).encode()).draft


def test_each_difference_is_told_with_a_place_for_its_reason(office):
    place = office(PINGDING + YUXIAN)
    rows = (
        "质量奖,组织,平定县甲制造股份有限公司,平定县,\n"
        "提名奖,组织管理人员,赵六,平定县,平定县研究所\n提名奖,组织,天外来客公司,盂县,\n"
    )
    upheld = Hold("赵六", "专家学者", "盂县", upheld=True, case="YX-1")
    found = compare(place.tree.catalogue(), city(place, rows), CLOSED, [upheld])
    assert [one.changed.text for one in found] == [
        "名称变更：平定县甲制造股份有限公司（名称由“平定县甲制造有限公司”改为“平定县甲制造股份有限公司”）",
        "类别或奖项变更：赵六（平定县研究所）（类别由“专家学者”改为“组织管理人员”）",
        "新增：天外来客公司",
        "未列入：盂县甲制造有限公司",
        "因异议取消：赵六（盂县研究所）",
    ]


def test_reasons_are_written_into_the_header_and_found_again(office):
    place = office(PINGDING + YUXIAN)
    draft = city(place, "质量奖,组织,平定县甲制造有限公司,平定县,\n")
    found = compare(place.tree.catalogue(), draft, CLOSED)
    assert [one.reason for one in found] == ["", "", ""]
    given = {"left-out": "经评审未列入", found[0].key: "本人放弃"}
    values = with_reasons(draft.values, found, given)
    saved = place.drafts.save(draft.slug, draft.digest, values, draft.body)
    again = compare(place.tree.catalogue(), saved, CLOSED)
    assert {one.changed.name: one.reason for one in again} == {
        "赵六（平定县研究所）": "本人放弃",
        "赵六（盂县研究所）": "经评审未列入",
        "盂县甲制造有限公司": "经评审未列入",
    }
    assert with_reasons(saved.values, (), {})["reasons"] is None
    place.place(saved)
    assert not {i.code for i in place.tree.lint(Stage.PUBLISH)} & {"L018", "L019", "F005", "F010"}
    shown = place.tree.catalogue().notice(draft.slug)
    sentences = [stated.sentence for stated in shown.reasons]
    assert sentences == ["未列入：经评审未列入。", "未列入（赵六（平定县研究所））：本人放弃。"]
    copy = newspaper_text(shown, place.tree.catalogue()).decode("utf-8-sig")
    assert all(sentence in copy for sentence in sentences)
    assert notice_document(shown, place.tree.catalogue()).closing[:2] == tuple(sentences)
    app = create_app(place.tree.catalogue, SiteOptions("https://portal.test"), lambda: CLOSED)
    page = app.test_client().get(f"/notices/{draft.slug}/").text
    assert all(f"<li>{sentence}</li>" in page for sentence in sentences)


def test_a_second_county_list_is_compared_with_the_first(office):
    place = office(PINGDING)
    draft = begin(
        *(place.drafts, place.around, COUNTY_PUBLICITY, "third", CLOSED),
        issuer="pingding-office",
        county="pingding",
    )
    rows = "类别,名称,工作单位\n组织,平定县甲制造有限公司,\n组织,乙公司,\n"
    draft = save_list(place.drafts, place.around, draft, rows.encode()).draft
    found = compare(place.tree.catalogue(), draft, CLOSED)
    assert [(one.about, one.changed.name) for one in found] == [
        (ListChange.NEW, "乙公司"),
        (ListChange.LEFT_OUT, "赵六"),
    ]
