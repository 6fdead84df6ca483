"""Content controls of Word: fields that an applicant fills in and `portal annex check` reads back.

Each control's tag is the field's name; a box of a choice is tagged `name=option`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn

from portal.content.annex.form_blocks import FieldKind, FormField
from portal.render.word import Face, element, run, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_GREY = "767676"
_UNCHECKED, _CHECKED = "25A1", "2611"


class Controls:
    """Makes the controls of one document; their ids must differ."""

    def __init__(self) -> None:
        self._ids: Iterator[int] = count(1)

    def field(self, entry: FormField, face: Face) -> list[Any]:
        """The runs and controls that stand where a field is to be filled in."""
        if entry.kind is FieldKind.CHOICES:
            parts: list[Any] = []
            gap = option_gap(entry)
            for option in entry.options:
                parts += [self._box(entry, option, face), run(f"{option}{gap}", face)]
            return parts
        kind = {
            FieldKind.DATE: _date,
            FieldKind.OPTIONS: _options,
            FieldKind.LONG: _long,
        }.get(entry.kind, _line)(entry)
        grey = Face(face.font, face.size, color=_GREY)
        return [self._control(entry.name, entry.label, kind, run(placeholder(entry), grey), face)]

    def _box(self, entry: FormField, option: str, face: Face) -> Any:
        box = OxmlElement("w14:checkbox")
        for name, value, font in (
            ("checked", "0", ""),
            ("checkedState", _CHECKED, "Segoe UI Symbol"),
            ("uncheckedState", _UNCHECKED, "宋体"),
        ):
            state = OxmlElement(f"w14:{name}")
            state.set(f"{{{W14}}}val", value)
            if font:
                state.set(f"{{{W14}}}font", font)
            box.append(state)
        tag, label = f"{entry.name}={option}", f"{entry.label}：{option}"
        return self._control(tag, label, box, run("□", face), face, shows_placeholder=False)

    def _control(
        self,
        tag: str,
        label: str,
        kind: Any,
        content: Any,
        face: Face,
        *,
        shows_placeholder: bool = True,
    ) -> Any:
        control, settings = element("w:sdt"), element("w:sdtPr")
        look = element("w:rPr")
        shaped(look, face)
        settings.append(look)
        settings.append(element("w:alias", val=label[:64]))
        settings.append(element("w:tag", val=tag))
        settings.append(element("w:id", val=next(self._ids)))
        if shows_placeholder:
            settings.append(element("w:showingPlcHdr"))
        settings.append(kind)
        control.append(settings)
        holder = element("w:sdtContent")
        holder.append(content)
        control.append(holder)
        return control


def option_gap(entry: FormField) -> str:
    """Between boxes: a wide space, or a narrow one between options of one character."""
    return "　" if any(len(option) > 1 for option in entry.options) else " "


def placeholder(entry: FormField) -> str:
    """The grey text of an empty field."""
    if entry.kind is FieldKind.OPTIONS:
        return "请选择"
    if entry.kind is FieldKind.DATE:
        return "　　年　　月　　日"
    if entry.prompt:
        return f"（{entry.prompt}）"
    if entry.kind is FieldKind.LONG and entry.maximum:
        return f"（不超过{entry.maximum}字）"
    # Blank, so that an empty form prints clean; Word shows the field's name when it is clicked.
    return "　　　"


def _line(entry: FormField) -> Any:
    del entry
    return element("w:text")


def _long(entry: FormField) -> Any:
    del entry
    return element("w:text", multiLine=1)


def _date(entry: FormField) -> Any:
    del entry
    made = element("w:date")
    made.append(element("w:dateFormat", val="yyyy年M月d日"))
    made.append(element("w:lid", val="zh-CN"))
    made.append(element("w:storeMappedDataAs", val="dateTime"))
    made.append(element("w:calendar", val="gregorian"))
    return made


def _options(entry: FormField) -> Any:
    made = element("w:dropDownList")
    for option in entry.options:
        made.append(element("w:listItem", displayText=option, value=option))
    return made


def control_values(document: Any) -> dict[str, str]:
    """Tag → what was filled in, for every control of an opened document; "" where it is empty.

    A ticked box has the value "1".
    """
    found: dict[str, str] = {}
    for control in document.element.body.iter(qn("w:sdt")):
        settings = control.find(qn("w:sdtPr"))
        tag = settings.find(qn("w:tag")) if settings is not None else None
        if tag is None:
            continue
        checked = settings.find(f".//{{{W14}}}checked")
        if checked is not None:
            ticked = checked.get(f"{{{W14}}}val") in ("1", "true")
            found[tag.get(qn("w:val"))] = "1" if ticked else ""
            continue
        empty = settings.find(qn("w:showingPlcHdr")) is not None
        found[tag.get(qn("w:val"))] = "" if empty else _text(control).strip()
    return found


def _text(control: Any) -> str:
    paragraphs = list(control.iter(f"{{{nsmap['w']}}}p")) or [control]
    return "\n".join(
        "".join(part.text or "" for part in block.iter(qn("w:t"))) for block in paragraphs
    )
