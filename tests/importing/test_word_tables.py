"""Lists in Word tables: read like a sheet, or asked, or refused by their place; never guessed."""

import csv
import re
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import RequestError
from portal.importing.importer import import_list
from tests.importing.reading import SITE
from tests.thirdaward import TERMS

HEADINGS = ("序号", "类别", "名称", "县区", "工作单位")
ROWS = [
    ("1", "组织", "甲制造有限公司", "平定县", ""),
    ("2", "组织", "乙学校", "平定县", ""),
    ("3", "专家学者", "赵六", "平定县", "甲研究所"),
]


def read(path, answers=None):
    return import_list(path, SITE, answers, terms=TERMS)


def written(path, *tables, before=()):
    """A document with tables of texts, each with a line above it."""
    document = docx.Document()
    for number, rows in enumerate(tables):
        if number < len(before):
            document.add_paragraph(before[number])
        table = document.add_table(len(rows), max(map(len, rows)))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(at, column).text = text
    document.save(path)
    return document


def names(reading):
    return [entry["名称"] for entry in reading.entries]


def test_a_table_is_read_with_its_texts_told(tmp_path):
    path = tmp_path / "名单.docx"
    written(path, [HEADINGS, *ROWS], before=("平定县推荐名单",))
    reading = read(path)
    assert names(reading) == ["甲制造有限公司", "乙学校", "赵六"]
    assert reading.entries[2]["工作单位"] == "甲研究所"
    assert reading.questions == ()


def test_what_stands_beside_the_table_is_told(tmp_path):
    path = tmp_path / "名单.docx"
    document = written(path, [HEADINGS, *ROWS], before=("各单位：现将名单报上，请予审核，" * 3,))
    document.add_paragraph("填表人：王某")
    document.save(path)
    told = [str(one) for one in read(path).told]
    assert [text for text in told if "各单位" in text]
    assert "略去表格以外的文字“填表人：王某”" in told


def test_merged_cells_hold_for_their_rows_and_headings_go_over_two(tmp_path):
    path = tmp_path / "名单.docx"
    rows = [
        ("序号", "类别", "推荐对象", "", "工作单位"),
        ("", "", "名称", "县区", ""),
        ("1", "组织", "甲厂", "平定县", ""),
        ("2", "", "乙厂", "平定县", ""),
        ("3", "专家学者", "赵六", "平定县", "甲研究所"),
    ]
    document = written(path, rows)
    table = document.tables[0]
    for column in (0, 1, 4):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(2, 1).merge(table.cell(3, 1))
    document.save(path)
    reading = read(path)
    assert [(e["名称"], e["类别"]) for e in reading.entries] == [
        ("甲厂", "组织"),
        ("乙厂", "组织"),
        ("赵六", "专家学者"),
    ]
    assert reading.questions == ()


def test_of_several_tables_it_is_asked_which(tmp_path):
    path = tmp_path / "名单.docx"
    titles = ("一、组织", "二、个人")
    written(path, [HEADINGS, *ROWS[:2]], [HEADINGS, ROWS[2]], before=titles)
    (question,) = read(path).questions
    assert [choice.value for choice in question.choices] == [
        "表格1：一、组织",
        "表格2：二、个人",
        "全部",
    ]
    assert names(read(path, {"sheet": "全部"})) == [row[2] for row in ROWS]
    assert names(read(path, {"sheet": "表格2：二、个人"})) == ["赵六"]


def test_a_struck_row_is_asked_of(tmp_path):
    path = tmp_path / "名单.docx"
    document = written(path, [HEADINGS, *ROWS])
    for cell in document.tables[0].rows[2].cells:
        for run in cell.paragraphs[0].runs:
            run.font.strike = True
    document.save(path)
    assert [question.id for question in read(path).questions] == ["表格1!struck"]


W = nsdecls("w")
RUN = "<w:r><w:t>丙厂</w:t></w:r>"
HARMED = {
    "修订痕迹": f"<w:ins {W} w:id='1' w:author='a'>{RUN}</w:ins>",
    "修订": f"<w:del {W} w:id='1' w:author='a'><w:r><w:delText>丙</w:delText></w:r></w:del>",
    "修订痕迹：": f"<w:moveTo {W} w:id='1' w:author='a'>{RUN}</w:moveTo>",
    "隐藏文字": f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>丙厂</w:t></w:r>",
}


@pytest.mark.parametrize("words", HARMED)
def test_what_a_reader_may_not_see_is_refused_by_its_place(tmp_path, words):
    path = tmp_path / "名单.docx"
    document = written(path, [HEADINGS, *ROWS])
    document.tables[0].cell(2, 2).paragraphs[0]._p.append(parse_xml(HARMED[words]))
    document.save(path)
    with pytest.raises(RequestError, match=f"表格1的C3有{words}"):
        read(path)


def test_a_row_that_was_added_as_a_change_is_refused(tmp_path):
    path = tmp_path / "名单.docx"
    document = written(path, [HEADINGS, *ROWS])
    properties = document.tables[0].rows[2]._tr.get_or_add_trPr()
    properties.append(parse_xml(f"<w:ins {W} w:id='1' w:author='a'/>"))
    document.save(path)
    with pytest.raises(RequestError, match="表格1第3行有修订痕迹"):
        read(path)


def test_text_hidden_by_its_style_is_refused(tmp_path):
    path = tmp_path / "名单.docx"
    document = written(path, [HEADINGS, *ROWS])
    style = document.styles.add_style("Unseen", 2)
    style.font.hidden = True
    document.tables[0].cell(2, 2).paragraphs[0].runs[0].style = style
    document.save(path)
    with pytest.raises(RequestError, match="表格1的C3有隐藏文字"):
        read(path)


def test_a_table_in_a_table_is_refused(tmp_path):
    path = tmp_path / "名单.docx"
    document = written(path, [HEADINGS, *ROWS])
    document.tables[0].cell(2, 2).add_table(1, 1)
    document.save(path)
    with pytest.raises(RequestError, match="表格1的C3里还有表格"):
        read(path)


def test_what_is_no_document_or_has_no_table_says_what_to_do(tmp_path):
    path = tmp_path / "名单.docx"
    docx.Document().save(path)
    with pytest.raises(RequestError, match="没有表格"):
        read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(RequestError, match=r"不是 Word 文档.*另存为 \.docx"):
        read(path)
    path.write_bytes(b"PK\x03\x04" + bytes(40))
    with pytest.raises(RequestError, match="打不开"):
        read(path)
    old = tmp_path / "名单.doc"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(RequestError, match=r"另存为 \.docx"):
        read(old)


CELL = st.sampled_from(
    ["组织", "甲厂", "乙学校", "赵六", "1", "2", "合计", "", "平定县", "甲研究所"]
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(*[CELL] * 5), min_size=1, max_size=6))
def test_a_word_table_gives_what_the_same_text_gives(tmp_path, rows):
    word, text = tmp_path / "名单.docx", tmp_path / "名单.csv"
    written(word, [HEADINGS, *rows])
    with text.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    found = []
    for path in (word, text):
        try:
            reading = read(path)
        except RequestError as error:
            found.append(re.sub(r"名单\.\w+", "", str(error)))
        else:
            asked = [q.id.rpartition("!")[2] for q in reading.questions]
            found.append((reading.entries, asked))
    assert found[0] == found[1]
