"""Columns that the award defines itself are read, whatever a heading would mean elsewhere."""

from portal.domain.awards import Category, Grade, ListTerms, Sort
from portal.importing.importer import import_list
from tests.importing.reading import SITE, asked, workbook

COLUMNS = ("主要完成单位", "主要完成人", "性别")
PROJECTS = ListTerms(
    (Grade("金奖", 3),), (Category("创新项目", Sort.PROJECT, "主要完成单位", columns=COLUMNS),)
)
HEADER = ["序号", "名称", "类别", "主要完成单位", "主要完成人", "性别"]
ROW = [1, "节能改造", "创新项目", "甲公司", "张三 李四", "男"]


def read(tmp_path, rows, answers=None):
    path = workbook(tmp_path / "名单.xlsx", rows)
    return import_list(path, SITE, answers, terms=PROJECTS)


def test_they_are_read_by_their_headings(tmp_path):
    reading = read(tmp_path, [HEADER, ROW])
    assert reading.questions == ()
    (entry,) = reading.entries
    assert {label: entry[label] for label in COLUMNS} == {
        "主要完成单位": "甲公司",
        "主要完成人": "张三 李四",
        "性别": "男",
    }
    assert "主要完成单位" in reading.data.decode("utf-8-sig").splitlines()[0]
    assert all("个人信息" not in str(told) for told in reading.told)


def test_a_heading_that_is_like_one_is_asked_and_the_answer_holds(tmp_path):
    header = ["完成单位名录" if text == "主要完成单位" else text for text in HEADER]
    reading = read(tmp_path, [header, ROW])
    assert asked(reading) == ["D"]
    (question,) = reading.questions
    offered = {choice.value: choice.option for choice in question.choices}
    assert offered["主要完成单位"] == "--column 完成单位名录=主要完成单位"
    assert "主要完成人" not in offered
    answered = read(tmp_path, [header, ROW], {"D": "主要完成单位"})
    assert answered.questions == ()
    assert answered.entries[0]["主要完成单位"] == "甲公司"


def test_two_columns_of_one_name_that_differ_are_asked(tmp_path):
    rows = [[*HEADER, "主要完成人"], [*ROW, "王五"]]
    assert asked(read(tmp_path, rows)) == ["G"]


def test_a_hidden_one_is_asked(tmp_path):
    def hide(book):
        book.active.column_dimensions["E"].hidden = True

    path = workbook(tmp_path / "名单.xlsx", [HEADER, ROW], change=hide)
    assert asked(import_list(path, SITE, terms=PROJECTS)) == ["hidden-columns"]
    left = import_list(path, SITE, {"hidden-columns": "略去"}, terms=PROJECTS)
    assert "主要完成人" not in left.entries[0]
