"""Repeats: entries of an import that the lint will refuse as one and the same (L007)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.notice import Entry as Listed
from portal.domain.quotas import duplicate_faults
from portal.importing.asking import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.domain.awards import ListTerms
    from portal.importing.entry_checks import Entry
    from portal.importing.inquiry import Inquiry


def tell_repeats(found: Sequence[tuple[Inquiry, Entry]], terms: ListTerms) -> list[Told]:
    """What has to be settled in the table: entries that repeat an earlier one, with their rows."""
    places: dict[int, str] = {}
    listed = []
    for inquiry, entry in found:
        cells = entry.cells
        category = terms.category_of.get(cells["类别"])
        if category is None or not cells["名称"]:
            continue
        more = tuple((label, cells.get(label, "")) for label in category.columns)
        one = Listed(
            name=cells["名称"],
            category=category,
            credit_code=cells["统一社会信用代码"],
            county=cells["县区"],
            employer=cells["工作单位"],
            line=entry.row,
            more=more,
        )
        listed.append(one)
        places[id(one)] = inquiry.place(entry.row)
    told = []
    for fault in duplicate_faults(listed):
        place = places.get(id(fault.entry), "")
        text = f"请先处理：{fault.message}，照这样检查会拒绝（L007）；{fault.remedy}"
        told.append(Told(place, text))
    return told
