"""What a PDF does by itself when opened: scripts, launches, files; the only door to pikepdf."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pikepdf

from portal.casework.safety import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT = "含有脚本（JavaScript）"
_ACTIONS = {
    "/JavaScript": _SCRIPT,
    "/Launch": "会启动其他程序",
    "/SubmitForm": "会把填写的内容发往网络",
    "/ImportData": "会导入外部数据",
    "/GoToR": "会打开另一个文件",
    "/GoToE": "会打开内嵌的文件",
    "/Rendition": "嵌有多媒体控件",
    "/Movie": "嵌有多媒体控件",
    "/Sound": "嵌有多媒体控件",
    "/RichMediaExecute": "嵌有多媒体控件",
}
_SUBTYPES = {"/RichMedia": "嵌有多媒体控件", "/3D": "嵌有多媒体控件", "/Movie": "嵌有多媒体控件"}
_KEYS = {
    "/JS": _SCRIPT,
    "/XFA": "含有 XFA 表单，可以带脚本",
    "/AA": "翻页、打印等时会自动执行动作",
    "/RichMediaContent": "嵌有多媒体控件",
}
_RAW = ((b"/JavaScript", _SCRIPT), (b"/Launch", _ACTIONS["/Launch"]))
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PLACE = re.compile(r"\s*(?:file:|smb:|\\\\|//)", re.IGNORECASE)
_OBJECTS = 2_000_000


def pdf_findings(data: bytes) -> Iterator[Finding]:
    """What an officer should know; a PDF that cannot be read is a finding too."""
    start = data.find(b"%PDF-")
    if start > 0:
        yield Finding(Level.CAUTION, f"PDF 开始之前还有{start}字节其他内容")
    raw = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)
    for mark, text in _RAW:
        if mark in raw:  # also where a damaged table of objects hides it
            yield Finding(Level.DANGER, text)
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for text in dict.fromkeys(_findings(pdf)):
                yield Finding(Level.DANGER, text)
    except pikepdf.PasswordError:
        yield Finding(Level.DANGER, "文档已加密，无法检查")
    except (pikepdf.PdfError, RecursionError, ValueError):
        yield Finding(Level.DANGER, "文档结构损坏，无法检查")


def _findings(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/OpenAction" in pdf.Root and _is_action(pdf.Root.OpenAction):
        yield "打开文档时会自动执行动作"
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    if "/JavaScript" in names:
        yield _SCRIPT
    embedded = 0
    for number, item in enumerate(_everything(pdf)):
        if number > _OBJECTS:
            yield "对象过多，未全部检查"
            break
        embedded += "/EF" in item
        yield from _of_object(item)
    if embedded:
        yield f"内嵌{embedded}个附件"


def _is_action(target: Any) -> bool:
    """A destination inside the document (an array) is harmless."""
    return isinstance(target, pikepdf.Dictionary) and target.get("/S") != pikepdf.Name.GoTo


def _everything(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file: each object, those in object streams, and what lies inside."""
    for item in pdf.objects:
        waiting = [item]
        while waiting:
            one = waiting.pop()
            if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                yield one
                inner = list((one.stream_dict if isinstance(one, pikepdf.Stream) else one).values())
            elif isinstance(one, pikepdf.Array):
                inner = list(one)
            else:
                continue
            # What is referred to is in the list of objects itself.
            waiting += [value for value in inner if not getattr(value, "is_indirect", False)]


def _of_object(item: Any) -> Iterator[str]:
    kind = str(item.get("/S", ""))
    if kind in _ACTIONS:
        yield _ACTIONS[kind]
    subtype = str(item.get("/Subtype", ""))
    if subtype in _SUBTYPES:
        yield _SUBTYPES[subtype]
    for key, text in _KEYS.items():
        if key in item:
            yield text
    if kind == "/URI" and _PLACE.match(str(item.get("/URI", ""))):
        yield "有链接会打开本机程序或者共享文件夹"
