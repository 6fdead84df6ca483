"""Awards as programs before 2026-11-28 had them: two grades, five categories, two windows, by name.

organization-cap = 5          [places]           [[steps]]
county-working-days = 5       "质量奖" = 3        number = 1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN = frozenset(
    ("places", "organization-cap", "individual-cap", "county-working-days", "city-working-days")
)
_ORGANIZATIONS = ("组织",)
_INDIVIDUALS = ("专家学者", "组织管理人员", "工程技术人员", "一线工作人员")
# What each of the nine steps that show themselves in notices was, by its number.
_SHOWN: dict[int, dict[str, Any]] = {
    1: {"kind": "call"},
    2: {"kind": "county-publicity", "label": "县（区）公示", "level": "county"},
    8: {
        "kind": "city-publicity",
        "label": "市级公示",
        "level": "city",
        "stands-on": ["county-publicity"],
    },
    9: {"kind": "decision", "stands-on": ["city-publicity"]},
}
_DAYS = {2: "county-working-days", 8: "city-working-days"}
_NAMES = {1: "申报", 2: "推荐", 8: "公示", 9: "表彰"}


def is_former(values: Mapping[str, Any]) -> bool:
    """Whether a file says what only the former form did, and nothing of today's."""
    return not _OWN.isdisjoint(values) and "grades" not in values


def in_todays_form(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same award as a file of today would say it; what it says twice or wrongly stays so."""
    rest = {key: value for key, value in values.items() if key not in {*_OWN, "steps"}}
    caps = (("organization-cap", _ORGANIZATIONS), ("individual-cap", _INDIVIDUALS))
    return {
        **rest,
        "grades": [
            {"name": name, "places": places} for name, places in values.get("places", {}).items()
        ],
        "categories": [
            *({"name": name, "sort": "organization"} for name in _ORGANIZATIONS),
            *({"name": name, "sort": "individual"} for name in _INDIVIDUALS),
        ],
        "caps": [
            {"categories": list(categories), "most": values[key], "principle": False}
            for key, categories in caps
            if values.get(key)
        ],
        "steps": _steps(values),
    }


def _steps(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps in order; one that shows itself in notices was there even if no step named it."""
    told = {step.get("number"): step for step in values.get("steps", ())}
    steps = []
    for number in sorted({*(n for n in told if isinstance(n, int)), *_SHOWN}):
        step = {"name": _NAMES.get(number), "actor": "办公室", "summary": "以公告为准。"}
        step |= {key: value for key, value in told.get(number, {}).items() if key != "number"}
        step |= _SHOWN.get(number, {})
        if number in _DAYS:
            step["working-days"] = values.get(_DAYS[number])
        steps.append({key: value for key, value in step.items() if value is not None})
    return steps
