"""Text from Word: every visible word arrives, in order; what does not is told."""

import html
import io
import re
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.confined.frames import named
from portal.content.files.word_numbering import chinese
from portal.content.files.word_texts import plain_word
from portal.content.text.markdown import to_html
from portal.editorial.word_text import _of_plain, text_from_word
from portal.errors import RequestError

WORDS = st.text("甲乙丙1.*_#>-|[]<&一、（二） ", min_size=1, max_size=12)


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraph(document, xml):
    """A paragraph of raw WordprocessingML."""
    element = parse_xml(f"<w:p {nsdecls('w', 'r', 'wp', 'a', 'pic')}>{xml}</w:p>")
    document.element.body.insert_element_before(element, "w:sectPr")


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def read(document):
    return text_from_word(saved(document), "通知.docx")


def letters(text):
    return re.sub(r"\s", "", text)


def shown(markdown):
    return letters(html.unescape(re.sub(r"<[^>]+>", "", to_html(markdown))))


@settings(max_examples=40)
@given(st.lists(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=4), max_size=5))
def test_every_word_arrives_in_its_order_and_means_itself(paragraphs):
    document = docx.Document()
    for runs in paragraphs:
        one = document.add_paragraph()
        for text, bold in runs:
            one.add_run(text).bold = bold
    # The task itself, without the process around it, which is tested below.
    found = _of_plain(plain_word(named("a.docx", saved(document))))
    assert shown(found.markdown) == letters("".join(t for runs in paragraphs for t, _ in runs))
    assert found.told == ()


def test_headings_bold_and_tables_are_marked():
    document = docx.Document()
    document.add_heading("奖项设置", level=1)
    one = document.add_paragraph("设")
    one.add_run("质量奖").bold = True
    one.add_run("3个。")
    table = document.add_table(rows=2, cols=2)
    for number, text in enumerate(("奖项", "名额", "质量|奖", "3")):
        table.cell(number // 2, number % 2).text = text
    assert read(document).markdown == (
        "## 奖项设置\n\n设**质量奖**3个。\n\n| 奖项 | 名额 |\n| --- | --- |\n| 质量\\|奖 | 3 |\n"
    )


def test_line_breaks_begin_paragraphs_and_tabs_are_blanks():
    document = docx.Document()
    document.add_paragraph("甲\n乙\t丙")
    assert read(document).markdown == "甲\n\n乙 丙\n"


LEVELS = (
    ("chineseCountingThousand", "%1、"),
    ("decimal", "%1.%2"),
    ("bullet", "x"),
    ("hebrew1", "%4"),
)
NUMBERING = "".join(
    f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
    f'<w:lvlText w:val="{text}"/></w:lvl>'
    for number, (form, text) in enumerate(LEVELS)
)


def numbered(document, *levels):
    root = document.part.numbering_part.element
    lists = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{NUMBERING}</w:abstractNum>'
    root.insert(0, parse_xml(lists))
    root.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/></w:num>')
    )
    for level in levels:
        number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="78"/></w:numPr>'
        paragraph(document, f"<w:pPr>{number}</w:pPr>{run('项')}")


def test_automatic_numbers_become_what_word_shows():
    document = docx.Document()
    numbered(document, 0, 1, 1, 0, 1)
    assert read(document).markdown.split() == ["一、项", "一.1项", "一.2项", "二、项", "二.1项"]


def test_signs_of_lists_become_lists_and_strange_numbers_are_told():
    document = docx.Document()
    numbered(document, 2, 2, 3)
    found = read(document)
    assert found.markdown == "- 项\n- 项\n\n1项\n"
    assert found.told == ("自动编号“1”的样式没有认出，请核对",)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (103, "一百零三")]
)
def test_chinese_numbers(number, said):
    assert chinese(number) == said


PICTURE = "<w:r><w:drawing><wp:inline/></w:drawing></w:r>"
BOX = (
    '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
    f"<w:p>{run('框里的字')}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
DELETED = '<w:del w:id="1" w:author="甲"><w:r><w:delText>旧日期</w:delText></w:r></w:del>'
INSERTED = f'<w:ins w:id="2" w:author="甲">{run("新日期")}</w:ins>'
HIDDEN = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏着的</w:t></w:r>"
RAISED = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'


@pytest.mark.parametrize(
    ("xml", "markdown", "told"),
    [
        (PICTURE, "", "有图片，没有带入"),
        (BOX, "", "文本框里的“框里的字”没有带入"),
        (DELETED, "", "删去的“旧日期”没有带入"),
        (INSERTED, "新日期\n", "插入的“新日期”已带入"),
        (HIDDEN, "", "隐藏的文字“藏着的”没有带入"),
        (RAISED, "2\n", "“2”的上标、下标没有带入"),
        ('<w:r><w:footnoteReference w:id="2"/></w:r>', "", "有脚注，没有带入"),
        ('<w:r><w:commentReference w:id="2"/></w:r>', "", "有批注，没有带入"),
        (f'<w:hyperlink r:id="rId9">{run("这里")}</w:hyperlink>', "这里\n", "没有带入地址"),
        (f"<w:strange>{run('新东西')}</w:strange>", "", "一处内容里的“新东西”没有带入"),
        (f"<w:smartTag>{run('平定县')}</w:smartTag>", "平定县\n", ""),
        (f"<w:sdt><w:sdtContent>{run('甲')}</w:sdtContent></w:sdt>", "甲\n", ""),
    ],
)
def test_what_is_not_carried_over_is_told(xml, markdown, told):
    document = docx.Document()
    paragraph(document, xml)
    found = read(document)
    assert found.markdown == markdown
    assert told in " ".join(found.told)
    assert bool(told) == bool(found.told)


def test_merged_cells_and_headers_are_told():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合计"
    assert set(read(document).told) == {
        "表格有合并的单元格，已分开，请核对",
        "页眉“内部资料”没有带入",
    }


def packed(document):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", document)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"\xd0\xcf\x11\xe0rest", "a.doc", "旧格式"),
        (b"plain", "a.docx", "打不开"),
        (packed("<w:document"), "a.docx", "已损坏"),
        (packed('<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "a.docx", "请用 Word 或 WPS"),
        (packed("")[:40], "a.docx", "打不开"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(data, name, why):
    with pytest.raises(RequestError, match=why) as caught:
        text_from_word(data, name)
    assert "另存为 .docx" in str(caught.value)


def test_nesting_without_end_is_no_way_around():
    inner = run("深处")
    for _ in range(200):
        inner = f"<w:smartTag>{inner}</w:smartTag>"
    document = docx.Document()
    paragraph(document, inner)
    assert "深处" in " ".join(read(document).told)
