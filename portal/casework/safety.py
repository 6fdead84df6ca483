"""Safety report of an unsealed file: what it really is, and what in it could do harm.

Detectors that go by the first bytes call a macro document and a polyglot by their first face
(measured), so this looks further: into the zip, behind the end of the picture, at what a PDF does
when it is opened. A report is advice to the officer; nothing is blocked, since it may be evidence.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.casework.pdf_actions import pdf_findings
from portal.sealed.filetypes import TYPES, extension_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_END = b"PK\x05\x06"
_TAIL = 66_000  # a zip's end record with its longest comment
_RATIO = 100
_UNPACKED = 500 * 1024 * 1024
_MEMBERS = 10_000
_PIXELS = 100_000_000
_RELATIONS = 2 * 1024 * 1024


class Level(StrEnum):
    """How an officer should take a finding."""

    DANGER = "danger"
    CAUTION = "caution"

    @property
    def label(self) -> str:
        """The level's Chinese name."""
        return {"danger": "危险", "caution": "注意"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before the file is opened."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What a file is and what was found in it; no findings does not mean harmless."""

    real_type: str
    matches: bool
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Level | None:
        """The most serious level found."""
        levels = {finding.level for finding in self.findings}
        return next((level for level in Level if level in levels), None)


_MARKUP = re.compile(rb"\s*(<!doctype html|<html|<script|<svg|<\?xml)", re.IGNORECASE)
_MAGIC: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("Windows 程序", lambda d: d.startswith(b"MZ")),
    ("Linux 程序", lambda d: d.startswith(b"\x7fELF")),
    ("脚本", lambda d: d.startswith(b"#!")),
    ("RAR 压缩包", lambda d: d.startswith(b"Rar!\x1a\x07")),
    ("7z 压缩包", lambda d: d.startswith(b"7z\xbc\xaf\x27\x1c")),
    ("gzip 压缩包", lambda d: d.startswith(b"\x1f\x8b")),
    ("Windows 快捷方式", lambda d: d.startswith(b"L\x00\x00\x00\x01\x14\x02\x00")),
    ("RTF 文档", lambda d: d.startswith(b"{\\rtf")),
    ("GIF 图片", lambda d: d.startswith((b"GIF87a", b"GIF89a"))),
    ("网页", lambda d: bool(_MARKUP.match(d))),
)
_PROGRAMS = frozenset({"Windows 程序", "Linux 程序", "脚本", "Windows 快捷方式", "网页"})
_EXTENSION_NAMES = {
    "jpeg": "JPEG 图片",
    "jpg": "JPEG 图片",
    "png": "PNG 图片",
    "webp": "WebP 图片",
    "heic": "HEIC 图片",
    "pdf": "PDF 文档",
    "mp4": "MP4 视频或录音",
    "m4a": "MP4 视频或录音",
    "mp3": "MP3 录音",
}


def real_type(data: bytes) -> str:
    """The file's kind by its content, in Chinese."""
    head = data[:1024]
    for name, fits in _MAGIC:
        if fits(head):
            return name
    if head.startswith(b"PK"):
        return _zip_type(data)
    if head.startswith(_OLE):
        return "旧版 Office 文档"
    for extension, name in _EXTENSION_NAMES.items():
        if TYPES[extension].fits(head):
            return name
    return "文本" if _looks_like_text(head) else "未知类型"


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return "损坏的压缩包"
    if "word/document.xml" in names:
        return "Word 文档"
    return "Excel 表格" if "xl/workbook.xml" in names else "ZIP 压缩包"


def _looks_like_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    try:
        head[:-4].decode("utf-8") if len(head) > _UTF8_LONGEST else head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_UTF8_LONGEST = 4
_EXPECTED = {
    "docx": {"Word 文档"},
    "xlsx": {"Excel 表格"},
    "doc": {"旧版 Office 文档"},
    "xls": {"旧版 Office 文档"},
    "wps": {"旧版 Office 文档", "Word 文档"},
}


def inspect(name: str, data: bytes) -> FileReport:
    """Examine one file."""
    found = real_type(data)
    extension = extension_of(name)
    expected = _EXPECTED.get(extension) or {_EXTENSION_NAMES.get(extension, "")}
    matches = found in expected
    return FileReport(found, matches, tuple(_findings(found, matches, extension, data)))


def _findings(found: str, matches: bool, extension: str, data: bytes) -> Iterator[Finding]:
    if not matches:
        level = Level.DANGER if found in _PROGRAMS else Level.CAUTION
        yield Finding(level, f"扩展名是 .{extension}，内容却是{found}")
    if data.startswith(b"PK"):
        yield from _zip_findings(data)
    elif _ZIP_END in data[-_TAIL:]:
        yield Finding(Level.DANGER, "文件后面还藏着一个压缩包")
    if data.startswith(_OLE) and _has_ole_macro(data):
        yield Finding(Level.DANGER, "含有宏（VBA）")
    if b"%PDF-" in data[:1024]:
        yield from (Finding(Level.DANGER, text) for text in pdf_findings(data))
    yield from _picture_findings(found, data)


def _zip_findings(data: bytes) -> Iterator[Finding]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > _MEMBERS or unpacked > _UNPACKED or unpacked > len(data) * _RATIO:
                text = (
                    f"解压后有{len(members)}个文件、{unpacked // 1024 // 1024} MB，可能是压缩炸弹"
                )
                yield Finding(Level.DANGER, text)
                return
            yield from _office_findings(archive, members)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        yield Finding(Level.CAUTION, "压缩结构损坏，或者与自称的大小不符")


def _office_findings(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    names = [member.filename for member in members]
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        yield Finding(Level.DANGER, "含有宏（VBA）")
    if any(re.search(r"(embeddings|activeX)/", name) for name in names):
        yield Finding(Level.DANGER, "嵌有其他文件或者控件")
    if any(member.flag_bits & 1 for member in members):
        yield Finding(Level.CAUTION, "有加密的内容，无法检查")
    for member in members:
        if member.filename.endswith(".rels") and member.file_size <= _RELATIONS:
            yield from _relation_findings(archive.read(member))


def _relation_findings(rels: bytes) -> Iterator[Finding]:
    for relation in re.findall(rb"<Relationship\b[^>]*>", rels):
        if not re.search(rb"TargetMode\s*=\s*[\"']External", relation, re.IGNORECASE):
            continue
        if b"attachedTemplate" in relation:
            yield Finding(Level.DANGER, "打开时会从外部加载模板")
        elif b"hyperlink" not in relation:
            yield Finding(Level.CAUTION, "引用了外部的图片或者对象，打开时会连接网络")


def _has_ole_macro(data: bytes) -> bool:
    """Directory entries of an OLE file are UTF-16; Word calls the storage Macros, Excel _VBA_…."""
    marks = ("Macros", "_VBA_PROJECT", "VBA")
    return any(mark.encode("utf-16-le") + b"\0\0" in data for mark in marks)


def _picture_findings(found: str, data: bytes) -> Iterator[Finding]:
    if found == "PNG 图片":
        width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
        if width * height > _PIXELS:
            yield Finding(Level.CAUTION, f"图片有{width}×{height}像素，打开会占用大量内存")
        end = data.rfind(b"IEND")
        if 0 <= end < len(data) - 8:
            yield Finding(Level.CAUTION, f"图片结束之后还有{len(data) - end - 8}字节内容")
    if found == "JPEG 图片":
        end = data.rfind(b"\xff\xd9")
        tail = data[end + 2 :].strip(b"\0") if end >= 0 else b""
        if tail:
            yield Finding(Level.CAUTION, f"图片结束之后还有{len(tail)}字节内容")
