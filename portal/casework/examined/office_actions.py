"""What a Word or Excel file (a zip of XML) does when it is opened: macros, DDE, outside parts.

Every XML part goes through a parser, so that no encoding and no entity hides anything.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from lxml import etree

from portal.casework.safety import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

_RATIO = 100
_UNPACKED = 500 * 1024 * 1024
_MEMBERS = 10_000
_PART = 60 * 1024 * 1024
_LAUNCHING = re.compile(r"\s*(?!https?:|mailto:|#)(?:[a-z][a-z0-9+.-]+:|\\\\|//)", re.IGNORECASE)
_DDE = re.compile(r"(?<![A-Za-z])DDE(?:AUTO)?(?![A-Za-z])", re.IGNORECASE)
_QUOTED = re.compile(r"QUOTE((?:\s+\d{1,5})+)", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"(?:INCLUDE(?:PICTURE|TEXT)|LINK|IMPORT)\b.*?(?:https?:|file:|\\\\)", re.IGNORECASE | re.DOTALL
)
_FORMULA_DDE = re.compile(r"[A-Za-z][\w.]*\|['!]")
_FORMULA_FETCH = re.compile(r"(?:WEBSERVICE|CALL|REGISTER|EXEC)\s*\(", re.IGNORECASE)
_KINDS = (
    (re.compile(r"vbaproject|vbadata|macroenabled"), "含有宏（VBA）"),
    (re.compile(r"macrosheets?/|xlmacrosheet"), "含有宏（Excel 4.0 宏表）"),
    (re.compile(r"embeddings/|activex/|ctrlprops/|oleobject|/package$"), "嵌有其他文件或者控件"),
)


def office_findings(data: bytes) -> Iterator[Finding]:
    """Look into a zip; the bytes before it are allowed, as programs allow them."""
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
            yield from _names(members)
            for member in members:
                yield from _part(archive, member)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError):
        yield Finding(Level.CAUTION, "压缩结构损坏，或者与自称的大小不符")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower().lstrip("/")


def _names(members: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    names = [_plain(member.filename) for member in members]
    for pattern, text in _KINDS:
        if any(pattern.search(name) for name in names):
            yield Finding(Level.DANGER, text)
    if any(count > 1 for count in Counter(names).values()):
        yield Finding(Level.CAUTION, "压缩包里有同名的文件，不同的程序会看到不同的内容")
    if any(member.flag_bits & 1 for member in members):
        yield Finding(Level.CAUTION, "有加密的内容，无法检查")


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Finding]:
    name = _plain(member.filename)
    if not name.endswith((".xml", ".rels", ".vml")) or member.flag_bits & 1:
        return
    if member.file_size > _PART:
        yield Finding(Level.CAUTION, "有过大的部分，未全部检查")
        return
    with archive.open(member) as source:
        xml = source.read(_PART + 1)
    try:
        yield from _xml_findings(name, xml)
    except etree.XMLSyntaxError:
        yield Finding(Level.CAUTION, f"有不合格式的部分，无法检查：{member.filename[:60]}")


def _xml_findings(name: str, xml: bytes) -> Iterator[Finding]:
    fields: list[str] = []
    events = etree.iterparse(io.BytesIO(xml), events=("end",), no_network=True, load_dtd=False)
    for _, item in events:
        kind = etree.QName(item).localname if isinstance(item.tag, str) else ""
        yield from _of_item(name, kind, item, fields)
        if kind in {"r", "row", "c", "tr"} and not fields:
            item.clear()
    if events.root is not None and events.root.getroottree().docinfo.internalDTD is not None:
        yield Finding(Level.DANGER, "XML 中声明了实体，正常的 Office 文档没有")
    yield from _field_findings("".join(fields))


def _of_item(name: str, kind: str, item: Any, fields: list[str]) -> Iterator[Finding]:
    if kind == "Relationship":
        yield from _relation(item)
    elif kind in {"Override", "Default"}:
        shown = f"{item.get('ContentType', '')} {item.get('PartName', '')}".lower()
        yield from (Finding(Level.DANGER, text) for p, text in _KINDS[:2] if p.search(shown))
    elif kind == "instrText":
        fields.append(item.text or "")
    elif kind == "fldSimple":
        fields.append(f" {_attribute(item, 'instr')} ")
    elif kind in {"ddeLink", "ddeItem"}:
        yield Finding(Level.DANGER, "打开时会向其他程序取数据（DDE），可以借此执行命令")
    elif kind == "altChunk":
        yield Finding(Level.CAUTION, "文中夹有另一个文档，打开时一并载入")
    elif kind == "f" and name.startswith("xl/"):
        yield from _formula(item.text or "")


def _formula(text: str) -> Iterator[Finding]:
    if _FORMULA_DDE.search(text):
        yield Finding(Level.DANGER, "公式会向其他程序取数据（DDE），可以借此执行命令")
    if _FORMULA_FETCH.search(text):
        yield Finding(Level.DANGER, "公式会连接网络或者调用程序")


def _attribute(item: Any, name: str) -> str:
    return next((v for k, v in item.attrib.items() if etree.QName(k).localname == name), "")


def _relation(item: Any) -> Iterator[Finding]:
    kind = item.get("Type", "").rpartition("/")[2]
    target = item.get("Target", "")
    for pattern, text in _KINDS:
        if pattern.search(f"{kind} {_plain(target)}".lower()):
            yield Finding(Level.DANGER, text)
    if item.get("TargetMode", "").strip().lower() != "external":
        return
    if kind == "hyperlink":
        if _LAUNCHING.match(target):
            yield Finding(Level.DANGER, "有链接会打开本机程序或者共享文件夹")
    elif kind == "attachedTemplate":
        yield Finding(Level.DANGER, "打开时会从外部加载模板")
    else:
        yield Finding(Level.CAUTION, "引用了外部的图片或者对象，打开时会连接网络")


def _field_findings(text: str) -> Iterator[Finding]:
    """Fields of Word; QUOTE spells a word by the numbers of its characters."""
    spelled = _QUOTED.sub(lambda found: _spelled(found[1]), text.replace('"', ""))
    if _DDE.search(text) or _DDE.search(spelled):
        yield Finding(Level.DANGER, "打开时会向其他程序取数据（DDE），可以借此执行命令")
    if _OUTSIDE.search(text) or _OUTSIDE.search(spelled):
        yield Finding(Level.CAUTION, "引用了外部的图片或者对象，打开时会连接网络")


def _spelled(numbers: str) -> str:
    return "".join(chr(int(number)) for number in numbers.split())
