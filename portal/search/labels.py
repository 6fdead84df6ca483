"""Labels: the values that each filter offers, in order, with their Chinese names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.states import SOUGHT_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.content.catalogue import Catalogue

SECTIONS = {
    "winner": "获奖者",
    "guide": "政策解读",
    "faq": "常见问题",
    "downloads": "表格下载",
    "page": "本站说明",
}
"""Sections besides the kinds of notices."""

HEADINGS = {
    "kind": "类型",
    "county": "县（区）",
    "edition": "届次",
    "year": "年份",
    "state": "状态",
}
"""What each filter is called."""


def labels(catalogue: Catalogue, at: datetime) -> dict[str, Mapping[str, str]]:
    """For each filter its values and their names."""
    return {
        "kind": {kind: kind.label for kind in catalogue.kinds} | SECTIONS,
        "county": {county.slug: county.name for county in catalogue.site.counties.values()},
        "edition": {edition.slug: edition.short for edition in catalogue.editions.values()},
        "year": {str(year): f"{year}年" for year in catalogue.years(at)},
        "state": {state.value: state.label for state in SOUGHT_STATES},
    }
