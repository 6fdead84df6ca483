"""Copy in the form that newspapers print, as measured on real pages; the names are fictional."""

import re
from dataclasses import replace

import pytest

from portal.domain.notice import ListOrder, Revision
from portal.render.fullwidth import character_count, full_width, widened
from portal.render.notice.newspaper import newspaper_text
from tests.render.conftest import firm, person
from tests.thirdaward import AWARD, FRONTLINE


def copy_of(listed, round_) -> str:
    return newspaper_text(listed, round_).decode("utf-8-sig").replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("田华", "田\u3000华"),
        ("田 华", "田\u3000华"),
        ("田\u3000华", "田\u3000华"),
        ("王建国", "王建国"),
        ("欧阳小明", "欧阳小明"),
        ("田华（女，藏族）", "田\u3000华（女，藏族）"),
        ("巴依卡·凯力迪别克", "巴依卡·凯力迪别克"),
        ("卓嘎", "卓\u3000嘎"),
        ("Li", "Li"),
        ("李䶮", "李\u3000䶮"),
    ],
)
def test_two_character_names_are_widened_and_others_left_alone(name, printed):
    assert widened(name) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("公示期:5个工作日,欢迎监督!", "公示期：5个工作日，欢迎监督！"),
        ("甲公司(集团)", "甲公司（集团）"),
        ('所谓"质量奖"', "所谓“质量奖”"),
        ("见 https://a.example/b:c,d 页", "见https://a.example/b:c,d页"),
        ("9:00至17:30", "9:00至17:30"),
        ("营业收入1,000万元", "营业收入1,000万元"),
        ("ISO 9001 (2015)", "ISO 9001 (2015)"),
        ("联系\t电话 : 2880836", "联系电话：2880836"),
        ("评选结束.", "评选结束。"),
        ("合格率99.5%", "合格率99.5%"),
    ],
)
def test_punctuation_next_to_chinese_is_full_width(text, printed):
    assert full_width(text) == printed


def test_characters_are_counted_as_office_programs_count_them():
    assert character_count("公示5个工作日，见 https://a.example/。") == 11


def test_lists_stand_by_grade_and_class_with_counts(notice, round_):
    entries = (
        firm("甲轴承有限公司"),
        firm("乙医院"),
        person("田华", grade=AWARD),
        person("王建国", grade=AWARD),
        person("巴依卡·凯力迪别克", FRONTLINE, employer="丙矿业", position="班长"),
    )
    text = copy_of(notice(entries=entries, order=ListOrder.STROKE), round_)
    lines = [line.strip("\u3000") for line in text.split("\n")]
    start = lines.index("质量奖（4个）")
    assert lines[start : start + 8] == [
        "质量奖（4个）",
        "组织（2个）",
        "甲轴承有限公司 乙医院",
        "专家学者（2名）（按姓氏笔画为序）",
        "田\u3000华 王建国",
        "提名奖（1个）",
        "一线工作人员（1名）（按姓氏笔画为序）",
        "巴依卡·凯力迪别克 丙矿业班长",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "虚构市7412工厂",
        "虚构机械有限公司焊接一班",
        "虚构大学申报的“轴承寿命”项目",
        "虚构新材料有限公司（原虚构材料厂）",
        "虚构矿业集团有限公司第三分公司",
        "虚构·先锋农民专业合作社",
        "虚构市第一人民医院",
        "地质勘查院虚构地质队",
        "云岭山景区管理办公室",
    ],
)
def test_awardees_that_are_no_plain_companies_stay_as_they_are(notice, round_, name):
    text = copy_of(notice(entries=(firm(name), firm("甲公司"))), round_)
    assert f"组织（2个）\n\u3000\u3000{name} 甲公司\n" in text


def test_list_without_grades_begins_with_its_classes(notice, round_):
    entries = (firm("甲公司", None), person("田华", grade=None))
    text = copy_of(notice(entries=entries), round_)
    assert "\u3000\u3000组织（1个）\n\u3000\u3000甲公司\n\u3000\u3000专家学者（1名）" in text
    assert "公示组织1个、个人1名。名单详见：" in text


def test_no_order_is_claimed_that_the_list_does_not_have(notice, round_):
    text = copy_of(notice(order=ListOrder.FILE), round_)
    assert "笔画" not in text


def test_window_and_channels_are_one_paragraph(round_):
    listed = round_.by_slug["demo-1-city"]
    found = [line for line in copy_of(listed, round_).split("\n") if "公示时间为" in line]
    assert len(found) == 2  # in the full and in the short form
    assert re.search(
        r"共5个工作日。.*网址：.*；电话：2880836；电子邮箱：yqzlfz@163\.com。$", found[0]
    )


def test_short_form_gives_counts_and_the_page(round_):
    listed = round_.by_slug["demo-1-decision"]
    short = copy_of(listed, round_).partition("简讯稿")[2].partition("编辑须知")[0]
    assert "表彰质量奖组织2个，提名奖组织3个、个人2名。名单详见：" in short
    assert not any(entry.name in short for entry in listed.entries if len(entry.name) > 2)


def test_stated_count_is_the_count_of_the_copy(round_):
    for listed in round_.notices:
        text = copy_of(listed, round_)
        if round_.history(listed).withdrawn:
            continue
        parts = re.findall(r"稿（共(\d+)字） ─+\n(.*?)\n\n", text, re.DOTALL)
        assert len(parts) == 2
        for count, copy in parts:
            assert int(count) == sum(character_count(line) for line in copy.split("\n"))


def test_copy_has_no_tabs_and_no_half_width_signs_beside_chinese(round_):
    for listed in round_.notices:
        text = copy_of(listed, round_)
        assert "\t" not in text
        copy = text.partition("编辑须知")[0]
        assert not re.search(r"[\u4e00-\u9fff][,;:?!](?!//)", copy)


def test_a_demonstration_may_not_be_printed(round_, notice):
    assert copy_of(round_.by_slug["demo-1-city"], round_).startswith(
        "【演示数据，纯属虚构，不得刊登】"
    )
    assert "不得刊登" not in copy_of(notice(), round_)


def test_editors_are_told_of_revisions_and_amendments(round_):
    revised = next(n for n in round_.notices if n.revision > 1)
    assert f"说明：{revised.revisions[-1].note}此前稿件以本稿为准。" in copy_of(revised, round_)
    amended = copy_of(round_.by_slug["demo-1-decision"], round_)
    assert "以更正公告为准。《关于演示第一届质量奖表彰决定的更正" in amended
    assert "/notices/demo-1-correction/" in amended


def test_body_tables_and_headings_become_lines(notice, round_):
    body = "## 一、安排\n\n| 环节 | 时间 |\n|---|---|\n| 公示 | 5天 |\n\n- 甲\n- 乙\n"
    text = copy_of(notice(body=body), round_)
    assert "\u3000\u3000一、安排\n\u3000\u3000公示；5天。\n\u3000\u3000甲\n\u3000\u3000乙\n" in text


def test_a_date_nobody_knows_is_not_invented(notice, round_):
    listed = notice(issued=None)
    assert "发布）" in copy_of(listed, round_)
    first = Revision(1, listed.published, "", listed.title, listed.body, listed.entries)
    dated = replace(listed, issued=listed.published.date(), revisions=(first,))
    day = listed.published
    assert f"\u3000{day.year}年{day.month}月{day.day}日\n" in copy_of(dated, round_)
