"""What a PDF does by itself when opened: scripts, launches, files; the only door to pikepdf."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTIONS = {
    "/JavaScript": "含有脚本（JavaScript）",
    "/Launch": "会启动其他程序",
    "/SubmitForm": "会把填写的内容发往网络",
    "/ImportData": "会导入外部数据",
    "/GoToR": "会打开另一个文件",
    "/RichMedia": "嵌有多媒体控件",
}
_OBJECTS = 50_000


def pdf_findings(data: bytes) -> list[str]:
    """What an officer should know, each once; a PDF that cannot be read is a finding too."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return list(dict.fromkeys(_findings(pdf)))
    except pikepdf.PasswordError:
        return ["文档已加密，无法检查"]
    except (pikepdf.PdfError, RecursionError, ValueError):
        return ["文档结构损坏，无法检查"]


def _findings(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/OpenAction" in pdf.Root and _is_action(pdf.Root.OpenAction):
        yield "打开文档时会自动执行动作"
        yield from _of_object(pdf.Root.OpenAction)
    if "/AA" in pdf.Root:
        yield "翻页、打印等时会自动执行动作"
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    if "/JavaScript" in names:
        yield _ACTIONS["/JavaScript"]
    if len(pdf.attachments):
        yield f"内嵌{len(pdf.attachments)}个附件"
    for number, item in enumerate(pdf.objects):
        if number > _OBJECTS:
            yield "对象过多，未全部检查"
            return
        yield from _of_object(item)


def _is_action(target: Any) -> bool:
    """A destination inside the document (an array) is harmless."""
    return isinstance(target, pikepdf.Dictionary) and target.get("/S") != pikepdf.Name.GoTo


def _of_object(item: Any) -> Iterator[str]:
    if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        return
    kind = str(item.get("/S", ""))
    if kind in _ACTIONS:
        yield _ACTIONS[kind]
    if "/JS" in item:
        yield _ACTIONS["/JavaScript"]
    if str(item.get("/Subtype", "")) == "/RichMedia":
        yield _ACTIONS["/RichMedia"]
    triggers = item.get("/AA")
    actions = list(triggers.values()) if isinstance(triggers, pikepdf.Dictionary) else []
    for action in (item.get("/A"), *actions):
        if isinstance(action, pikepdf.Dictionary) and not action.is_indirect:
            yield from _of_object(action)
