"""Writing notice.md: reading gives back what was written; what stays keeps its bytes.

The header is changed key by key. A key whose value stays keeps its lines, comments and quotes as
somebody typed them; a changed one is written anew in its place; a further one is put where the
order of docs/content-format.md has it:

    ---
    title: 东山区第二届示例市质量奖推荐名单公示
    kind: county-publicity
    published: 2026-12-07T09:00:00+08:00
    window: {opens: 2026-12-07, working-days: 5}
    ---
    正文……
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import yaml

from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import split
from portal.content.notice.notice_folder import TEXT
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER = (
    *("title", "kind", "edition", "issuer", "county", "number", "issued", "published", "window"),
    *("copied-to", "printed-by", "printed"),
    *("order", "reasons", "step", "reached", "result-of", "objections", "departures", "review"),
    *("amends", "revision", "updated", "note", "redacted", "tags"),
)
"""The keys of a header in the order in which they are written."""


class _Dumper(yaml.SafeDumper):
    """YAML as the documents show it: times with a T, leaves on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value again rather than refer to it: people read and edit these files."""
        del data
        return True


def _instant(dumper: yaml.SafeDumper, value: datetime) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


class _Header(dict[str, Any]):
    """The header itself, which is never on one line."""


def _header(dumper: yaml.SafeDumper, value: _Header) -> yaml.MappingNode:
    node = dumper.represent_dict(value)
    node.flow_style = False
    return node


_Dumper.add_representer(datetime, _instant)
_Dumper.add_representer(_Header, _header)


def write_text(values: Mapping[str, Any], body: str, before: str = "") -> str:
    """The text of a notice.md with these values and this body.

    `before` is the text it replaces, if any. Values are what YAML reads: texts, whole numbers,
    dates, aware times, lists and mappings of them; None leaves a key out. Raises RequestError for
    a value that would not be read back as it is.
    """
    wanted = {key: value for key, value in values.items() if value is not None}
    text = _lines(body)
    blocks = _blocks(before)
    if blocks is not None and _same(blocks.values, wanted) and _body(before) == text:
        return before
    kept = blocks.kept(wanted) if blocks is not None else {}
    order = _order(list(kept), wanted)
    head = blocks.head if blocks is not None else ""
    written = head + "".join(kept.get(key) or _dump(key, wanted[key]) for key in order)
    result = _joined(written, text)
    again = split(result, Faults(TEXT))
    if again is None or not _same(again.values, wanted) or again.body != text:
        raise RequestError("信息头中有不能写成文件的内容，请去掉特殊符号后再试")
    return result


def _joined(header: str, body: str) -> str:
    return f"---\n{header}---\n{body}"


def _lines(text: str) -> str:
    """Line ends as reading makes them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _body(text: str) -> str | None:
    matter = split(text, Faults(TEXT))
    return matter.body if matter else None


def _dump(key: str, value: Any) -> str:
    return yaml.dump(
        _Header({key: value}),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
        default_flow_style=None,
    )


def _order(kept: list[str], wanted: Mapping[str, Any]) -> list[str]:
    """Keys that stand keep their order; each further one goes behind its nearest predecessor."""
    order = [key for key in kept if key in wanted]
    known = [key for key in ORDER if key in wanted] + [key for key in wanted if key not in ORDER]
    for number, key in enumerate(known):
        if key not in order:
            earlier = [order.index(other) for other in known[:number] if other in order]
            order.insert(max(earlier) + 1 if earlier else 0, key)
    return order


class _Blocks:
    """A header cut into the lines of each key; `head` are the comments before the first."""

    def __init__(self, header: str, values: dict[str, Any], starts: list[tuple[str, int]]) -> None:
        lines = header.splitlines(keepends=True)
        ends = [start for _, start in starts[1:]] + [len(lines)]
        self.values = values
        self.head = "".join(lines[: starts[0][1]])
        self.lines = {
            key: "".join(lines[start:end]) for (key, start), end in zip(starts, ends, strict=True)
        }

    def kept(self, wanted: Mapping[str, Any]) -> dict[str, str]:
        """For each key that stands: its lines where its value stays, else nothing."""
        return {
            key: lines if key in wanted and _same(self.values[key], wanted[key]) else ""
            for key, lines in self.lines.items()
        }


def _blocks(text: str) -> _Blocks | None:
    """The blocks of a text whose header can be changed key by key; None for any other."""
    matter = split(text, Faults(TEXT)) if text else None
    if matter is None or not matter.values:
        return None
    node = yaml.compose(matter.header, Loader=yaml.CSafeLoader)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or "&" in matter.header:
        return None
    starts = [(str(key.value), key.start_mark.line) for key, _ in node.value]
    plain = all(isinstance(key, str) for key in matter.values)
    apart = len({line for _, line in starts}) == len(starts) == len(matter.values)
    at_margin = all(key.start_mark.column == 0 for key, _ in node.value)
    return _Blocks(matter.header, matter.values, starts) if plain and apart and at_margin else None


def _same(one: Any, other: Any) -> bool:
    """Equal in type too: to YAML, 1, true and "1" are three values."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one == other and one.utcoffset() == other.utcoffset()
    return type(one) is type(other) and bool(one == other)
