"""The list as CSV, XLSX and JSON is the list, whatever a spreadsheet would like to make of it."""

import csv
import io
import json

import openpyxl
import pytest

from portal.render.notice.list_data import list_csv, list_json, list_xlsx
from tests.render.conftest import firm, person

CODE = "911403000000000012"


def _csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _sheet_rows(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(cell.data_type in {"s", "n"} for row in sheet.iter_rows() for cell in row)
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def test_csv_opens_in_excel_as_utf8_with_every_column_that_is_used(notice, round_):
    content = list_csv(notice(entries=(firm("甲公司", credit_code=CODE), person("赵六"))), round_)
    assert content.startswith(b"\xef\xbb\xbf")
    assert _csv_rows(content) == [
        ["奖项", "类别", "名称", "统一社会信用代码"],
        ["质量奖", "组织", "甲公司", f"\t{CODE}"],
        ["提名奖", "专家学者", "赵六", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@SUM(A1)", "=HYPERLINK(1)", "|cmd", "\t=1"])
def test_no_cell_becomes_a_formula(notice, round_, text):
    listed = notice(entries=(firm("甲公司", remark=text),))
    assert _csv_rows(list_csv(listed, round_))[1][-1] == f"'{text}"
    assert _sheet_rows(list_xlsx(listed, round_))[1][-1] == text


@pytest.mark.parametrize("text", [CODE, "0353", "91140300000000012", "9E12", "1-2", "3/4"])
def test_codes_stay_text(notice, round_, text):
    listed = notice(entries=(firm("甲公司", remark=text),))
    cell = _csv_rows(list_csv(listed, round_))[1][-1]
    assert cell == f"\t{text}"
    assert cell.strip() == text
    assert _sheet_rows(list_xlsx(listed, round_))[1][-1] == text


def test_all_three_say_the_same(round_):
    listed = round_.by_slug["demo-1-decision"]
    header, *rows = _csv_rows(list_csv(listed, round_))
    names = [row[header.index("名称")] for row in rows]
    document = json.loads(list_json(listed, round_))
    assert names == [entry.name for entry in listed.entries]
    assert names == [
        row[header.index("名称")] for row in _sheet_rows(list_xlsx(listed, round_))[1:]
    ]
    assert names == [entry["名称"] for entry in document["entries"]]
    assert document["sha256"] == listed.digest
    assert document["url"].endswith("/notices/demo-1-decision/")


def test_each_row_and_file_of_a_demonstration_says_so(round_):
    listed = round_.by_slug["demo-1-city"]
    assert all("演示数据" in row[-1] for row in _csv_rows(list_csv(listed, round_))[1:])
    assert json.loads(list_json(listed, round_))["demonstration"] is True
    about = openpyxl.load_workbook(io.BytesIO(list_xlsx(listed, round_)))["说明"]
    assert "虚构" in about["B1"].value


@pytest.mark.parametrize("render", [list_csv, list_json, list_xlsx])
def test_the_same_list_gives_the_same_bytes(round_, render):
    listed = round_.by_slug["demo-1-city"]
    assert render(listed, round_) == render(listed, round_)
