"""Which files are taken: an allow list by extension, and the first bytes must fit it.

No parser runs on the public side; the desk examines files after unsealing (docs/threat-model.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME_LIMIT = 100
_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MPEG_FRAME = 0xFFE0


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] not in _BRANDS


def _is_mp3(head: bytes) -> bool:
    frame = int.from_bytes(head[:2]) & _MPEG_FRAME == _MPEG_FRAME
    return head.startswith(b"ID3") or frame


@dataclass(frozen=True, slots=True)
class FileType:
    """An allowed kind of file."""

    label: str
    fits: Callable[[bytes], bool]


TYPES: dict[str, FileType] = {
    "jpg": FileType("图片", _starts(b"\xff\xd8\xff")),
    "jpeg": FileType("图片", _starts(b"\xff\xd8\xff")),
    "png": FileType("图片", _starts(b"\x89PNG\r\n\x1a\n")),
    "webp": FileType("图片", _is_webp),
    "heic": FileType("图片", _is_heic),
    "pdf": FileType("PDF 文档", lambda head: b"%PDF-" in head[:1024]),
    "doc": FileType("Word 文档", _starts(_OLE)),
    "docx": FileType("Word 文档", _starts(_ZIP)),
    "xls": FileType("Excel 表格", _starts(_OLE)),
    "xlsx": FileType("Excel 表格", _starts(_ZIP)),
    "wps": FileType("WPS 文档", _starts(_OLE, _ZIP)),
    "mp4": FileType("视频", _is_mp4),
    "m4a": FileType("录音", _is_mp4),
    "mp3": FileType("录音", _is_mp3),
}
SCAN_TYPES = ("jpg", "jpeg", "png", "webp", "heic", "pdf")
ACCEPT = ",".join(f".{extension}" for extension in TYPES)
ACCEPT_SCAN = ",".join(f".{extension}" for extension in SCAN_TYPES)


def clean_name(name: str) -> str:
    """A sender's file name as it may be shown: last part of the path, no control characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(visible) > _NAME_LIMIT:
        stem, dot, extension = visible.rpartition(".")
        visible = stem[: _NAME_LIMIT - len(extension) - 1] + dot + extension
    return visible or "未命名"


def extension_of(name: str) -> str:
    """The extension in lower case, empty where there is none."""
    _, dot, extension = name.rpartition(".")
    return extension.lower() if dot else ""


def fault_of(name: str, head: bytes, allowed: tuple[str, ...] = tuple(TYPES)) -> str | None:
    """Why a file is not taken, or None."""
    extension = extension_of(name)
    if extension not in allowed:
        return f"“{name}”的类型不在可以上传的范围内，可以上传：{'、'.join(allowed)}"
    if not TYPES[extension].fits(head):
        return f"“{name}”的内容与扩展名“.{extension}”不符，请确认文件没有损坏、没有改过扩展名"
    return None
