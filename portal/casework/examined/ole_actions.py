"""What an old Office file (OLE) does when it is opened: macros of both kinds, objects, DDE."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import olefile

from portal.casework.safety import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

_MACROS = frozenset({"macros", "_vba_project_cur", "_vba_project", "vba"})
_OBJECTS = frozenset({"objectpool", "\x01ole10native", "package", "\x01compobjpackage"})
_SHEETS = frozenset({"workbook", "book"})
_BOUND_SHEET, _SUPPORTING, _MACRO_SHEET = 0x0085, 0x01AE, 1
_STREAM = 60 * 1024 * 1024
_DDE = re.compile(rb"(?<![A-Za-z])DDE(?:AUTO)?\s", re.IGNORECASE)
_DDE_WIDE = re.compile(rb"D\0D\0E\0(?:A\0U\0T\0O\0)?[\s]\0", re.IGNORECASE)


def ole_findings(data: bytes) -> Iterator[Finding]:
    """Look into the file's directory and the streams that can act."""
    if _marked(data):
        yield Finding(Level.DANGER, "含有宏（VBA）")
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            parts = ole.listdir(streams=True, storages=True)
            names = {part.lower() for path in parts for part in path}
            yield from _named(names)
            for path in parts:
                if ole.get_type(path) == olefile.STGTY_STREAM:
                    yield from _stream(ole, path)
    except OSError:  # olefile's own errors are of this kind
        yield Finding(Level.CAUTION, "文档结构损坏，无法检查")


def _marked(data: bytes) -> bool:
    """Directory entries are UTF-16; Word calls the storage Macros, Excel _VBA_…."""
    marks = ("Macros", "_VBA_PROJECT", "VBA")
    return any(mark.encode("utf-16-le") + b"\0\0" in data for mark in marks)


def _named(names: set[str]) -> Iterator[Finding]:
    if names & _MACROS:
        yield Finding(Level.DANGER, "含有宏（VBA）")
    if names & _OBJECTS or any(re.fullmatch(r"mbd[0-9a-f]{8}", name) for name in names):
        yield Finding(Level.DANGER, "嵌有其他文件或者控件")
    if "encryptedpackage" in names:
        yield Finding(Level.CAUTION, "文档已加密，无法检查")


def _stream(ole: olefile.OleFileIO, path: list[str]) -> Iterator[Finding]:
    name = path[-1].lower()
    if name not in _SHEETS | {"worddocument", "1table", "0table"}:
        return
    if ole.get_size(path) > _STREAM:
        yield Finding(Level.CAUTION, "有过大的部分，未全部检查")
        return
    content = ole.openstream(path).read()
    if name in _SHEETS:
        yield from _records(content)
    elif name == "worddocument" and (_DDE.search(content) or _DDE_WIDE.search(content)):
        yield Finding(Level.DANGER, "打开时会向其他程序取数据（DDE），可以借此执行命令")


def _records(content: bytes) -> Iterator[Finding]:
    """The records of an Excel stream: sheets that are macros, links to other programs."""
    at = 0
    while at + 4 <= len(content):
        kind = int.from_bytes(content[at : at + 2], "little")
        size = int.from_bytes(content[at + 2 : at + 4], "little")
        body = content[at + 4 : at + 4 + size]
        if kind == _BOUND_SHEET and body[5:6] == bytes([_MACRO_SHEET]):
            yield Finding(Level.DANGER, "含有宏（Excel 4.0 宏表）")
        if (
            kind == _SUPPORTING
            and b"\x03" in body[4:]
            and body[2:4] not in (b"\x01\x04", b"\x01\x3a")
        ):
            yield Finding(Level.CAUTION, "引用了外部的图片或者对象，打开时会连接网络")
        at += 4 + size
