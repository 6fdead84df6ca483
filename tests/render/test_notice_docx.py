"""The Word file of a notice says what its PDF says, in the office's faces, and opens elsewhere."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date

import docx
import pypdf
import pytest
from docx.oxml.ns import qn

from portal.render.notice.notice_docx import notice_docx
from portal.render.notice.notice_pdf import notice_pdf
from tests.render.pictures import text_of

MM = 36000  # English metric units


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def opened(listed, round_):
    return docx.Document(io.BytesIO(notice_docx(listed, round_)))


def texts(document) -> str:
    body = "".join(part.text or "" for part in document.element.body.iter(qn("w:t")))
    return squeezed(body)


def test_it_says_what_the_pdf_says(round_, tmp_path):
    for listed in round_.notices:
        word = texts(opened(listed, round_))
        pdf = squeezed(text_of(notice_pdf(listed, round_), tmp_path))
        pdf = re.sub(r"—\d+—|【演示数据，纯属虚构】", "", pdf)
        # Cells of a row are read in another order, and the reader joins words parted by a hyphen.
        for char in set(word) - {"-"}:
            assert pdf.count(char) >= word.count(char)


def test_page_and_grid_are_the_standard_s(round_):
    document = opened(round_.by_slug["demo-1-city"], round_)
    section = document.sections[0]
    assert section.left_margin / MM == pytest.approx(28, abs=0.1)
    assert section.right_margin / MM == pytest.approx(26, abs=0.1)
    assert section.top_margin / MM == pytest.approx(37, abs=0.1)
    assert section.bottom_margin / MM == pytest.approx(35, abs=0.1)
    body = next(p for p in document.paragraphs if "获奖建议名单向社会公示" in p.text)
    assert body.paragraph_format.line_spacing.pt * 22 == pytest.approx(225 * 72 / 25.4, abs=2)
    indent = body._p.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"


def test_every_run_names_its_chinese_face(round_):
    document = opened(round_.by_slug["demo-1-city"], round_)
    faces = set()
    for run in document.element.body.iter(qn("w:r")):
        if any(text.text for text in run.iter(qn("w:t"))):
            faces.add(run.find(qn("w:rPr")).find(qn("w:rFonts")).get(qn("w:eastAsia")))
    assert faces <= {"仿宋", "黑体", "楷体", "宋体", "方正小标宋简体"}
    assert {"仿宋", "方正小标宋简体"} <= faces


def test_headings_are_headings(notice, round_):
    document = opened(notice(body="## 一、甲\n\n### （一）乙\n\n正文。"), round_)
    styles = {p.text: p.style.name for p in document.paragraphs}
    assert styles["一、甲"] == "Heading 1"
    assert styles["（一）乙"] == "Heading 2"


def test_page_numbers_are_fields_on_the_outer_side(round_):
    section = opened(round_.by_slug["demo-1-city"], round_).sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        line = footer.paragraphs[0]
        assert "PAGE" in "".join(t.text for t in line._p.iter(qn("w:instrText")))
        assert line._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side


def test_list_is_a_table_whose_head_repeats(round_):
    listed = round_.by_slug["demo-1-city"]
    # One table of the organizations and one of the persons, then the foot.
    *tables, _ = opened(listed, round_).tables
    assert len(tables) == 2
    named = []
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        column = [cell.text for cell in table.rows[0].cells].index("名称")
        named += [(row.cells[0].text, row.cells[column].text) for row in table.rows[1:]]
    assert named == [(str(n), e.name) for n, e in enumerate(listed.entries, start=1)]


def test_a_demonstration_is_marked_on_every_page(round_):
    section = opened(round_.by_slug["demo-1-city"], round_).sections[0]
    assert "虚构" in section.header.paragraphs[0].text
    assert "虚构" in section.even_page_header.paragraphs[0].text


def test_the_file_carries_no_clock_and_no_person(round_):
    listed = round_.by_slug["demo-1-city"]
    content = notice_docx(listed, round_)
    assert content == notice_docx(listed, round_)
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert properties.modified.date() == listed.updated.date()
    assert properties.author == "阳泉市标准化和质量强市领导小组办公室"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is an optional check")
def test_libreoffice_reads_all_of_it(notice, round_, tmp_path):
    listed = notice(number="阳质强办〔2026〕3号", issued=date(2026, 9, 9))
    (tmp_path / "notice.docx").write_bytes(notice_docx(listed, round_))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "notice.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    reader = pypdf.PdfReader(tmp_path / "notice.pdf")
    converted = squeezed("".join(page.extract_text() for page in reader.pages))
    word = texts(opened(listed, round_))
    assert all(converted.count(char) >= word.count(char) for char in set(word))
