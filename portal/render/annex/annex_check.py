"""Reads a filled-in annex and says which version it is, what is empty and what is too long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine
from portal.content.annex.form_blocks import Cover, FieldKind, FormField
from portal.errors import RequestError
from portal.render.annex.annex_docx import PROPERTY_PREFIX
from portal.render.fullwidth import character_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portal.content.annex.annexes import Annex


@dataclass(frozen=True, slots=True)
class AnnexReport:
    """What was found in one file; `problems` in the order of the form, empty when it is in order.

    `latest` is the version in force; `filled` of `total` fields have content.
    """

    annex: Annex
    latest: str
    filled: int
    total: int
    problems: tuple[str, ...]


def check_annex(content: bytes, annexes: Sequence[Annex]) -> AnnexReport:
    """Check a Word file; RequestError when it is none of these annexes."""
    found = examine("annex", content, _filled)
    if isinstance(found, Trouble):
        raise RequestError(
            f"打不开这个文件（{found.why}）：应为 Word 文档（.docx）；.doc 请先另存为 .docx"
        )
    values = found.values
    current, annex = _identify(found, annexes)
    fields = tuple(_on_cover(entry, annex) for entry in annex.fields)
    problems = [p for entry in fields if (p := _problem(entry, values))]
    filled = sum(bool(_value(entry, values)) for entry in fields)
    return AnnexReport(annex, current.version, filled, len(fields), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Filled:
    """What a confined process read in the file."""

    identifier: str
    version: str
    values: Mapping[str, str]


def _filled(value: Any) -> _Filled:
    values = {str(tag): str(text) for tag, text in value["values"].items()}
    return _Filled(str(value["identifier"]), str(value["version"]), values)


def _identify(filled: _Filled, annexes: Sequence[Annex]) -> tuple[Annex, Annex]:
    """By the file's properties; where a program dropped them, by the names of the fields."""
    identifier, version, values = filled.identifier, filled.version, filled.values
    slug = identifier.removeprefix(PROPERTY_PREFIX) if PROPERTY_PREFIX in identifier else ""
    for current in annexes:
        for annex in current.versions:
            if (annex.slug, annex.version) == (slug, version):
                return current, annex
    if slug and any(current.slug == slug for current in annexes):
        raise RequestError(f"这是本网站没有的版本 {version}，请从下载页重新下载")
    known = [(_shared(annex, values), annex) for annex in annexes]
    share, best = max(known, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or share < 0.5:  # noqa: PLR2004 - more than half of the fields are there
        raise RequestError("这不是本网站提供的申报表或推荐表，或者填写框已被删去")
    return best, best


def _on_cover(entry: FormField, annex: Annex) -> FormField:
    """A field of the cover says so: its label often stands on a later page too."""
    covers = [block for block in annex.definition if isinstance(block, Cover)]
    on_cover = any(line.field is entry for cover in covers for line in cover.lines)
    return replace(entry, label=f"封面：{entry.label}") if on_cover else entry


def _shared(annex: Annex, values: Mapping[str, str]) -> float:
    names = {name.partition("=")[0] for name in values}
    return sum(entry.name in names for entry in annex.fields) / max(len(annex.fields), 1)


def _value(entry: FormField, values: Mapping[str, str]) -> str:
    if entry.kind is FieldKind.CHOICES:
        ticked = (option for option in entry.options if values.get(f"{entry.name}={option}"))
        return "、".join(ticked)
    return values.get(entry.name, "")


def _problem(entry: FormField, values: Mapping[str, str]) -> str:
    names = {name.partition("=")[0] for name in values}
    if entry.name not in names:
        return f"“{entry.label}”的填写框被删去了，请在原表中填写"
    value = _value(entry, values)
    if not value:
        return f"“{entry.label}”没有填写" if entry.required else ""
    if entry.minimum:
        # Codes are counted by their signs, text as office programs count it.
        signs = len("".join(value.split()))
        right = entry.minimum <= signs <= (entry.maximum or signs)
        return "" if right else f"“{entry.label}”应有{entry.minimum}位，现在是{signs}位"
    count = character_count(value)
    if entry.maximum and count > entry.maximum:
        return f"“{entry.label}”有{count}字，超过{entry.maximum}字"
    return ""


def report_lines(report: AnnexReport) -> Iterable[str]:
    """The report as lines for an applicant or a clerk."""
    annex = report.annex
    yield f"{annex.name}，版本{annex.version}（{annex.date}）"
    if annex.version != report.latest:
        yield f"注意：现行版本是{report.latest}，请改用现行版本"
    yield f"共{report.total}项，已填{report.filled}项"
    yield from report.problems
    yield "没有发现问题。" if not report.problems else f"有{len(report.problems)}处需要补正。"
