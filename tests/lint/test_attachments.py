"""Attachments: what they hide and whom they name, in real Word, Excel, PDF and text files."""

import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from portal.domain.personal_numbers import find_identity_numbers
from portal.errors import Severity, Stage
from portal.lint.attachments import READABLE, examine, read_attachment
from tests.lint import faulty
from tests.site.test_earlier_texts import OLD_FILE, REVISED

IDENTITY = "11010519491231002X"
MOBILE = "13800138000"
CASES = Path(__file__).parent / "cases" / "attachments"


def word(path, text="正文。", author="", xml=None):
    """A Word file; `xml` replaces a piece of the document's own XML."""
    document = Document()
    document.add_paragraph(text)
    document.core_properties.author = author
    data = io.BytesIO()
    document.save(data)
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if xml and name == "word/document.xml":
                content = content.replace(*(part.encode() for part in xml))
            new.writestr(name, content)


def excel(path, change=lambda book: None):
    book = openpyxl.Workbook()
    book.active.title = "名单"
    book.active.append(["名称", "备注"])
    book.active.append(["甲公司", ""])
    book.properties.creator = ""
    change(book)
    book.save(path)


def pdf(path, author="", note="", text=""):
    with pikepdf.new() as document:
        page = document.add_blank_page()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = document.make_stream(f"BT /F 12 Tf 9 9 Td ({text}) Tj ET".encode())
        if note:
            note_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Text,
                Rect=[0, 0, 10, 10],
                Contents=pikepdf.String(note),
            )
            page.Annots = pikepdf.Array([document.make_indirect(note_dict)])
        if author:
            document.docinfo["/Author"] = author
        document.save(path)


@pytest.fixture
def codes(site_from):
    """Codes and lines of the issues of one attachment."""

    def found(name, make):
        tree = site_from(faulty.call())
        folder = tree.root / "notices" / "a" / "files"
        folder.mkdir(exist_ok=True)
        make(folder / name)
        return [(i.code, i.line) for i in tree.lint(Stage.DRAFT) if i.path == f"{folder}/{name}"]

    return found


def test_clean_files_pass(codes):
    assert codes("a.docx", word) == []
    assert codes("b.xlsx", excel) == []
    assert codes("c.pdf", pdf) == []
    assert codes("d.txt", lambda path: path.write_text("正文。", encoding="gb18030")) == []


def test_personal_data_is_found_wherever_it_hides(codes):
    def hidden_sheet(book):
        sheet = book.create_sheet("底稿")
        sheet.append(["姓名", "电话"])
        sheet.append(["赵六", int(MOBILE)])
        sheet.sheet_state = "hidden"

    def hidden_column(book):
        book.active["C2"] = IDENTITY
        book.active.column_dimensions["C"].hidden = True

    def comment(book):
        book.active["A2"].comment = Comment(f"电话{MOBILE}", "某人")

    assert codes("a.docx", lambda p: word(p, f"身份证{IDENTITY}")) == [("P001", 1)]
    assert codes("b.xlsx", lambda p: excel(p, hidden_sheet)) == [("P006", 1), ("P002", 2)]
    assert codes("c.xlsx", lambda p: excel(p, hidden_column)) == [("P006", 1), ("P001", 2)]
    assert codes("d.xlsx", lambda p: excel(p, comment)) == [("P006", 1), ("P002", 1)]
    assert codes("e.pdf", lambda p: pdf(p, note=f"电话{MOBILE}")) == [("P006", 1), ("P002", 1)]
    assert codes("g.pdf", lambda p: pdf(p, text=f"ID {IDENTITY}")) == [("P001", 1)]
    assert codes("f.csv", lambda p: p.write_text(f"名称\n{IDENTITY}")) == [("P001", 2)]


def test_names_in_properties_are_told(codes):
    assert codes("a.docx", lambda p: word(p, author="张三")) == [("P008", 1)]
    assert codes("b.pdf", lambda p: pdf(p, author="张三")) == [("P008", 1)]
    named = lambda book: setattr(book.properties, "creator", "张三")  # noqa: E731
    assert codes("c.xlsx", lambda p: excel(p, named)) == [("P008", 1)]


def test_a_picture_tells_where_it_was_taken(codes):
    def picture(path, tags):
        image = Image.new("RGB", (2, 2))
        exif = image.getexif()
        exif.update(tags)
        image.save(path, exif=exif)

    assert codes("a.jpg", lambda p: picture(p, {})) == []
    located = {ExifTags.IFD.GPSInfo: {1: "N", 2: (37.0, 51.0, 0.0)}}
    assert codes("b.jpg", lambda p: picture(p, located)) == [("P006", 1)]
    assert codes("c.png", lambda p: picture(p, {ExifTags.Base.Artist: "张三"})) == [("P008", 1)]
    assert codes("d.jpg", lambda p: p.write_bytes(b"no picture")) == [("P007", 1)]


@pytest.mark.parametrize(
    "xml",
    [
        (
            "正文。",
            "正文。</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:r><w:t>",
        ),
        ("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>"),
    ],
)
def test_what_word_does_not_show_is_told(codes, xml):
    assert codes("a.docx", lambda p: word(p, xml=xml)) == [("P006", 1)]


def test_a_property_that_is_switched_off_is_none(codes):
    off = ("<w:r>", '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr>')
    assert codes("a.docx", lambda p: word(p, xml=off)) == []


def test_files_that_cannot_be_examined(codes):
    assert codes("a.docx", lambda p: p.write_bytes(b"not a zip")) == [("P007", 1)]
    assert codes("b.xlsx", lambda p: p.write_bytes(b"PK\x03\x04")) == [("P007", 1)]
    assert codes("c.pdf", lambda p: p.write_bytes(b"%PDF-1.7")) == [("P007", 1)]
    assert codes("d.doc", lambda p: p.write_bytes(b"")) == [("P009", 1)]


def test_a_file_that_unpacks_without_end_is_refused(tmp_path):
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5_001):
            archive.writestr(f"word/{number}.xml", "")
    assert read_attachment(path).unreadable


PLANTED = "140302190001010017"
# What each case must give; a photograph's place and the removed words of a header have no number.
EXPECTED = {
    "att01": "P006",
    "att03": "P006",
    "att13": "P013",
}


@pytest.mark.parametrize(
    "path", sorted(CASES.iterdir()), ids=lambda path: path.stem.partition("-")[0]
)
def test_nothing_of_an_attachment_stays_unexamined(site_from, path):
    tree = site_from(faulty.call())
    folder = tree.root / "notices" / "a" / "files"
    folder.mkdir()
    shutil.copy(path, folder)
    found = {i.code for i in tree.lint(Stage.PUBLISH) if i.path == f"{folder}/{path.name}"}
    assert EXPECTED.get(path.stem.partition("-")[0], "P001") in found
    assert not found & {"P007", "P009"}


def test_the_files_of_an_earlier_text_are_examined_too(site_from):
    planted = OLD_FILE.replace("只有旧版有", "联系电话13812341234")
    found = site_from(REVISED + planted).faults()
    place = "notices/notice/revisions/1/files/说明.txt"
    assert [fault for fault in found if fault.startswith(place)] == [f"{place}:1:5 P002"]


def test_somebody_answers_by_name_for_what_no_program_sees(site_from):
    scan = CASES / "att13-scan-no-text.pdf"
    answer = f"[{{file: {scan.name}, by: 张三, note: 逐页看过}}]"
    for examined, codes in (
        (None, {"P013"}),
        (answer, set()),
        (answer.replace(scan.name, "别的.pdf"), {"P013"}),
        (answer.replace("by: 张三, ", ""), {"F006"}),
    ):
        tree = site_from(faulty.call(examined=examined))
        files = tree.root / "notices" / "a" / "files"
        files.mkdir(exist_ok=True)
        shutil.copy(scan, files)
        errors = {i.code for i in tree.lint(Stage.PUBLISH) if i.severity is Severity.ERROR}
        assert errors == codes


def test_ordinary_pictures_pass(codes):
    for name, mode in (("a.png", "RGB"), ("b.png", "P"), ("c.png", "RGBA"), ("d.jpg", "L")):
        assert codes(name, lambda p, mode=mode: Image.new(mode, (3, 3)).save(p)) == []


def test_a_pictures_comment_hides_no_number(codes):
    """An ordinary picture passes only as long as what it says of itself names nobody."""
    for said, found in (("质量奖标志", []), ("身份证 140302190001010017", [("P001", 1)])):
        info = PngInfo()
        info.add_itxt("Comment", said)

        def make(path, info=info):
            Image.new("RGB", (3, 3)).save(path, pnginfo=info)

        assert codes(f"{len(said)}.png", make) == found


def test_folders_and_links_below_the_attachments_are_refused_in_words(site_from, tmp_path):
    (tmp_path / "别处.txt").write_text("别处", encoding="utf-8")
    for make in (Path.mkdir, lambda path: path.symlink_to(tmp_path / "别处.txt")):
        tree = site_from(faulty.call())
        files = tree.root / "notices" / "a" / "files"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        make(files / "更多")
        assert any("更多" in issue.message for issue in tree.lint() if issue.code == "F001")


def nested(draw_text, depth, place):
    """A Word file with a text at some place, itself embedded in others to a depth."""
    data, empty = io.BytesIO(), io.BytesIO()
    document = Document()
    document.save(empty)
    document.core_properties.author = ""
    document.save(data)
    parts = {"word/media/a.txt": draw_text.encode(), "customXml/item9.xml": f"<a b='{draw_text}'/>"}
    parts |= {
        "word/footnotes.xml": f"<w:p><w:r><w:t>{draw_text[:9]}</w:t></w:r>"
        f"<w:r><w:t>{draw_text[9:]}</w:t></w:r></w:p>",
        "word/glossary/document.xml": f"<w:p><m:t>{draw_text}</m:t></w:p>",
        "word/charts/chart1.xml": f"<c:pt><c:v>{draw_text}</c:v></c:pt>",
        "word/embeddings/oleObject1.bin": b"\xd0\xcf" + draw_text.encode("utf-16-le"),
        "word/strange.dat": draw_text.encode(),
        "docProps/custom.xml": f"<vt:lpwstr>{draw_text}</vt:lpwstr>",
    }
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(place, parts[place])
    for _ in range(depth):
        outer = io.BytesIO()
        Document().save(outer)
        with zipfile.ZipFile(outer, "a") as archive:
            archive.writestr("word/embeddings/Inner.docx", data.getvalue())
        data = outer
    return data.getvalue()


PLACES = (
    "word/media/a.txt",
    "customXml/item9.xml",
    "word/footnotes.xml",
    "word/glossary/document.xml",
    "word/charts/chart1.xml",
    "word/embeddings/oleObject1.bin",
    "word/strange.dat",
    "docProps/custom.xml",
)


@settings(max_examples=18, deadline=None)
@given(st.sampled_from(PLACES), st.integers(0, 6))
def test_a_planted_number_is_found_whatever_the_nesting(place, depth):
    """Found, or said to lie too deep to be looked into."""
    content = examine(nested(PLANTED, depth, place), "a.docx")
    found = [piece for piece in content.pieces if find_identity_numbers(piece.text)]
    assert found or (depth >= 4 and content.unseen)
    assert not content.unreadable


@given(st.binary(max_size=200), st.sampled_from(sorted(READABLE)))
def test_no_bytes_bring_the_examination_down(data, suffix):
    content = examine(data, f"a.{suffix}")
    assert content.unreadable or content == examine(data, f"a.{suffix}")


HEADED = ("护照号", "银行账号", "身份证件号码", "QQ", "微信", "开户行及账号", "社保卡号")


@pytest.mark.parametrize("heading", HEADED)
@pytest.mark.parametrize("kind", ["xlsx", "docx", "csv"])
def test_numbers_that_only_their_heading_names_are_found(codes, heading, kind):
    rows = [["姓名", heading, "单位"], ["赵六", "E1234567890", "甲研究所"], ["钱七", "", "乙厂"]]

    def make(path):
        if kind == "xlsx":
            excel(path, lambda book: [book.active.append(row) for row in rows])
        elif kind == "docx":
            document = Document()
            table = document.add_table(3, 3)
            for at, row in enumerate(rows):
                for column, text in enumerate(row):
                    table.cell(at, column).text = text
            document.core_properties.author = ""
            document.save(path)
        else:
            path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")

    assert [code for code, _ in codes(f"f.{kind}", make)] == ["P014"]


def test_what_is_masked_or_everybodys_is_no_number_under_a_heading(codes):
    rows = (
        "姓名,身份证号,邮箱账号,电话,统一社会信用代码,银行账号\n"
        "赵六,1403****0017,a123456@example.cn,0353-2880836,91140300MA0HXXXX1A,见附件\n"
    )
    assert codes("f.csv", lambda path: path.write_text(rows, encoding="utf-8")) == []
