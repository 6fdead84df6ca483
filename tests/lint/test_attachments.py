"""Attachments: what they hide and whom they name, in real Word, Excel, PDF and text files."""

import io
import zipfile

import openpyxl
import pikepdf
import pytest
from docx import Document
from openpyxl.comments import Comment
from PIL import ExifTags, Image

from portal.errors import Stage
from portal.lint.attachments import read_attachment
from tests.lint import faulty

IDENTITY = "11010519491231002X"
MOBILE = "13800138000"


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
