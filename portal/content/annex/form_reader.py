"""Reads the body of an annex definition (content/annexes/*.yml) into form blocks.

A table's row is a list of cells, or a mapping `{cells: [...], height: 16}`, `{head: [...]}`,
`{repeat: 4, cells: [...]}` or `{opinion: label, lines: [...], field: name, sign: who}`. A cell is a
text (a label) or a mapping with `field`; a field's label is the text before it in its row, or the
column's head. docs/documents.md describes it for authors.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from portal.content.annex.form_blocks import (
    Align,
    Cell,
    Cover,
    CoverLine,
    FieldKind,
    FormBlock,
    FormField,
    Gap,
    PageBreak,
    Paragraph,
    Row,
    Table,
    fields_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.content.files.fault_collector import Faults, Place

BASES = ("policy", "practice")
"""policy: the policy text says it; practice: composed from general practice."""

_BLOCK_KEYS = {
    "cover", "heading", "text", "notes", "lines", "table", "gap", "break", "basis", "start",
    "indent", "title",
}  # fmt: skip
_CELL_KEYS = {
    "text", "field", "label", "kind", "required", "max", "min", "options", "choices", "prompt",
    "span", "rows", "align", "top", "photo",
}  # fmt: skip
_ROW_KEYS = {
    "cells", "height", "head", "repeat", "required", "opinion", "lines", "field", "sign",
}  # fmt: skip
_SIGN_ROW_MM = 15
_ROW_MM = 10


@dataclass
class FormReader:
    """Reads one definition; faults go to `faults` with the place of the block they stand in.

    `room` is the width of the text area in millimetres.
    """

    faults: Faults
    places: Mapping[str, Place]
    room: float
    _at: str = field(default="body", init=False)

    def blocks(self, body: Any) -> tuple[FormBlock, ...]:
        """Every block of the definition's body."""
        if not isinstance(body, list):
            self._wrong("应为段落和表格的列表")
            return ()
        found: list[FormBlock] = []
        for number, item in enumerate(body):
            self._at = f"body.{number}"
            if isinstance(item, dict):
                found += self._block(item)
            else:
                self._wrong("每一项应为“键: 值”的形式")
        names = [entry.name for entry in fields_of(tuple(found))]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.faults.add("X002", f"填写项“{name}”出现两次", "改用不同的名称")
        return tuple(found)

    def _wrong(self, message: str, remedy: str = "") -> None:
        at = self.places.get(self._at, (1, 1))
        self.faults.add("X001", f"{self._at}：{message}", remedy or "见 docs/documents.md", at)

    def _known(self, item: Mapping[str, Any], keys: set[str]) -> None:
        for key in item.keys() - keys:
            self._wrong(f"不认识“{key}”", f"可用：{'、'.join(sorted(keys))}")

    def _block(self, item: dict[str, Any]) -> list[FormBlock]:
        self._known(item, _BLOCK_KEYS)
        if item.get("basis", "policy") not in BASES:
            self._wrong("basis 应为 policy 或 practice")
        if "cover" in item:
            return [self._cover(item["cover"])]
        if "table" in item:
            return [self._table(item["table"])]
        if "gap" in item:
            return [Gap(float(item["gap"]))]
        if "break" in item:
            return [PageBreak()]
        return self._paragraphs(item)

    def _paragraphs(self, item: Mapping[str, Any]) -> list[FormBlock]:
        for style in ("title", "heading"):
            if style in item:
                return [Paragraph(style, str(item[style]))]
        if "text" in item:
            style = "text" if item.get("indent", True) else "flush"
            return [Paragraph(style, str(item["text"]))]
        if "notes" in item:
            first = int(item.get("start", 1))
            return [Paragraph("note", f"{n}.{t}") for n, t in enumerate(item["notes"], first)]
        if "lines" in item:
            return [Paragraph("sign", str(line)) for line in item["lines"]]
        self._wrong("没有内容", "写 cover、heading、text、notes、lines、table、gap 或 break 之一")
        return []

    def _cover(self, item: Mapping[str, Any]) -> Cover:
        lines = []
        for line in item.get("lines", ()):
            rest = {key: value for key, value in line.items() if key != "note"}
            lines.append(CoverLine(self._field(rest, ""), str(line.get("note", ""))))
        title, subtitle = str(item.get("title", "")), str(item.get("subtitle", ""))
        return Cover(title, subtitle, tuple(lines), str(item.get("foot", "")))

    def _table(self, item: Mapping[str, Any]) -> Table:
        self._known(item, {"widths", "height", "rows"})
        widths = tuple(float(width) for width in item.get("widths", ()))
        height = float(item.get("height", _ROW_MM))
        rows: list[Row] = []
        heads: tuple[str, ...] = ()
        block = self._at
        for number, entry in enumerate(item.get("rows", ())):
            self._at = f"{block}.table.rows.{number}"
            row = entry if isinstance(entry, dict) else {"cells": entry}
            self._known(row, _ROW_KEYS)
            if "opinion" in row:
                rows += self._opinion(row, len(widths))
            elif "head" in row:
                heads = tuple(str(text) for text in row["head"])
                cells = tuple(Cell(text) for text in heads)
                rows.append(Row(cells, float(row.get("height", height)), head=True))
            else:
                rows += self._rows(row, height, heads)
        self._at = block
        if sum(widths) > self.room:
            self._wrong(f"表格宽{sum(widths):g}毫米，版心只有{self.room:g}毫米")
        self._check_columns(len(widths), rows)
        return Table(widths, tuple(rows))

    def _rows(self, row: Mapping[str, Any], height: float, heads: tuple[str, ...]) -> list[Row]:
        """One row, or several numbered ones; the first `required` of those must be filled."""
        height = float(row.get("height", height))
        plain = self._cells(row["cells"], heads)
        if "repeat" not in row:
            return [Row(plain, height)]
        needed = int(row.get("required", 0))
        return [
            Row(tuple(_numbered(cell, n, required=n <= needed) for cell in plain), height)
            for n in range(1, int(row["repeat"]) + 1)
        ]

    def _cells(self, items: list[Any], heads: tuple[str, ...]) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        before = ""
        for number, item in enumerate(items):
            if isinstance(item, dict):
                head = heads[number] if len(items) == len(heads) else ""
                label = "，".join(part for part in (before, head if before != head else "") if part)
                cells.append(self._cell(item, label))
            else:
                before = str(item) if str(item) != "{n}" else ""
                cells.append(Cell(str(item)))
        return tuple(cells)

    def _cell(self, item: Mapping[str, Any], label: str) -> Cell:
        self._known(item, _CELL_KEYS)
        entry = self._field(item, label) if "field" in item else None
        long = entry is not None and entry.kind in (FieldKind.LONG, FieldKind.CHOICES)
        default = Align.LEFT if long and int(item.get("span", 1)) > 1 else Align.CENTER
        return Cell(
            str(item.get("text", "")),
            entry,
            int(item.get("span", 1)),
            int(item.get("rows", 1)),
            Align(item.get("align", default)),
            top=bool(item.get("top", False)),
        )

    def _field(self, item: Mapping[str, Any], label: str) -> FormField:
        kind = str(item.get("kind", "line"))
        options = item.get("choices") or item.get("options") or ()
        if item.get("choices"):
            kind = "choices"
        elif item.get("options"):
            kind = "options"
        if kind not in list(FieldKind):
            self._wrong(f"kind“{kind}”不可用", f"可用：{'、'.join(FieldKind)}")
            kind = "line"
        return FormField(
            str(item["field"]),
            str(item.get("label", label)),
            FieldKind(kind),
            required=bool(item.get("required", False)),
            maximum=int(item.get("max", 0)),
            minimum=int(item.get("min", 0)),
            options=tuple(str(option) for option in options),
            prompt=str(item.get("prompt", "")),
        )

    def _opinion(self, row: Mapping[str, Any], columns: int) -> list[Row]:
        """An opinion box: a label beside prompts and room to write, and a line to sign on."""
        label = str(row["opinion"])
        entry = FormField(str(row["field"]), label, FieldKind.LONG)
        prompts = "\n".join(str(line) for line in row.get("lines", ()))
        span = columns - 1
        upper = (
            Cell(label, rows=2),
            Cell(prompts, entry, span, align=Align.LEFT, top=True, open_bottom=True),
        )
        who = str(row.get("sign", ""))
        signature = f"{who}：　　　　　　（盖章）　　" if who else "（盖章）　　"
        signature += "\n年　　月　　日　　"
        lower = (Cell(signature, span=span, align=Align.RIGHT, open_top=True),)
        height = float(row.get("height", _ROW_MM))
        return [Row(upper, height - _SIGN_ROW_MM), Row(lower, _SIGN_ROW_MM)]

    def _check_columns(self, columns: int, rows: list[Row]) -> None:
        hanging = [0] * (len(rows) + 1)
        for number, row in enumerate(rows):
            width = sum(cell.span for cell in row.cells) + hanging[number]
            if width != columns:
                self._wrong(f"表格第{number + 1}行有{width}列，应为{columns}列")
            for cell in row.cells:
                for below in range(number + 1, min(number + cell.rows, len(rows))):
                    hanging[below] += cell.span


def _numbered(cell: Cell, number: int, *, required: bool) -> Cell:
    text = cell.text.replace("{n}", str(number))
    entry = cell.field
    if entry:
        name, label = f"{entry.name}-{number}", f"{entry.label}（第{number}行）"
        entry = replace(entry, name=name, label=label, required=required)
    return replace(cell, text=text, field=entry)
