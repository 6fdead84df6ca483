"""Attachments: text, hidden content and metadata of Word, Excel, PDF, text and picture files."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.workbooks import read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

READABLE = frozenset({"docx", "xlsx", "pdf", "csv", "txt", "jpg", "jpeg", "png"})
"""Endings of attachments that can be examined."""

_LARGEST = 200_000_000
_MEMBERS = 5_000
_PARAGRAPH = re.compile(r"</w:p>|</w:tr>|<w:br\b[^>]*>")
_TEXT = re.compile(r"<(?:w:t|w:delText|w:instrText|a:t)(?:\s[^>]*)?>([^<]*)<")
_HIDDEN_WORD = {
    "w:del": "有修订痕迹（已删除的文字仍在文件里）",
    "w:vanish": "有隐藏文字",
}
_PEOPLE = {
    "dc:creator": "作者",
    "cp:lastModifiedBy": "最后修改人",
    "Manager": "经理",
    "Company": "单位",
}
_OWN_PROGRAMS = frozenset({"python-docx", "openpyxl"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and where in the file it stands, in words and as line and column."""

    where: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an attachment holds. `people` are the names in its properties."""

    pieces: tuple[Piece, ...] = ()
    hidden: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    unreadable: str = ""


def read_attachment(path: Path) -> Content:
    """Everything that a reader could take out of a file, seen or unseen; never raises."""
    suffix = path.suffix.lower()
    readers = {
        ".docx": _read_word,
        ".xlsx": _read_excel,
        ".pdf": _read_pdf,
        ".csv": _read_plain,
        ".txt": _read_plain,
        ".jpg": _read_picture,
        ".jpeg": _read_picture,
        ".png": _read_picture,
    }
    if suffix not in readers:
        return Content()
    try:
        return readers[suffix](path)
    except Exception as error:  # noqa: BLE001 - a damaged file raises whatever its parser meets
        return Content(unreadable=f"{type(error).__name__}：{str(error)[:80] or '文件损坏'}")


def _read_plain(path: Path) -> Content:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return Content((Piece("", 1, text),))


def _read_word(path: Path) -> Content:
    """Word by patterns, not by a parser: no entity can blow up, and nothing can be overlooked."""
    pieces: list[Piece] = []
    hidden: list[str] = []
    with zipfile.ZipFile(path) as archive:
        _check_size(archive)
        names = archive.namelist()
        for name in names:
            if not name.startswith("word/") or not name.endswith(".xml"):
                continue
            xml = archive.read(name).decode("utf-8", "replace")
            where = {"word/document.xml": "正文"}.get(name, name.removeprefix("word/"))
            for number, part in enumerate(_PARAGRAPH.split(xml), 1):
                text = html.unescape("".join(_TEXT.findall(part)))
                if text:
                    pieces.append(Piece(f"{where}第{number}段：", number, text))
            if name == "word/document.xml":
                hidden += [why for tag, why in _HIDDEN_WORD.items() if _has_tag(xml, tag)]
            if re.fullmatch(r"word/comments\d*\.xml", name) and _TEXT.search(xml):
                hidden.append("有批注")
        hidden += [f"有嵌入的文件 {n}" for n in names if n.startswith("word/embeddings/")]
        people = tuple(_people(archive))
    return Content((*pieces, *_properties(people)), tuple(hidden), people)


def _has_tag(xml: str, tag: str) -> bool:
    # <w:vanish w:val="0"/> switches the property off.
    found = re.findall(rf"<{tag}(?:\s[^>]*)?/?>", xml)
    return any(not re.search(r'w:val="(?:0|false|off)"', one) for one in found)


def _read_excel(path: Path) -> Content:
    pieces: list[Piece] = []
    hidden: list[str] = []
    with zipfile.ZipFile(path) as archive:
        _check_size(archive)
        people = tuple(_people(archive))
        hidden += [f"有嵌入的文件 {n}" for n in archive.namelist() if "/embeddings/" in n]
    for sheet in read_workbook(path):
        if sheet.hidden:
            hidden.append(f"工作表“{sheet.title}”是隐藏的")
        hidden += [f"工作表“{sheet.title}”的{part}是隐藏的" for part in sheet.hidden_parts]
        hidden += [f"工作表“{sheet.title}”的 {cell} 有批注" for cell, _ in sheet.comments]
        pieces += [Piece(f"“{sheet.title}”的 {at} 批注：", 1, text) for at, text in sheet.comments]
        for number, row in enumerate(sheet.rows, 1):
            text = "\t".join(row)
            if text.strip():
                pieces.append(Piece(f"工作表“{sheet.title}”第{number}行：", number, text))
    return Content((*pieces, *_properties(people)), tuple(hidden), people)


def _read_pdf(path: Path) -> Content:
    import pypdf

    reader = pypdf.PdfReader(path)
    if reader.is_encrypted:
        return Content(unreadable="PDF 加了密")
    pieces = [
        Piece(f"第{number}页：", number, page.extract_text() or "")
        for number, page in enumerate(reader.pages, 1)
    ]
    hidden = [f"有嵌入的文件 {name}" for name in reader.attachments]
    notes = [
        (number, str(note.get_object().get("/Contents", "")))
        for number, page in enumerate(reader.pages, 1)
        for note in page.get("/Annots") or ()
    ]
    hidden += [f"第{number}页有批注" for number, text in notes if text]
    pieces += [Piece(f"第{number}页批注：", number, text) for number, text in notes if text]
    information: Mapping[str, object] = reader.metadata or {}
    people = tuple(
        (label, str(information[key]))
        for key, label in (("/Author", "作者"), ("/Manager", "经理"), ("/Company", "单位"))
        if information.get(key)
    )
    others = [Piece("文件属性：", 1, str(value)) for value in information.values()]
    return Content((*pieces, *others), tuple(hidden), people)


def _read_picture(path: Path) -> Content:
    """A picture's properties: where it was taken, and by whom."""
    from PIL import ExifTags, Image

    with Image.open(path) as picture:
        picture.verify()
        properties = picture.getexif()
    hidden = ("有拍摄地点（GPS）",) if properties.get_ifd(ExifTags.IFD.GPSInfo) else ()
    artist = str(properties.get(ExifTags.Base.Artist, "")).strip()
    people = (("作者", artist),) if artist else ()
    return Content(tuple(_properties(people)), hidden, people)


def _check_size(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > _MEMBERS or sum(member.file_size for member in members) > _LARGEST:
        raise ValueError("展开后过大")


def _people(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names in the properties of an Office file."""
    for name in archive.namelist():
        if not name.startswith("docProps/") or not name.endswith(".xml"):
            continue
        xml = archive.read(name).decode("utf-8", "replace")
        for tag, label in _PEOPLE.items():
            for value in re.findall(rf"<{tag}(?:\s[^>]*)?>([^<]+)<", xml):
                if value.strip() and value not in _OWN_PROGRAMS:
                    yield label, html.unescape(value.strip())


def _properties(people: tuple[tuple[str, str], ...]) -> Iterator[Piece]:
    return (Piece("文件属性：", 1, value) for _, value in people)
