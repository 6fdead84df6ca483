"""Cells that hold more than one name, or numbers of people, are asked about, never passed on."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.names import parted_name
from portal.importing.personal_cells import personal_in, without_numbers
from tests.importing.reading import asked, entries, names, read

HEADER = ["姓名", "类别", "工作单位", "职务", "县区", "备注"]
ROW = {"姓名": "赵一一", "类别": "一线工作人员", "工作单位": "甲公司", "职务": "班长"}
ROW |= {"县区": "盂县", "备注": None}
IDENTITY, MOBILE = "140302190001010017", "13803530000"

han = st.text("赵钱孙李周吴一二三四五六", min_size=1, max_size=5)
people = st.text("赵钱孙李周吴一二三四五六", min_size=2, max_size=4)


def row(**cells):
    return list((ROW | cells).values())


def of_one(tmp_path, answers=None, **cells):
    return read(tmp_path, [HEADER, row(**cells)], answers)


@given(st.lists(people, min_size=2, max_size=3), st.sampled_from([" ", "  ", "/", "、", "／"]))
def test_several_whole_names_are_never_one(parts, separator):
    assert parted_name(separator.join(parts)) == tuple(parts)


@given(people, st.sampled_from(["男", "女", "回族", "维吾尔族"]))
def test_sex_and_nation_are_no_part_of_a_name(name, aside):
    assert parted_name(f"{name} {aside}") == (name, aside)


@given(people)
def test_characters_set_apart_are_one_name(name):
    assert parted_name(" ".join(name)) == ()
    assert parted_name(f"{name[0]} {name[1:]}") == ()


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("王五 赵六", "王五赵六"),
        ("周八 女", "周八"),
        ("李四　回族", "李四"),
        ("王\t五 赵 六 七", ""),
    ],
)
def test_a_cell_of_several_people_is_asked_about(tmp_path, cell, meant):
    reading = of_one(tmp_path, 姓名=cell)
    assert "A2" in asked(reading)
    (question,) = [q for q in reading.questions if q.id.endswith("A2")]
    assert meant in question.choices[0].value
    assert names(of_one(tmp_path, {"A2": "王五"}, 姓名=cell)) == ["王五"]


@pytest.mark.parametrize("cell", ["王 五", "王 五 六", "王 小明", "欧阳 一一", "买买提· 艾力"])
def test_one_name_with_spaces_is_joined_and_told(tmp_path, cell):
    reading = of_one(tmp_path, 姓名=cell)
    assert names(reading) == ["".join(cell.split())]
    assert any("改为" in str(told) for told in reading.told)


def test_two_firms_in_one_cell_are_asked_about(tmp_path):
    rows = [["单位名称", "县区"], ["甲有限公司 乙机械厂", "盂县"], ["丙集团 有限公司", "盂县"]]
    assert asked(read(tmp_path, rows)) == ["A2"]


def test_a_mark_of_a_note_does_not_become_a_digit_of_the_name(tmp_path):
    reading = read(tmp_path, [["单位名称", "县区"], ["戊有限公司①", "盂县"], ["甲３Ｄ厂", "盂县"]])
    assert asked(reading) == ["organizations"]
    assert reading.entries[1]["名称"] == "甲3D厂"


PERSONAL = {
    f"身份证{IDENTITY}": "",
    f"联系{MOBILE}": "",
    f"甲公司 {MOBILE}": "甲公司",
    f"班长{IDENTITY}": "班长",
    f"班长（手机：{MOBILE}）": "班长",
    "首次申报，邮箱a@b.com": "首次申报",
    "微信 wxid_abc": "",
    "劳模，家住德胜小区1号楼2单元301室": "劳模",
    "１３８ ０３５３ ００００": "",
}


@pytest.mark.parametrize("column", ["工作单位", "职务", "备注"])
@pytest.mark.parametrize("cell", PERSONAL)
def test_numbers_of_people_are_asked_about_and_can_be_left_out(tmp_path, column, cell):
    at = f"{'ABCDEF'[HEADER.index(column)]}2"
    reading = of_one(tmp_path, **{column: cell})
    assert asked(reading) == [at]
    (question,) = reading.questions
    assert "第2行" in question.text
    assert MOBILE not in question.text
    answered = of_one(tmp_path, {at: question.choices[0].value}, **{column: cell})
    assert answered.entries[0][column] == PERSONAL[cell]
    assert answered.entries[0]["名称"] == "赵一一"
    said = "".join(map(str, answered.told))
    assert MOBILE not in said
    assert IDENTITY not in said


def test_a_number_in_a_cell_of_unit_and_position_is_asked_about(tmp_path):
    rows = [["姓名", "类别", "单位及职务"], ["赵一一", "一线工作人员", f"甲公司 班长{MOBILE}"]]
    assert asked(read(tmp_path, rows)) == ["C2"]
    (entry,) = entries(read(tmp_path, rows, {"C2": "甲公司|班长"}))
    assert (entry.employer, entry.position) == ("甲公司", "班长")


@given(st.sampled_from([IDENTITY, MOBILE, "a@b.com"]), han, han)
def test_nothing_personal_is_left_by_what_is_offered(number, before, after):
    for separator in ("", " ", "：", "（"):
        cell = f"{before}{separator}{number}，{after}"
        assert personal_in(cell)
        assert not personal_in(without_numbers(cell))


@pytest.mark.parametrize(
    "cell",
    [
        "2020年首次申报",
        "见市政办〔2021〕35号",
        "电话0353-2222222",
        "ISO 9001、ISO 14001",
        "第12345号",
    ],
)
def test_other_numbers_pass(cell):
    assert not personal_in(cell)


units = st.text("甲乙丙丁戊", min_size=2, max_size=4).map(lambda name: f"{name}有限公司")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(units, min_size=2, max_size=3, unique=True), st.sampled_from([" ", "\n", "　"]))
def test_employers_that_stand_in_one_cell_are_never_joined_unasked(tmp_path, several, between):
    reading = of_one(tmp_path, 工作单位=between.join(several))
    assert asked(reading) == ["C2"]
    values = [choice.value for choice in reading.questions[0].choices]
    assert values == ["".join(several), "、".join(several), ""]


@pytest.mark.parametrize("cell", ["甲有限公司 质量部", "甲市第一 中学", "甲有限\n公司"])
def test_a_department_or_a_broken_line_is_one_employer(tmp_path, cell):
    [entry] = entries(of_one(tmp_path, 工作单位=cell))
    assert entry.employer == "".join(cell.split())
