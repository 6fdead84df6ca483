"""Attachments: text, hidden content and metadata of Word, Excel, PDF, text and picture files."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portal.confined import examining as confined
from portal.confined.frames import Limits, name_and_data, named
from portal.content.files.workbooks import sheets_of
from portal.lint.examined_content import Content, Piece, joined, of_plain, to_plain
from portal.lint.headed_cells import headed_cells, text_rows
from portal.lint.office_parts import (
    LARGEST,
    PICTURES,
    attributes,
    check_size,
    other_parts,
    paragraphs,
    row_text,
    strings,
    table_rows,
    untold,
    xml_parts,
)
from portal.lint.pdf_parts import (
    blank_pages,
    earlier,
    form_texts,
    open_pdf,
    page_texts,
    pictures,
    xmp,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

READABLE = frozenset({"docx", "xlsx", "pdf", "csv", "txt", "jpg", "jpeg", "png"})
"""Endings of attachments that can be examined."""

_DEEPEST = 4
_LIMITS = Limits(seconds=60, output=64 * 1024 * 1024)
_HIDDEN_WORD = {
    "w:del": "有修订痕迹（已删除的文字仍在文件里）",
    "w:vanish": "有隐藏文字",
}
_SHOWN_TOO = re.compile(r"word/(?:header|footer|footnotes|endnotes)")
_PEOPLE = {
    "dc:creator": "作者",
    "cp:lastModifiedBy": "最后修改人",
    "Manager": "经理",
    "Company": "单位",
}
_OWN_PROGRAMS = frozenset({"python-docx", "openpyxl"})


def read_attachment(path: Path) -> Content:
    """Everything that a reader could take out of a file, seen or unseen; never raises."""
    if path.suffix.lower()[1:] not in READABLE:
        return Content()
    try:
        if path.stat().st_size > LARGEST:
            return Content(unreadable="文件过大")
        data = path.read_bytes()
    except OSError as error:
        return Content(unreadable=f"读不出来：{error.strerror}")
    return read_named(path.name, data)


def read_named(name: str, data: bytes) -> Content:
    """The same of bytes under a name that ends as READABLE says."""
    if len(data) > LARGEST:
        return Content(unreadable="文件过大")
    content = named(name, data)
    found = confined.examine("attachment", content, of_plain, _LIMITS)
    return Content(unreadable=found.why) if isinstance(found, confined.Trouble) else found


def plain_content(content: bytes) -> list[Any]:
    """The task: what a named attachment holds, as `of_plain` reads it."""
    name, data = name_and_data(content)
    return to_plain(examine(data, name))


def examine(data: bytes, name: str, depth: int = 0) -> Content:
    """What the bytes of a file hold, by its name's ending; never raises.

    Runs in a confined process, where `read_attachment` sends the bytes.
    """
    suffix = name.lower().rpartition(".")[2]
    reader = _READERS.get(suffix)
    if reader is None:
        return Content()
    try:
        return reader(data, depth)
    except Exception as error:  # noqa: BLE001 - a damaged file raises whatever its parser meets
        return Content(unreadable=f"{type(error).__name__}：{str(error)[:80] or '文件损坏'}")


def _read_plain(data: bytes, _: int) -> Content:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return Content((Piece("", 1, text),), headed=_headed("第{}行：", text_rows(text)))


def _headed(where: str, rows: Iterable[Sequence[str]]) -> tuple[Piece, ...]:
    return tuple(Piece(where.format(row), row, head) for row, _, head in headed_cells(rows))


def _read_word(data: bytes, depth: int) -> Content:
    hidden: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_size(archive)
        names = archive.namelist()
        for name, xml in xml_parts(archive):
            if name == "word/document.xml":
                hidden += [why for tag, why in _HIDDEN_WORD.items() if _has_tag(xml, tag)]
            elif _SHOWN_TOO.match(name):
                hidden += [
                    f"{name} {why}" for tag, why in _HIDDEN_WORD.items() if _has_tag(xml, tag)
                ]
            if re.fullmatch(r"word/comments\d*\.xml", name) and "<w:comment " in xml:
                hidden.append("有批注")
        hidden += [f"有嵌入的文件 {n}" for n in names if _embedded(n)]
        package = _package(archive, depth)
        people = tuple(_people(archive))
    return joined(Content((), tuple(hidden), people), package)


def _has_tag(xml: str, tag: str) -> bool:
    # <w:vanish w:val="0"/> switches the property off.
    found = re.findall(rf"<{tag}(?:\s[^>]*)?/?>", xml)
    return any(not re.search(r'w:val="(?:0|false|off)"', one) for one in found)


def _read_excel(data: bytes, depth: int) -> Content:
    pieces: list[Piece] = []
    headed: list[Piece] = []
    hidden: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_size(archive)
        people = tuple(_people(archive))
        hidden += [f"有嵌入的文件 {n}" for n in archive.namelist() if _embedded(n)]
        package = _package(archive, depth)
    for sheet in sheets_of(data, "附件.xlsx"):
        if sheet.hidden:
            hidden.append(f"工作表“{sheet.title}”是隐藏的")
        hidden += [f"工作表“{sheet.title}”的{part}是隐藏的" for part in sheet.hidden_parts]
        hidden += [f"工作表“{sheet.title}”的 {cell} 有批注" for cell, _ in sheet.comments]
        pieces += [Piece(f"“{sheet.title}”的 {at} 批注：", 1, text) for at, text in sheet.comments]
        for number, row in enumerate(sheet.rows, 1):
            text = row_text(row)
            if text.strip():
                pieces.append(Piece(f"工作表“{sheet.title}”第{number}行：", number, text))
        at = f"工作表“{sheet.title.replace('{', '（').replace('}', '）')}”第{{}}行："
        headed += _headed(at, sheet.rows)
    # What the sheets show is told by its place there, once.
    known = "\n".join(piece.text for piece in pieces)
    rest = tuple(
        replace(piece, text=text)
        for piece in package.pieces
        if (text := untold(piece.text, known)).strip()
    )
    own = Content(tuple(pieces), tuple(hidden), people, headed=tuple(headed))
    return joined(own, replace(package, pieces=rest))


def _embedded(name: str) -> bool:
    return "/embeddings/" in name or "afchunk" in name.lower() or "/activeX/" in name


def _package(archive: zipfile.ZipFile, depth: int) -> Content:
    """All parts of a package; what is embedded is examined as a file of its own."""
    found = Content()
    for name, xml in xml_parts(archive):
        shown = {"word/document.xml": "正文"}.get(name, name.removeprefix("word/"))
        parts = [*paragraphs(name, xml)]
        pieces = [Piece(f"{shown}第{part.number}段：", part.number, part.text) for part in parts]
        known = " ".join(part.text for part in parts)
        pieces += [
            Piece(f"{shown}的属性：", 1, text)
            for part in attributes(name, xml)
            if (text := part.text) not in known
        ]
        headed = _headed(f"{shown}的表格第{{}}行：", table_rows(xml)) if "w:tbl" in xml else ()
        found = joined(found, Content(tuple(pieces), headed=headed))
    for name, data in other_parts(archive):
        found = joined(found, _part(name, data, depth))
    return found


def _part(name: str, data: bytes, depth: int) -> Content:
    """A part that is not marked up: a picture, a file of its own, or bytes of an unknown form."""
    if data[:4] == b"PK\x03\x04" or name.lower().endswith((*PICTURES, ".pdf", ".txt")):
        if depth >= _DEEPEST:
            return Content(unseen=(f"{name} 嵌得太深",))
        kind = name if data[:4] != b"PK\x03\x04" else f"{name}.{_kind_of(data)}"
        inner = examine(data, kind, depth + 1)
        pieces = tuple(Piece(f"{name} 里的{p.where}", 1, p.text) for p in inner.pieces)
        hidden = tuple(f"{name} {what}" for what in inner.hidden)
        people = tuple((f"{name} 的{label}", who) for label, who in inner.people)
        unseen = tuple(f"{name} 里的{what}" for what in inner.unseen)
        if inner.unreadable:
            unseen += (f"{name}（{inner.unreadable}）",)
        headed = tuple(Piece(f"{name} 里的{p.where}", 1, p.text) for p in inner.headed)
        return Content(pieces, hidden, people, unseen=unseen, headed=headed)
    pieces = tuple(Piece(f"{name}：", 1, part.text) for part in strings(name, data) if part.text)
    known = name.lower().endswith((".bin", ".emf", ".wmf")) and "/embeddings/" not in name
    return Content(pieces, unseen=() if known else (name,))


def _kind_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "xlsx" if "xl/workbook.xml" in archive.namelist() else "docx"


def _read_pdf(data: bytes, depth: int) -> Content:
    reader = open_pdf(data)
    if reader.is_encrypted:
        return Content(unreadable="PDF 加了密")
    pieces = [Piece(*found) for found in page_texts(reader)]
    notes = dict.fromkeys(piece.where for piece in pieces if piece.where.endswith("批注："))
    hidden = [f"有嵌入的文件 {name}" for name in reader.attachments]
    hidden += [f"{where.removesuffix('批注：')}有批注" for where in notes]
    information: Mapping[str, object] = reader.metadata or {}
    people = tuple(
        (label, str(information[key]))
        for key, label in (("/Author", "作者"), ("/Manager", "经理"), ("/Company", "单位"))
        if information.get(key)
    )
    pieces += [Piece("文件属性：", 1, str(value)) for value in information.values()]
    pieces += [Piece("文件属性：", 1, p.text) for p in paragraphs("", xmp(reader))]
    known = "\n".join(piece.text for piece in pieces)
    pieces += [
        Piece("填写项：", 1, t) for t in form_texts(reader) if t.split(" | ")[-1] not in known
    ]
    unseen = tuple(f"第{number}页（只有图像，没有文字）" for number in blank_pages(reader))
    found = Content(tuple(pieces), tuple(hidden), people, unseen=unseen)
    for number, picture in pictures(reader):
        found = joined(found, _part(f"第{number}页的图片.jpg", picture, depth))
    for name, files in reader.attachments.items():
        for file in files:
            found = joined(found, _part(name, file, depth))
    return _with_revisions(found, data)


def _with_revisions(found: Content, data: bytes) -> Content:
    """With what a file said before it was changed: later savings only add to it."""
    known = "\n".join(piece.text for piece in found.pieces)
    for number, before in enumerate(earlier(data), 1):
        texts = [Piece(f"以前保存的文本{w}", n, text) for w, n, text in _revision(before)]
        gone = tuple(piece for piece in texts if piece.text not in known)
        if gone:
            why = f"有以前保存的文本（往前第{number}次保存）"
            found = joined(found, Content(gone, (why,)))
    return found


def _revision(data: bytes) -> list[tuple[str, int, str]]:
    try:
        return [*page_texts(open_pdf(data))]
    except Exception:  # noqa: BLE001 - what is no whole file says nothing by itself
        return []


def _read_picture(data: bytes, _: int) -> Content:
    """A picture's properties: where it was taken, by whom, and all that they say."""
    from PIL import ExifTags, Image

    with Image.open(io.BytesIO(data)) as picture:
        picture.verify()
    with Image.open(io.BytesIO(data)) as picture:
        properties = picture.getexif()
        values = [*properties.values(), *properties.get_ifd(ExifTags.IFD.Exif).values()]
        values += [v for k, v in picture.info.items() if k not in {"exif", "icc_profile"}]
    packet = data.partition(b"<x:xmpmeta")[2].partition(b"</x:xmpmeta>")[0]
    located = properties.get_ifd(ExifTags.IFD.GPSInfo) or b"GPSLatitude" in packet
    artist = str(properties.get(ExifTags.Base.Artist, "")).strip()
    people = (("作者", artist),) if artist else ()
    texts = [_plain(value) for value in values] + [packet.decode("utf-8", "replace")]
    pieces = tuple(Piece("图片的属性：", 1, text) for text in texts if text.strip())
    hidden = ("有拍摄地点（GPS）",) if located else ()
    return Content((*_properties(people), *pieces), hidden, people)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.replace(b"\0", b"").decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


_READERS: dict[str, Callable[[bytes, int], Content]] = {
    "docx": _read_word,
    "xlsx": _read_excel,
    "pdf": _read_pdf,
    "csv": _read_plain,
    "txt": _read_plain,
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp"), _read_picture),
}


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
