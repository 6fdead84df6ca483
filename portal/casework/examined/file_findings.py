"""What a file really is, and what is in it: by content, never by its name.

Detectors that go by the first bytes call a macro document and a polyglot by their first face
(measured), so this looks further: into the zip, behind the end of the picture, before the start of
the PDF, at what each does when it is opened.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from portal.casework.examined.office_actions import office_findings
from portal.casework.examined.ole_actions import ole_findings
from portal.casework.examined.pdf_actions import pdf_findings
from portal.casework.examined.picture_tails import picture_findings
from portal.casework.safety import Finding, Level
from portal.domain.filetypes import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_END = b"PK\x05\x06"
_TAIL = 66_000  # a zip's end record with its longest comment
_HEAD = 4096
_UTF8_LONGEST = 4
_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta"
    r"|\?xml|\?mso-application|hta:)",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT = re.compile(rb"<\s*(?:script|iframe|object|embed)[\s>]|javascript:", re.IGNORECASE)
_MHTML = re.compile(rb"MIME-Version:", re.IGNORECASE)
_SHORTCUT = re.compile(rb"\s*\[InternetShortcut\]", re.IGNORECASE)
_RTF_OBJECT = re.compile(rb"\\obj(?:data|ect|class|update|autlink|link)", re.IGNORECASE)
_RTF_OUTSIDE = re.compile(rb"\\\*\\template\b|INCLUDEPICTURE|INCLUDETEXT", re.IGNORECASE)
_RTF_DDE = re.compile(rb"\bDDE(?:AUTO)?\b", re.IGNORECASE)

_MAGIC: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("Windows 程序", lambda d: d.startswith(b"MZ")),
    ("Linux 程序", lambda d: d.startswith(b"\x7fELF")),
    ("AMR 录音", TYPES["amr"].fits),
    ("脚本", lambda d: d.startswith(b"#!")),
    ("RAR 压缩包", lambda d: d.startswith(b"Rar!\x1a\x07")),
    ("7z 压缩包", lambda d: d.startswith(b"7z\xbc\xaf\x27\x1c")),
    ("CAB 压缩包", lambda d: d.startswith(b"MSCF\0\0\0\0")),
    ("gzip 压缩包", lambda d: d.startswith(b"\x1f\x8b")),
    ("Windows 快捷方式", lambda d: d.startswith(b"L\x00\x00\x00\x01\x14\x02\x00")),
    ("Windows 快捷方式", lambda d: bool(_SHORTCUT.match(d))),
    ("Windows 帮助文件", lambda d: d.startswith(b"ITSF")),
    ("RTF 文档", lambda d: d.lstrip().startswith(b"{\\rt")),
    ("GIF 图片", lambda d: d.startswith((b"GIF87a", b"GIF89a"))),
    ("网页", lambda d: any(_MARKUP.match(text) for text in _texts(d))),
    ("网页", lambda d: bool(_MHTML.search(d)) and b"\0" not in d),
)
_NAMES = {
    "jpeg": "JPEG 图片",
    "png": "PNG 图片",
    "webp": "WebP 图片",
    "heic": "HEIC 图片",
    "pdf": "PDF 文档",
    "mov": "QuickTime 视频",
    "3gp": "3GP 视频",
    "mp4": "MP4 视频或录音",
    "wav": "WAV 录音",
    "mp3": "MP3 录音",
}


def examined(data: bytes) -> dict[str, Any]:
    """The task: the kind of a file in Chinese, and its findings as pairs of level and text."""
    return {
        "type": real_type(data),
        "findings": [(finding.level.value, finding.text) for finding in _findings(data)],
    }


def _texts(head: bytes) -> Iterator[str]:
    """The head as text, in each encoding that it could be meant in."""
    yield head.lstrip(b"\xef\xbb\xbf").decode("latin-1")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield head.decode("utf-16", "replace")
    elif b"\0" in head[:16]:
        yield head.decode("utf-16-le", "replace")
        yield head.decode("utf-16-be", "replace")


def real_type(data: bytes) -> str:
    """The file's kind by its content, in Chinese."""
    head = data[:_HEAD]
    for name, fits in _MAGIC:
        if fits(head):
            return name
    if head.startswith(b"PK"):
        return _zip_type(data)
    if head.startswith(_OLE):
        return "旧版 Office 文档"
    for extension, name in _NAMES.items():
        if TYPES[extension].fits(head):
            return name
    return "文本" if _looks_like_text(head) else "未知类型"


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except Exception:  # noqa: BLE001 - a damaged archive raises whatever it likes
        return "损坏的压缩包"
    if "word/document.xml" in names:
        return "Word 文档"
    if "OFD.xml" in names:
        return "OFD 文档"
    return "Excel 表格" if "xl/workbook.xml" in names else "ZIP 压缩包"


def _looks_like_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    try:
        head[:-4].decode("utf-8") if len(head) > _UTF8_LONGEST else head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _findings(data: bytes) -> Iterator[Finding]:
    found = real_type(data)
    parts: tuple[tuple[str, bool, Callable[[bytes], Iterator[Finding]]], ...] = (
        ("压缩包", _ZIP_END in data[-_TAIL:] or data.startswith(b"PK"), office_findings),
        ("旧版 Office 文档", data.startswith(_OLE), ole_findings),
        ("PDF", b"%PDF-" in data[:1024], pdf_findings),
        ("图片", found.endswith("图片"), picture_findings),
        ("RTF", found == "RTF 文档", _rtf_findings),
    )
    if not data.startswith(b"PK") and _ZIP_END in data[-_TAIL:]:
        yield Finding(Level.DANGER, "文件后面还藏着一个压缩包")
    if found.endswith(("图片", "录音", "视频")) and _SCRIPT.search(data):
        yield Finding(Level.CAUTION, "图片、录音或者视频里夹有网页代码")
    for name, fits, look in parts:
        if fits:
            yield from _safely(name, look, data)


def _safely(
    name: str, look: Callable[[bytes], Iterator[Finding]], data: bytes
) -> Iterator[Finding]:
    """What one detector finds; that it failed is a finding, and the others still look."""
    try:
        yield from look(data)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file raises whatever its parser meets
        yield Finding(Level.CAUTION, f"{name}结构损坏，无法检查（{type(error).__name__}）")


def _rtf_findings(data: bytes) -> Iterator[Finding]:
    if _RTF_OBJECT.search(data):
        yield Finding(Level.DANGER, "嵌有其他文件或者控件")
    if _RTF_DDE.search(data):
        yield Finding(Level.DANGER, "打开时会向其他程序取数据（DDE），可以借此执行命令")
    if _RTF_OUTSIDE.search(data):
        yield Finding(Level.CAUTION, "引用了外部的图片或者对象，打开时会连接网络")
