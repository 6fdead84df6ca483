"""Writes an edition as the content/awards/<slug>.toml that the reader reads back the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portal.domain.awards import EMPLOYER, Sort
from portal.domain.window import Counting, FirstDay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.domain.awards import Category, Grade
    from portal.domain.editions import Cap, Edition, Step


def write_edition(edition: Edition, comment: str = "") -> str:
    """The text of an edition's file; `comment` stands above it."""
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [
        f"name = {_text(edition.name)}",
        f"short = {_text(edition.short)}",
        *([f"award = {_text(edition.award)}"] if edition.award else ()),
        *(["demonstration = true"] if edition.demonstration else ()),
        f"vacancies = {_flag(value=edition.vacancies)}",
        *([f"valid-years = {edition.valid_years}"] if edition.valid_years else []),
        *([f"deadline = {edition.deadline.isoformat()}"] if edition.deadline else ()),
    ]
    for grade in edition.terms.grades:
        lines += ["", "[[grades]]", *_grade(grade)]
    for category in edition.terms.categories:
        lines += ["", "[[categories]]", *_category(category)]
    for cap in edition.caps:
        lines += ["", "[[caps]]", *_cap(cap)]
    for step in edition.steps:
        lines += ["", "[[steps]]", *_step(step)]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # JSON's escapes are TOML's, but for this one character, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_text, values)) + "]"


def _flag(*, value: bool) -> str:
    return "true" if value else "false"


def _grade(grade: Grade) -> Iterator[str]:
    yield f"name = {_text(grade)}"
    if grade.places:
        yield f"places = {grade.places}"
    if grade.honorary:
        yield "honorary = true"


def _category(category: Category) -> Iterator[str]:
    yield f"name = {_text(category)}"
    yield f"sort = {_text(category.sort)}"
    if category.columns:
        yield f"columns = {_texts(category.columns)}"
    if category.apart != (EMPLOYER if category.sort is not Sort.ORGANIZATION else ""):
        yield f"apart = {_text(category.apart)}"
    if category.joint > 1:
        yield f"joint = {category.joint}"
    if not category.takes_place:
        yield "takes-place = false"


def _cap(cap: Cap) -> Iterator[str]:
    yield f"categories = {_texts(cap.categories)}"
    yield f"most = {cap.most}"
    if cap.in_principle:
        yield "principle = true"
    if cap.counties:
        yield f"counties = {_texts(cap.counties)}"


def _step(step: Step) -> Iterator[str]:
    yield f"name = {_text(step.name)}"
    yield f"actor = {_text(step.actor)}"
    yield f"summary = {_text(step.summary)}"
    kind = step.kind
    if kind is None:
        return
    yield f"kind = {_text(kind)}"
    if kind.has_window:
        yield f"label = {_text(kind.label)}"
        yield f"level = {_text(kind.level)}"
        yield f"{step.counting} = {step.length or 'true'}"
        if step.first_day is not FirstDay.COUNTED and step.counting is not Counting.UNTIL:
            yield f"first-day = {_text(step.first_day)}"
    if step.stands_on:
        yield f"stands-on = {_texts(step.stands_on)}"
