"""Which files are taken: an allow list, by content; the name tells those of one content apart.

Phones name pictures wrongly and films not at all: what a file is stands in its first bytes. The
page that seals judges by the same patterns (`portal.web.script_constants`). No parser runs on the
public side; the desk examines files after unsealing (docs/threat-model.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NAME_LIMIT = 100
HEAD = 4096
"""How many of the first bytes are looked at."""

_OLE = r"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = r"PK\x03\x04"
_JPEG = r"\xff\xd8\xff"
_HEIF = r"[\s\S]{4}ftyp(?:hei[cxms]|hevc|mif1|msf1|heif)"
_FILM = r"[\s\S]{4}ftyp(?!hei[cxmsf]|hevc|mif1|msf1)"
_QUICKTIME = r"[\s\S]{4}(?:ftypqt  |moov|mdat|wide|free|skip|pnot)"
_PHONE_FILM = r"[\s\S]{4}ftyp3g"
_RTF = r"\{\\rtf"


@dataclass(frozen=True, slots=True)
class FileType:
    """An allowed kind of file, by patterns over the first bytes (each byte one character).

    Python and browsers read the patterns alike. `fits`: may be so called; `shows`: is so called
    whatever its name says; None where the first bytes do not tell it from others.
    """

    label: str
    pattern: str
    shows: str | None = None

    def fits(self, head: bytes) -> bool:
        """Whether a file that begins so may bear the extension."""
        return bool(re.match(self.pattern, head[:HEAD].decode("latin-1")))


def _sure(label: str, pattern: str) -> FileType:
    return FileType(label, pattern, pattern)


TYPES: dict[str, FileType] = {
    "jpg": _sure("图片", _JPEG),
    "jpeg": FileType("图片", _JPEG),
    "png": _sure("图片", r"\x89PNG\r\n\x1a\n"),
    "webp": _sure("图片", r"RIFF[\s\S]{4}WEBP"),
    "heic": _sure("图片", _HEIF),
    "heif": FileType("图片", _HEIF),
    "pdf": FileType("PDF 文档", r"[\s\S]{0,1019}%PDF-", r"[ \t\r\n]{0,20}%PDF-"),
    "doc": FileType("Word 文档", _OLE),
    "docx": FileType("Word 文档", _ZIP, rf"{_ZIP}[\s\S]*word/"),
    "xls": FileType("Excel 表格", _OLE),
    "xlsx": FileType("Excel 表格", _ZIP, rf"{_ZIP}[\s\S]*xl/"),
    "wps": FileType("WPS 文档", f"(?:{_OLE}|{_ZIP})"),
    "et": FileType("WPS 表格", f"(?:{_OLE}|{_ZIP})"),
    "ofd": FileType("OFD 文档", _ZIP, rf"{_ZIP}[\s\S]*OFD\.xml"),
    "rtf": _sure("RTF 文档", _RTF),
    "mov": _sure("视频", _QUICKTIME),
    "3gp": _sure("视频", _PHONE_FILM),
    "m4a": FileType("录音", _FILM, r"[\s\S]{4}ftypM4A"),
    "mp4": _sure("视频", _FILM),
    "amr": _sure("录音", r"#!AMR(?:-WB)?\n"),
    "wav": _sure("录音", r"RIFF[\s\S]{4}WAVE"),
    "mp3": FileType("录音", r"ID3|\xff[\xe0-\xff]", r"ID3|\xff[\xf2\xf3\xfa\xfb]"),
}
SCAN_TYPES = ("jpg", "jpeg", "png", "webp", "heic", "heif", "pdf")
ACCEPT = ",".join(["image/*", "video/*", "audio/*", *(f".{one}" for one in TYPES)])
ACCEPT_SCAN = ",".join(["image/*", *(f".{one}" for one in SCAN_TYPES)])


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


def named_by_content(name: str, head: bytes, allowed: tuple[str, ...] = tuple(TYPES)) -> str | None:
    """The name with the extension that the content calls for; None where it is none of `allowed`.

    An extension that fits is left; one of another allowed kind is replaced; after any other word
    the right one is added.
    """
    extension = extension_of(name)
    if extension in allowed and TYPES[extension].fits(head):
        return name
    text = head[:HEAD].decode("latin-1")
    for found, kind in TYPES.items():
        if found in allowed and kind.shows and re.match(kind.shows, text):
            stem = name[: -len(extension) - 1] if extension in TYPES else name
            return clean_name(f"{stem or '未命名'}.{found}")
    return None


def fault_of(name: str, head: bytes, allowed: tuple[str, ...] = tuple(TYPES)) -> str | None:
    """Why a file is not taken, or None."""
    if named_by_content(name, head, allowed) is not None:
        return None
    if extension_of(name) in allowed:
        return f"“{name}”的内容与扩展名“.{extension_of(name)}”不符，请确认文件没有损坏"
    return f"“{name}”的类型不在可以上传的范围内，可以上传：{'、'.join(allowed)}"
