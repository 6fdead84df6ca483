"""Rows that may be no entries are asked about: not seen, commented on, said to be out, repeated."""

import zipfile

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from portal.domain.identifiers import credit_check
from portal.domain.own_words import may_say_out, says_out
from portal.importing.importer import import_list
from tests.importing.reading import SITE, asked, entries, names, read, workbook
from tests.thirdaward import TERMS

HEADER = ["序号", "单位名称", "统一社会信用代码", "县区", "备注"]
FIRST = [1, "甲制造有限公司", None, "平定县", None]
SECOND = [2, "乙食品有限公司", None, "盂县", None]
CODE = "91140321MA0000001"
CODE += credit_check(CODE)
SHEET = "xl/worksheets/sheet1.xml"


def resized(path, old, new):
    """A workbook with a piece of its sheet written otherwise."""
    with zipfile.ZipFile(path) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    assert old in parts[SHEET]
    parts[SHEET] = parts[SHEET].replace(old, new)
    with zipfile.ZipFile(path, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return import_list(path, SITE, terms=TERMS)


@pytest.mark.parametrize("height", ["0", "0.0", "0.00", "0.25"])
def test_rows_without_height_are_hidden(tmp_path, height):
    path = workbook(tmp_path / "a.xlsx", [HEADER, FIRST, SECOND])
    row = f'<row r="3" ht="{height}" customHeight="1"'.encode()
    assert "hidden" in asked(resized(path, b'<row r="3"', row))


@pytest.mark.parametrize("width", ["0", "0.0", "0.1"])
def test_columns_without_width_are_hidden(tmp_path, width):
    path = workbook(tmp_path / "a.xlsx", [HEADER, FIRST, SECOND])
    columns = f'<cols><col min="4" max="4" width="{width}" customWidth="1"/></cols><sheetData>'
    reading = resized(path, b"<sheetData>", columns.encode())
    assert asked(reading) == ["hidden-columns"]


def test_white_text_is_asked_about_unless_its_ground_is_coloured(tmp_path):
    def white(fill):
        def change(book):
            cell = book.active["B3"]
            cell.font = Font(color="FFFFFFFF")
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)

        return change

    rows = [HEADER, FIRST, SECOND]
    for fill, questions in ((None, ["B3"]), ("FFFFFFFF", ["B3"]), ("FF004488", [])):
        assert asked(read(tmp_path, rows, change=white(fill))) == questions
    kept = read(tmp_path, rows, {"B3": SECOND[1]}, change=white(None))
    assert names(kept) == [FIRST[1], SECOND[1]]


@pytest.mark.parametrize("cell", ["B3", "D3", "F3"])
def test_a_comment_on_a_row_is_asked_about_with_its_text(tmp_path, cell):
    def change(book):
        book.active[cell].comment = Comment("此单位已退出", "办公室")
        book.active["B1"].comment = Comment("按笔画", "办公室")

    reading = read(tmp_path, [HEADER, FIRST, SECOND], change=change)
    assert asked(reading) == ["3"]
    assert "此单位已退出" in reading.questions[0].text
    assert any("按笔画" in str(told) for told in reading.told)
    rows = [HEADER, FIRST, SECOND]
    assert names(read(tmp_path, rows, {"3": "条目"}, change=change)) == [FIRST[1], SECOND[1]]
    assert names(read(tmp_path, rows, {"3": "略去"}, change=change)) == [FIRST[1]]


def test_a_comment_of_a_thread_is_shown_without_what_excel_writes_before_it(tmp_path):
    before = "[线程批注]\n\n你的Excel版本可读取此线程批注；但编辑后会被删除。\n\n注释:\n    "

    def change(book):
        book.active["B3"].comment = Comment(before + "此单位已退出", "办公室")

    (question,) = read(tmp_path, [HEADER, FIRST, SECOND], change=change).questions
    assert "写着“此单位已退出”" in question.text


def test_long_cells_cost_no_more_than_their_length():
    for text in ("已推荐" * 10_000, "已，" * 15_000, "（" * 30_000):
        assert not says_out(text)
        assert not may_say_out(text)


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("乙食品有限公司（已退出）", None),
        ("乙食品有限公司【主动放弃评选】", None),
        ("乙食品有限公司", "不予推荐"),
        ("乙食品有限公司", "已撤回。"),
        ("乙食品有限公司", "因环保处罚，取消资格"),
        ("乙食品有限公司", "首次申报（自愿退出）"),
    ],
)
def test_an_entry_that_says_itself_it_is_out_is_asked_about(tmp_path, name, remark):
    second = [2, name, None, "盂县", remark]
    reading = read(tmp_path, [HEADER, FIRST, second])
    assert asked(reading)[0] == "3"
    assert names(read(tmp_path, [HEADER, FIRST, second], {"3": "略去"})) == [FIRST[1]]


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("上海退出科技有限公司", None),
        ("乙食品（取消）有限公司", "取消了的旧址"),
        ("乙食品有限公司", "退出贫困县后新办"),
        ("乙（原放弃路厂）有限公司", "首次申报"),
    ],
)
def test_such_words_inside_others_are_nothing(tmp_path, name, remark):
    reading = read(tmp_path, [HEADER, FIRST, [2, name, None, "盂县", remark]])
    assert asked(reading) == (["3"] if "（取消）" in name else [])


@pytest.mark.parametrize("heading", ["推荐意见", "是否推荐", "审核意见", "县区意见", "评审结果"])
@pytest.mark.parametrize(
    "words", [("同意", "不同意"), ("是", "否"), ("√", "×"), ("同意推荐", "暂缓")]
)
def test_opinions_against_an_entry_are_asked_about(tmp_path, heading, words):
    rows = [[*HEADER[:4], heading], [*FIRST[:4], words[0]], [*SECOND[:4], words[1]]]
    reading = read(tmp_path, rows)
    assert asked(reading) == ["3"]
    assert words[1] in reading.questions[0].text
    assert names(read(tmp_path, rows, {"3": "略去"})) == [FIRST[1]]


def test_opinions_that_differ_otherwise_are_asked_about_and_long_ones_told(tmp_path):
    def of(one, two):
        rows = [[*HEADER[:4], "推荐意见"], [*FIRST[:4], one], [*SECOND[:4], two]]
        return read(tmp_path, rows)

    assert asked(of("优先", "其次")) == ["opinionE"]
    assert asked(of("同意", None)) == ["opinionE"]
    assert asked(of("同意", "同意")) == []
    long = of("该企业管理规范，同意推荐", "该企业质量稳定，同意推荐")
    assert asked(long) == []
    assert any("各行不同" in str(told) for told in long.told)


@pytest.mark.parametrize(
    "second",
    [
        FIRST,
        [2, "甲制造有限公司", None, "盂县", None],
        [2, "甲（山西）有限公司", None, "盂县", None],
        [2, "别的有限公司", CODE, "盂县", None],
    ],
)
def test_what_the_lint_will_refuse_as_the_same_is_told_with_its_rows(tmp_path, second):
    first = [1, second[1].replace("（", "(").replace("）", ")"), None, "平定县", None]
    if second[2]:
        first = [1, "甲制造有限公司", CODE, "平定县", None]
    reading = read(tmp_path, [HEADER, first, [2, *second[1:]]])
    told = [str(told) for told in reading.told if "请先处理" in str(told)]
    assert len(told) == 1
    assert told[0].startswith("Sheet!第3行")
    assert "第2行" in told[0]


def test_a_letter_typed_for_a_digit_is_told_with_the_right_code(tmp_path):
    wrong = CODE.replace("0", "O").replace("1", "I")
    reading = read(tmp_path, [HEADER, [1, FIRST[1], wrong, "平定县", None]])
    assert any(CODE in str(told) and "Sheet!C2" in str(told) for told in reading.told)


FIRMS = ["甲制造有限公司", "乙铸造有限公司", "丙有限公司"]


@pytest.mark.parametrize("first", ["平定县", "一、平定县（2家）", "（一）平定县：", "平定县(2家)"])
@pytest.mark.parametrize("numbers", [("1", "2", "3"), ("1", "2", "1")])
def test_a_county_s_name_above_its_entries_is_their_county(tmp_path, first, numbers):
    firms = [[number, firm] for number, firm in zip(numbers, FIRMS, strict=True)]
    second = first.replace("平定县", "盂县").replace("2", "1").replace("一", "二")
    rows = [["序号", "名称"], [first, ""], *firms[:2], [second, ""], firms[2]]
    found = entries(read(tmp_path, rows))
    assert [entry.county for entry in found] == ["平定县", "平定县", "盂县"]


def test_a_kind_below_a_county_keeps_it_and_a_cell_that_differs_is_asked_about(tmp_path):
    head, first = ["序号", "名称", "县区"], [1, FIRMS[0], None]
    rows = [head, ["平定县"], ["组织"], first, ["盂县"], [2, FIRMS[1], "平定县"]]
    assert asked(read(tmp_path, rows)) == ["county6"]
    found = entries(read(tmp_path, rows, {"county6": "无误"}))
    assert [entry.county for entry in found] == ["平定县", "平定县"]


@pytest.mark.parametrize(
    ("note", "doubtful"),
    [
        ("备注：乙铸造有限公司已于3月2日退出", True),
        ("注：另推荐丁有限公司", True),
        ("说明：1家已自愿退出", True),
        ("备注：本表一式两份", False),
        ("填表人：王某", False),
    ],
)
def test_a_remark_below_the_list_that_may_change_it_is_asked_about(tmp_path, note, doubtful):
    rows = [["序号", "名称"], ["1", FIRMS[0]], ["2", FIRMS[1]], [note]]
    assert asked(read(tmp_path, rows)) == ["note4"] * doubtful
    assert len(entries(read(tmp_path, rows, {"note4": "无误"}))) == 2
