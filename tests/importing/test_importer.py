"""Importing offices' spreadsheets: a list without a doubt, or questions that options answer."""

import zipfile

import pytest

from portal.domain.identifiers import credit_check
from portal.domain.notice import Entry
from portal.errors import RequestError
from portal.importing.importer import import_list
from tests.importing.reading import SITE, asked, entries, names, read, workbook
from tests.thirdaward import AWARD, EXPERT, FRONTLINE, NOMINATION, ORGANIZATION, TERMS

CODE = "91140321MA0000001"
CODE += credit_check(CODE)


def test_a_city_offices_workbook(tmp_path):
    reading = read(
        tmp_path,
        [
            ["第三届质量奖获奖建议名单", None, None, None, None],
            [None, None, None, None, None],
            ["序号", "奖 项", "申报组织名称", "社会信用代码", "所在地区"],
            [1, "阳泉市质量奖", "甲制造 有限公司", int("9" * 3), "平定"],
            [2, "阳泉市质量奖提名奖", "乙　食品有限公司", CODE.lower(), "孟县"],
            [None, None, "合计：2家", None, None],
        ],
        merge=["A1:E1"],
    )
    first, second = entries(reading)
    assert first == Entry("甲制造有限公司", ORGANIZATION, AWARD, "999", "平定县", line=2)
    assert second.name == "乙食品有限公司"
    assert second.grade is NOMINATION
    assert (second.county, second.credit_code) == ("盂县", CODE)
    told = [str(told) for told in reading.told]
    assert "Sheet!第6行：略去合计行“合计：2家”" in told
    assert "Sheet!D4：请核对：统一社会信用代码应为18位，“999”为3位" in told
    assert "Sheet!E5：“孟县”改为“盂县”" in told
    assert "Sheet!C5：“乙 食品有限公司”改为“乙食品有限公司”" in told


def test_a_list_of_people_with_subtitles_and_merged_counties(tmp_path):
    reading = read(
        tmp_path,
        [
            ["附件2"],
            ["姓名", "所在单位", "职务/职称", "县（区）"],
            ["一、专家学者（2名）", None, None, None],
            ["田　华", "甲研究所", "研究员", "平定县"],
            ["巴依卡.凯力迪别克", "乙大学", "教授", None],
            ["二、一线工作人员（1名）", None, None, None],
            ["赵 六", "丙厂", "班长", "盂县"],
        ],
        merge=["D4:D5"],
    )
    assert [(e.name, e.category, e.employer, e.county) for e in entries(reading)] == [
        ("田华", EXPERT, "甲研究所", "平定县"),
        ("巴依卡·凯力迪别克", EXPERT, "乙大学", "平定县"),
        ("赵六", FRONTLINE, "丙厂", "盂县"),
    ]


def test_grades_of_subtitles_hold_until_the_next(tmp_path):
    reading = read(
        tmp_path,
        [
            ["序号", "名称", "工作单位", "县区"],
            ["一、质量奖（2个）"],
            ["（一）组织"],
            [1, "甲有限公司", None, "平定县"],
            ["（二）一线工作人员"],
            [2, "赵一一", "乙有限公司", "盂县"],
            ["二、提名奖（1个）"],
            ["（一）组织"],
            [3, "丙有限公司", None, "城区"],
        ],
    )
    assert [(e.name, e.grade, e.category) for e in entries(reading)] == [
        ("甲有限公司", AWARD, ORGANIZATION),
        ("赵一一", AWARD, FRONTLINE),
        ("丙有限公司", NOMINATION, ORGANIZATION),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "申报组织（个人）名称",
        "单位（个人）名称",
        "名称（姓名）",
        "拟推荐组织",
        "参评组织",
        "推荐 单位名称*",
        "典型",
    ],
)
def test_the_employer_is_never_the_entry(tmp_path, heading):
    rows = [
        ["序号", heading, "类别", "工作单位", "县区"],
        [1, "赵一一", "一线工作人员", "甲有限公司", "平定县"],
        [2, "钱二二", "一线工作人员", "乙有限公司", "盂县"],
    ]
    reading = read(tmp_path, rows)
    if not reading.questions:
        assert names(reading) == ["赵一一", "钱二二"]
    said = read(tmp_path, rows, {"name-column": heading})
    assert [(e.name, e.employer) for e in entries(said)] == [
        ("赵一一", "甲有限公司"),
        ("钱二二", "乙有限公司"),
    ]


def test_an_employer_alone_is_asked_about(tmp_path):
    assert asked(read(tmp_path, [["序号", "工作单位", "县区"], [1, "甲有限公司", "平定县"]]))


def test_a_person_beside_a_firm_is_asked_about(tmp_path):
    rows = [["序号", "单位名称", "姓名", "职务"], [1, "甲有限公司", "赵一一", "经理"]]
    assert "name-column" in asked(read(tmp_path, rows))
    firm = {"name-column": "单位名称", "column:姓名": "略去", "column:职务": "略去"}
    assert names(read(tmp_path, rows, firm)) == ["甲有限公司"]


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "1家", None],
        ["总计", 1, None],
        [None, "合计", 1],
        [None, None, "共1家"],
        ["填表人：王某", None, None],
        ["填表人", "王某", None],
        ["注：按姓氏笔画排列", None, None],
        [2, None, None],
        ["序号", "单位名称", "县区"],
    ],
)
def test_what_is_no_entry_is_left_out_and_told(tmp_path, row):
    head, entry = ["序号", "单位名称", "县区"], [1, "甲有限公司", "平定县"]
    reading = read(tmp_path, [head, entry, row])
    assert names(reading) == ["甲有限公司"]
    assert any("第3行" in str(told) for told in reading.told)


@pytest.mark.parametrize(
    ("row", "question"),
    [
        (["合计", "2家", None], "count3"),
        ([3, "乙有限公司", "盂县"], "numbers"),
        ([2, None, "盂县"], "3"),
        ([2, "乙有限公司\n丙有限公司", "盂县"], "B3"),
        ([2, "乙有限公司、丙有限公司", "盂县"], "B3"),
        ([2, "#N/A", "盂县"], "B3"),
        ([2, "乙公司?部", "盂县"], "B3"),
        ([2, "组织", "盂县"], "B3"),
        ([2, "以上企业均已公示。", "盂县"], "B3"),
        ([2, "钱二二", "盂县"], "organizations"),
    ],
)
def test_what_is_in_doubt_is_asked_about(tmp_path, row, question):
    head, entry = ["序号", "单位名称", "县区"], [1, "甲有限公司", "平定县"]
    assert question in asked(read(tmp_path, [head, entry, row]))


def test_a_name_wrapped_over_lines_and_numbered_is_one_name(tmp_path):
    rows = [["单位\n名称", "县区"], ["1、甲制造\n有限公司", "平定县"], ["2、乙公司", "盂县"]]
    assert names(read(tmp_path, rows)) == ["甲制造有限公司", "乙公司"]


def test_numeric_codes_and_formulas_without_results_are_asked_about(tmp_path):
    rows = [
        ["单位名称", "统一社会信用代码", "县区"],
        ["甲有限公司", 911403210000000012, "平定县"],
        ["乙有限公司", None, "=A2"],
    ]
    assert {"B2", "C3"} <= set(asked(read(tmp_path, rows)))


def test_two_tables_in_one_sheet_are_chosen_by_rows(tmp_path):
    rows = [
        ["序号", "单位名称", "县区"],
        [1, "甲有限公司", "平定县"],
        [],
        ["序号", "姓名", "类别", "工作单位"],
        [1, "赵一一", "一线工作人员", "乙有限公司"],
    ]
    assert asked(read(tmp_path, rows)) == ["rows"]
    assert names(read(tmp_path, rows, {"rows": "2"})) == ["甲有限公司"]
    assert names(read(tmp_path, rows, {"rows": "4-5"})) == ["赵一一"]
    assert names(read(tmp_path, rows, {"rows": "全部"})) == ["甲有限公司", "赵一一"]


def test_further_sheets_are_asked_about(tmp_path):
    def more(book):
        sheet = book.create_sheet("旧名单")
        sheet.append(["单位名称", "县区"])
        sheet.append(["乙有限公司", "盂县"])
        book.create_sheet("空的")

    rows = [["单位名称", "县区"], ["甲有限公司", "平定县"]]
    assert asked(read(tmp_path, rows, change=more)) == ["sheet"]
    assert names(read(tmp_path, rows, {"sheet": "Sheet"}, change=more)) == ["甲有限公司"]


def test_an_unknown_heading_is_asked_about_and_answered(tmp_path):
    rows = [["序号", "单位名称", "甲方评语"], [1, "甲有限公司", "好"]]
    (question,) = read(tmp_path, rows).questions
    assert "甲方评语" in question.text
    assert question.place == "Sheet!C列"
    assert names(read(tmp_path, rows, {"column:甲方评语": "略去"})) == ["甲有限公司"]


def test_a_table_without_known_headings_is_asked_about(tmp_path):
    rows = [["主体", "所属"], ["甲有限公司", "平定县"]]
    assert asked(read(tmp_path, rows)) == ["header"]
    said = {"header": "1", "name-column": "主体", "column:所属": "县区", "category": "组织"}
    (entry,) = entries(read(tmp_path, rows, said))
    assert (entry.name, entry.county) == ("甲有限公司", "平定县")


def test_a_row_above_the_headings_that_is_no_title_is_asked_about(tmp_path):
    rows = [["甲有限公司", "平定县"], ["单位名称", "县区"], ["乙有限公司", "盂县"]]
    assert asked(read(tmp_path, rows)) == ["1"]


def test_unit_and_position_in_one_cell_are_parted_or_asked_about(tmp_path):
    rows = [["姓名", "类别", "单位及职务"], ["赵一一", "专家学者", "甲研究所所长"]]
    (question,) = read(tmp_path, rows).questions
    assert "甲研究所|所长" in [choice.value for choice in question.choices]
    (entry,) = entries(read(tmp_path, rows, {"C2": "甲研究所|所长"}))
    assert (entry.employer, entry.position) == ("甲研究所", "所长")


def test_an_answer_that_nothing_asked_for_is_told(tmp_path):
    reading = read(tmp_path, [["单位名称"], ["甲有限公司"]], {"99": "略去"})
    assert any("99" in str(told) for told in reading.told)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_of_any_encoding(tmp_path, encoding, separator):
    path = tmp_path / "list.csv"
    rows = [["单位名称", "统一社会信用代码", "备注"], ["甲制造有限公司", "９１１４", "首次 申报"]]
    text = "".join(separator.join(row) + "\r\n" for row in rows)
    path.write_bytes(text.encode(encoding))
    reading = import_list(path, SITE, terms=TERMS)
    (entry,) = entries(reading)
    assert (entry.name, entry.credit_code, entry.remark) == ("甲制造有限公司", "9114", "首次 申报")
    assert reading.data.startswith("\ufeff".encode())


def test_names_of_foreign_words_keep_their_spaces(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("单位名称\nABB Power Grids 有限公司\n", encoding="utf-8")
    assert names(import_list(path, SITE, terms=TERMS)) == ["ABB Power Grids有限公司"]


def test_a_strict_workbook_is_read_like_any(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["单位名称", "县区"], ["甲有限公司", "平定县"]])
    strict = tmp_path / "strict.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(strict, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            for old, new in (
                (
                    b"schemas.openxmlformats.org/spreadsheetml/2006",
                    b"purl.oclc.org/ooxml/spreadsheetml",
                ),
                (
                    b"schemas.openxmlformats.org/officeDocument/2006",
                    b"purl.oclc.org/ooxml/officeDocument",
                ),
            ):
                data = data.replace(old, new)
            made.writestr(name, data)
    assert names(import_list(strict, SITE, terms=TERMS)) == ["甲有限公司"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"not a workbook", "另存为"),
        ("a.csv", b"\xff\xff\xff", "编码"),
        ("a.csv", '单位名称,县区\n"甲有限公司,平定县\n'.encode(), "引号"),
        ("a.csv", b"", "空的"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 工作簿"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为"),
        ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "WPS"),
        ("a.csv", b"<html><table><tr><td>1</td></tr></table></html>", "另存为"),
        ("a.doc", b"", "docx"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(tmp_path, name, data, words):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RequestError, match=words):
        import_list(path, SITE, terms=TERMS)


def altered(path, part, change):
    """A workbook with one part changed."""
    with zipfile.ZipFile(path) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b"<row/>" * 12_000_000),
        lambda xml: LAUGHS + xml,
        lambda xml: b"<!--" + b" " * 9999 + b"-->" + LAUGHS + xml,
        lambda xml: b'<?xml version="1.0" encoding="cp037"?>' + xml,
        lambda xml: xml.decode().encode("utf-16"),
        lambda xml: xml[: len(xml) // 2],
        lambda xml: xml.replace(b'r="A2"', b'r="A1000000"').replace(
            b'<row r="2"', b'<row r="1000000"'
        ),
    ],
    ids=["bomb", "entities", "late entities", "encoding", "utf-16", "cut", "far row"],
)
def test_hostile_workbooks_are_refused_in_words(tmp_path, change):
    path = workbook(tmp_path / "a.xlsx", [["单位名称", "县区"], ["甲有限公司", "平定县"]])
    with pytest.raises(RequestError, match=r"a\.xlsx"):
        import_list(altered(path, SHEET, change), SITE, terms=TERMS)


def test_ten_thousand_rows_are_imported_whole(tmp_path):
    rows = [["序号", "单位名称"]]
    rows += [[n, f"第{n}号有限公司"] for n in range(1, 10_001)]
    rows += [["合计", "10000家"]]
    found = names(read(tmp_path, rows))
    assert len(found) == 10_000
    assert found[-1] == "第10000号有限公司"


def test_a_gbk_save_of_the_list_by_a_spreadsheet_is_imported_again(tmp_path):
    reading = read(tmp_path, [["单位名称", "县区"], ["甲有限公司", "平定县"]])
    path = tmp_path / "list.csv"
    path.write_bytes(reading.data.decode("utf-8-sig").encode("gb18030"))
    assert names(import_list(path, SITE, terms=TERMS)) == ["甲有限公司"]
