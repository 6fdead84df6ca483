"""Safety report of an unsealed file: what it really is, and what in it could do harm.

A report is advice to the officer; nothing is blocked, since it may be evidence. The file is looked
into by `portal.casework.examined`, in a confined process: here it is only handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine
from portal.domain.filetypes import extension_of

if TYPE_CHECKING:
    from collections.abc import Iterator


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
class Examined:
    """What the bytes of a file are, empty where that stays unknown, and what is in them.

    `lasting` is False where they should be examined again next time.
    """

    real_type: str
    findings: tuple[Finding, ...]
    lasting: bool = True


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


_PROGRAMS = frozenset({"Windows 程序", "Linux 程序", "脚本", "Windows 快捷方式", "网页"})
_EXPECTED = {
    "docx": {"Word 文档"},
    "xlsx": {"Excel 表格"},
    "doc": {"旧版 Office 文档"},
    "xls": {"旧版 Office 文档"},
    "wps": {"旧版 Office 文档", "Word 文档", "ZIP 压缩包"},
    "et": {"旧版 Office 文档", "Excel 表格", "ZIP 压缩包"},
    "ofd": {"OFD 文档"},
    "rtf": {"RTF 文档"},
    "jpeg": {"JPEG 图片"},
    "jpg": {"JPEG 图片"},
    "png": {"PNG 图片"},
    "webp": {"WebP 图片"},
    "heic": {"HEIC 图片"},
    "heif": {"HEIC 图片"},
    "pdf": {"PDF 文档"},
    "mp4": {"MP4 视频或录音"},
    "m4a": {"MP4 视频或录音"},
    "mp3": {"MP3 录音"},
    "mov": {"QuickTime 视频"},
    "3gp": {"3GP 视频"},
    "amr": {"AMR 录音"},
    "wav": {"WAV 录音"},
}
_MOST = 60  # findings shown of one file
_LONGEST = 200


def inspect(name: str, data: bytes) -> FileReport:
    """Examine one file; never raises for what is in it."""
    return report_of(name, look_into(data))


def look_into(data: bytes) -> Examined:
    """Examine the bytes of a file, whatever its name; never raises for what is in them."""
    examined = examine("safety", data, _read)
    if isinstance(examined, Trouble):
        return Examined("", (Finding(Level.CAUTION, examined.text),), lasting=examined.lasting)
    return Examined(*examined)


def report_of(name: str, examined: Examined) -> FileReport:
    """What was found in the bytes, as a report on a file of this name."""
    real_type, found = examined.real_type, examined.findings
    if not real_type:
        return FileReport("未能识别的文件", matches=False, findings=found)
    extension = extension_of(name)
    matches = real_type in _EXPECTED.get(extension, set())
    return FileReport(real_type, matches, (*_mismatch(real_type, extension, matches), *found))


def _read(value: Any) -> tuple[str, tuple[Finding, ...]]:
    """The process is not trusted: levels and texts are checked, and cut."""
    found = [Finding(Level(level), str(text)[:_LONGEST]) for level, text in value["findings"]]
    return str(value["type"])[:_LONGEST], tuple(dict.fromkeys(found))[:_MOST]


def _mismatch(real_type: str, extension: str, matches: bool) -> Iterator[Finding]:
    if not matches:
        level = Level.DANGER if real_type in _PROGRAMS else Level.CAUTION
        yield Finding(level, f"扩展名是 .{extension}，内容却是{real_type}")
