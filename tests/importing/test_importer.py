"""Importing offices' spreadsheets: real .xlsx and CSV files in, a clean list and a report out."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.content.files.fault_collector import Faults
from portal.content.notice.list_reader import read_entries, read_table
from portal.domain.awards import Category, Grade
from portal.domain.identifiers import credit_check
from portal.domain.notice import Entry
from portal.domain.places import County, Site
from portal.errors import RequestError
from portal.importing.importer import import_list

SITE = Site(
    name="",
    description="",
    host="",
    base_url="",
    keywords=(),
    counties={
        "pingding": County("pingding", "平定县"),
        "yuxian": County("yuxian", "盂县", lookalikes=("孟县",)),
    },
    offices={},
    office="",
)
CODE = "91140321MA0000001"
CODE += credit_check(CODE)


def entries(imported):
    faults = Faults("list.csv")
    table = read_table(imported.data, faults)
    found = read_entries(table, faults)
    assert faults.issues == []
    return found


def workbook(path, rows, merge=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    book.save(path)
    return path


def test_a_city_offices_workbook(tmp_path):
    path = workbook(
        tmp_path / "名单.xlsx",
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
    imported = import_list(path, SITE)
    first, second = entries(imported)
    assert first == Entry(
        "甲制造有限公司", Category.ORGANIZATION, Grade.AWARD, "999", "平定县", line=2
    )
    assert second.name == "乙食品有限公司"
    assert second.grade is Grade.NOMINATION
    assert (second.county, second.credit_code) == ("盂县", CODE)
    told = [str(change) for change in imported.changes]
    assert "[Sheet] 第6行：略去不是条目的一行“合计：2家”" in told
    assert "[Sheet] 第4行“统一社会信用代码”：请核对：统一社会信用代码应为18位，“999”为3位" in told
    assert "[Sheet] 第5行“县区”：“孟县”改为“盂县”" in told
    assert "[Sheet] 第5行“名称”：“乙　食品有限公司”改为“乙食品有限公司”" in told


def test_a_list_of_people_with_subtitles_and_merged_counties(tmp_path):
    path = workbook(
        tmp_path / "个人.xlsx",
        [
            ["附件2"],
            ["姓名", "所在单位", "职务/职称", "县（区）"],
            ["一、专家学者（2名）", None, None, None],
            ["田　华", "甲研究所", "研究员", "平定县"],
            ["巴依卡·凯力迪别克", "乙大学", "教授", None],
            ["二、一线工作人员（1名）", None, None, None],
            ["赵 六", "丙厂", "班长", "盂县"],
        ],
        merge=["D4:D5"],
    )
    found = entries(import_list(path, SITE))
    assert [(e.name, e.category, e.employer, e.county) for e in found] == [
        ("田华", Category.EXPERT, "甲研究所", "平定县"),
        ("巴依卡·凯力迪别克", Category.EXPERT, "乙大学", "平定县"),
        ("赵六", Category.FRONTLINE, "丙厂", "盂县"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_of_any_encoding(tmp_path, encoding):
    path = tmp_path / "list.csv"
    text = "单位名称,统一社会信用代码,备注\r\n甲制造有限公司,９１１４,首次 申报\r\n"
    path.write_bytes(text.encode(encoding))
    imported = import_list(path, SITE)
    (entry,) = entries(imported)
    assert (entry.name, entry.credit_code, entry.remark) == ("甲制造有限公司", "9114", "首次 申报")
    told = "".join(str(change) for change in imported.changes)
    assert ("GBK" in told, "BOM" in told) == (encoding == "gb18030", encoding == "utf-8-sig")


def test_names_of_foreign_words_keep_their_spaces(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("名称\nABB Power Grids 有限公司\n", encoding="utf-8")
    assert entries(import_list(path, SITE))[0].name == "ABB Power Grids有限公司"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"not a workbook"),
        ("a.csv", "电话,地址\n1,2\n".encode()),
        ("a.csv", b"\xff\xff\xff"),
        ("a.doc", b""),
    ],
)
def test_what_is_no_list_is_refused(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RequestError):
        import_list(path, SITE)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)


@given(st.lists(st.tuples(cells, cells), max_size=6))
def test_no_named_row_is_lost(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("import") / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("名称", "备注"), *rows])
    imported = import_list(path, SITE)
    told = {change.row for change in imported.changes}
    kept = list(csv.reader(io.StringIO(imported.data.decode())))[1:]
    named = [n for n, row in enumerate(rows, 2) if row[0].strip()]
    assert len(kept) == imported.entries
    assert imported.entries >= len(named) - len(told)
