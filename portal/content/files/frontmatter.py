"""Front matter: splits a text file into its YAML header and its body, keeping every key's place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from portal.content.files.syntax_words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.content.files.fault_collector import Faults, Place

_FENCE = "---"
# No right header has such a line: what goes on below a value is indented.
_WIDE_COLON = re.compile(r"^(?P<key>[a-z][a-z-]*)[ \t\u3000]*：", re.MULTILINE)
# What PyYAML lets through besides its own errors: impossible dates, endless nesting, odd numbers,
# and values that are not what their tag says.
_YAML_ERRORS = (
    *(yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError),
    *(RecursionError, OverflowError),
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A header's values, the place of each key ("window.opens" for nested ones), and the body.

    `header` is the text between the two fences, which begins on line 2.
    """

    header: str
    values: dict[str, Any]
    places: dict[str, Place]
    body: str
    body_line: int


def decode(data: bytes, faults: Faults) -> str | None:
    """UTF-8 text with LF line ends and without a byte order mark, or None and a fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        faults.add("F002", "文件不是 UTF-8 编码", "用 UTF-8 编码另存", (line, column))
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(text: str, faults: Faults, offset: int = 0) -> tuple[Any, dict[str, Place]] | None:
    """Any YAML document with the places of its keys; `offset` lines stand before it in the file."""
    try:
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        places = dict(_places(node, offset, faults))
        return _value(loader, node), places
    except _YAML_ERRORS as error:
        mark = getattr(error, "problem_mark", None)
        at = (mark.line + 1 + offset, mark.column + 1) if mark else (1 + offset, 1)
        why = in_words(str(getattr(error, "problem", None) or error))
        remedy = "检查缩进、冒号后的空格和引号；含冒号或以符号开头的文字请加英文引号"
        faults.add("F004", f"YAML 格式有误：{why}", remedy, at)
        return None


def split(text: str, faults: Faults) -> FrontMatter | None:
    """The header and body of a text file, or None and a fault."""
    if not text.startswith(f"{_FENCE}\n"):
        faults.add("F003", "文件开头没有信息头", "第一行写 ---，信息头之后再写一行 ---")
        return None
    end = text.find(f"\n{_FENCE}\n", len(_FENCE))
    if end < 0 and text.endswith(f"\n{_FENCE}"):
        end = len(text) - len(_FENCE) - 1
    if end < 0:
        faults.add("F003", "信息头没有结束", "在信息头之后另起一行写 ---")
        return None
    header = text[len(_FENCE) + 1 : end + 1]
    if wide := _WIDE_COLON.search(header):
        line = header.count("\n", 0, wide.start()) + 2
        at = line, wide.end() - header.rfind("\n", 0, wide.end()) - 1
        remedy = f"改为英文冒号加一个空格：{wide['key']}: …"
        faults.add("F004", f"“{wide['key']}”后面是全角冒号", remedy, at)
        return None
    found = read_yaml(header, faults, offset=1)
    if found is None:
        return None
    values, places = found
    if not isinstance(values, dict):
        faults.add("F004", "信息头应为“键: 值”的形式", "每行写一个键，冒号后留一个空格", (2, 1))
        return None
    body_line = header.count("\n") + 3
    body = text[end + len(_FENCE) + 2 :]
    return FrontMatter(header, values, places, body, body_line)


def _places(
    node: Any, offset: int, faults: Faults, prefix: str = ""
) -> Iterator[tuple[str, Place]]:
    """Places of all keys of a mapping and of the mappings in it; reports keys given twice."""
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            mark = item.start_mark
            yield f"{prefix}{number}", (mark.line + 1 + offset, mark.column + 1)
            yield from _nested(item, offset, faults, f"{prefix}{number}.")
        return
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, value in node.value:
        at = (key.start_mark.line + 1 + offset, key.start_mark.column + 1)
        name = str(key.value)
        if name in seen:
            faults.add("F013", f"“{prefix}{name}”写了两次", "只保留一处", at)
        seen.add(name)
        yield f"{prefix}{name}", at
        yield from _nested(value, offset, faults, f"{prefix}{name}.")


def _value(loader: yaml.CSafeLoader, node: Any) -> Any:
    """A document's value; what is only texts in mappings and lists needs no constructor.

    Asking PyYAML for each text of a header took a tenth of reading a notice.
    """
    found = _plain(loader, node, 0)
    return loader.construct_document(node) if found is _OTHER else found


_OTHER = object()
_TEXT, _MAP, _LIST = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
_SCALARS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("int", "bool", "timestamp", "null"))


def _plain(loader: yaml.CSafeLoader, node: Any, depth: int) -> Any:
    """The value of a node of common kinds, or `_OTHER`."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag == _TEXT:
            return node.value
        return loader.construct_object(node) if node.tag in _SCALARS else _OTHER
    if depth > _DEPTH or node.tag not in (_LIST, _MAP):  # an alias may hold itself
        return _OTHER
    if isinstance(node, yaml.SequenceNode):
        values = [_plain(loader, item, depth + 1) for item in node.value]
        return _OTHER if any(value is _OTHER for value in values) else values
    found: dict[str, Any] = {}
    for key, item in node.value:
        found[key.value] = value = _plain(loader, item, depth + 1)
        if value is _OTHER or key.tag != _TEXT:
            return _OTHER
    return found


_DEPTH = 4


def _nested(node: Any, offset: int, faults: Faults, prefix: str) -> Iterator[tuple[str, Place]]:
    # No format here nests deeper; the bound also ends an alias that holds itself.
    if isinstance(node, yaml.CollectionNode) and prefix.count(".") <= _DEPTH:
        yield from _places(node, offset, faults, prefix)
