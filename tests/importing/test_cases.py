"""Small files after faults that offices report: each is read rightly, or asked about."""

from pathlib import Path

import pytest

from portal.importing.importer import import_list
from tests.importing.reading import SITE, asked, entries, names
from tests.thirdaward import TERMS

CASES = Path(__file__).parent / "cases"


def case(name, **answers):
    (path,) = CASES.glob(f"{name}-*")
    return import_list(
        path, SITE, {k.replace("_", "-"): v for k, v in answers.items()}, terms=TERMS
    )


def test_rows_that_a_filter_hides_are_asked_about():
    assert asked(case("imp01")) == ["hidden"]
    assert names(case("imp01", hidden="略去")) == ["赵一一", "李四四"]
    assert names(case("imp01", hidden="条目")) == ["赵一一", "钱二二", "孙三三", "李四四"]


def test_two_tables_side_by_side_are_read_one_after_the_other():
    assert names(case("imp03")) == [f"{c}有限公司" for c in "甲乙丙丁戊己"]


def test_error_cells_are_asked_about_by_name():
    assert {"D3", "E3"} <= set(asked(case("imp05")))
    reading = case("imp05", D3="甲公司", E3="班长", numbers="无误")
    assert [e.employer for e in entries(reading)] == ["甲公司", "甲公司"]


def test_invisible_characters_are_taken_out_and_told():
    reading = case("imp07")
    assert names(reading) == ["赵一一", "赵一一", "钱二二", "孙三三"]
    told = "".join(map(str, reading.told))
    for code in ("200B", "202A", "202C", "FEFF", "2060", "00AD"):
        assert f"U+{code}" in told


def test_headings_in_two_rows():
    assert asked(case("imp09")) == ["category"]
    found = entries(case("imp09", category="一线工作人员"))
    assert [(e.name, e.employer, e.position, e.county) for e in found] == [
        ("赵一一", "甲公司", "班长", "平定县"),
        ("钱二二", "乙公司", "班长", "平定县"),
    ]


def test_a_category_merged_over_rows_and_columns():
    found = entries(case("imp10"))
    assert [e.name for e in found] == ["赵一一", "钱二二", "孙三三"]
    assert {e.category for e in found} == {"一线工作人员"}


def test_private_use_characters_are_asked_about_with_what_they_may_be():
    (question,) = case("imp16").questions
    assert question.place == "C3"
    assert "U+E81E" in question.text
    assert question.choices[0].value == "龴一"
    assert names(case("imp16", C3="龴一")) == ["䶮长", "龴一", "堃𬭚㛃"]


def test_struck_through_rows_are_asked_about():
    assert asked(case("imp19")) == ["struck"]
    assert names(case("imp19", struck="略去")) == ["赵一一", "孙三三"]


def test_personal_columns_are_left_out_and_told():
    reading = case("imp22", category="一线工作人员")
    found = entries(reading)
    assert [(e.name, e.employer, e.position, e.county) for e in found] == [
        ("张三", "甲公司", "班长", "平定县"),
        ("欧阳一二", "乙公司", "总经理、党委书记", "城区"),
        ("李四（女，回族）", "丙公司", "", "盂县"),
    ]
    assert b"140302" not in reading.data
    assert b"13800138000" not in reading.data
    told = "".join(map(str, reading.told))
    assert "身份证号" in told
    assert "手机号码" in told


@pytest.mark.parametrize("path", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_every_cell_is_accounted_for_or_something_is_asked(path):
    reading = import_list(path, SITE, terms=TERMS)
    assert reading.questions or reading.accounted
    for question in reading.questions:
        assert question.choices
        assert all(choice.option.startswith("--") for choice in question.choices)
