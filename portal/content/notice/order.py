"""Order: the entries of a list in the order in which they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.notice import ListOrder

if TYPE_CHECKING:
    from portal.domain.notice import Entry


def in_order(entries: tuple[Entry, ...], order: ListOrder) -> tuple[Entry, ...]:
    """File order as it is; stroke order by the domain's tables, which load on first use."""
    if order is ListOrder.FILE:
        return entries
    from portal.domain.ordering import ordered

    return tuple(ordered(entries, order))
