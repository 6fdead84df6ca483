"""Results and progress: told after the fact, of the list, without who objected; gone is gone."""

import pytest

from portal.errors import Severity, Stage
from tests.lint.faulty import REJECTED, UPHELD, city, notice, progress, result, rows

WITHDREW = "[{entry: 平定县甲制造有限公司, category: 组织, why: withdrew, reason: 书面申请退出}]"
SIX = [f"组织,平定县第{n}机械厂,,," for n in "一二三四五六"]


def codes(tree):
    issues = tree.lint(Stage.PUBLISH)
    return {i.code for i in issues if i.severity is Severity.ERROR and i.code != "A008"}


@pytest.mark.parametrize("objections", ["[]", f"[{REJECTED.replace('赵六', '赵*')}]"])
def test_a_result_after_the_window_is_clean(site_from, objections):
    assert codes(site_from(notice() + result(objections=objections))) == set()


def test_an_objection_can_name_several_and_the_list_as_a_whole(site_from):
    both = REJECTED.replace("赵六", "平定县甲制造有限公司、赵*")
    whole = REJECTED.replace("赵六", "名单整体或者程序")
    beside = REJECTED.replace("赵六", "平定县甲制造有限公司、名单整体或者程序")
    objections = f"[{both}, {whole}, {beside}]"
    assert codes(site_from(notice() + result(objections=objections))) == set()


@pytest.mark.parametrize(
    "item",
    [
        UPHELD.replace("异议成立", "王某反映的属实"),
        UPHELD.replace("材料不实", "王某反映材料不实"),
        UPHELD.replace("}", ", by: 王某}"),
    ],
)
def test_there_is_no_field_for_who_objected(site_from, item):
    assert codes(site_from(notice() + result(objections=f"[{item}]"))) & {"F005", "F007"}


def test_a_result_says_what_became_of_objections_or_is_refused(site_from):
    assert "F006" in codes(site_from(notice() + result(objections=None)))


@pytest.mark.parametrize("telling", [progress, result])
def test_who_left_stands_no_more_and_leaves_a_place(site_from, telling):
    tree = site_from(notice() + telling(departures=WITHDREW) + city())
    (issue,) = [i for i in tree.lint(Stage.PUBLISH) if i.code == "A011"]
    assert "自愿退出，见“" in issue.message
    without = city(rows="类别,名称,工作单位\n专家学者,赵六,甲研究所\n")
    assert codes(site_from(notice() + telling(departures=WITHDREW) + without)) == set()


def test_who_left_after_a_list_keeps_its_place_on_that_list(site_from):
    later = progress(departures=WITHDREW, published="2022-01-18T09:00:00+08:00")
    assert codes(site_from(notice() + city() + later)) == set()


def test_a_withdrawn_notice_tells_of_nobody(site_from):
    withdrawal = result(
        "w", kind="withdrawal", result_of=None, objections=None, amends="p", county=None
    ).replace("2021-12-13", "2021-12-21")
    withdrawal = withdrawal.replace("pingding-office", "city-office")
    tree = site_from(notice() + progress(departures=WITHDREW) + withdrawal + city())
    assert "A011" not in codes(tree)


def test_who_left_frees_the_cap_of_the_county(site_from):
    assert "A003" in codes(site_from(notice(rows=rows(*SIX))))
    left = "[{entry: 平定县第二机械厂, category: 组织, why: withdrew}]"
    assert "A003" not in codes(site_from(notice(rows=rows(*SIX)) + result(departures=left)))


def test_what_was_found_is_found_again_when_only_the_news_changes(site_from):
    tree = site_from(notice() + city())
    assert "A011" not in codes(tree)
    tree.write(progress(departures=WITHDREW))
    assert "A011" in codes(tree)
