"""Results: the matching documents under the chosen filters, counted for every filter, in pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.search.documents import Document

PAGE_SIZE = 10

FACETS = ("kind", "county", "edition", "year", "state")
"""The filters, in the order in which they are offered; each is a parameter of the address."""


def values_of(document: Document, facet: str) -> tuple[str, ...]:
    """What a document is found under in a filter; empty values are not offered."""
    match facet:
        case "kind":
            return (document.section,)
        case "county":
            return (document.county,)
        case "edition":
            return (document.edition,)
        case "year":
            return (document.year,)
        case _:
            return document.states


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits; `counts` tells for each filter how many each of its values would give.

    A filter's own choice does not narrow its counts: they say what another choice would find.
    """

    total: int
    hits: tuple[Document, ...]
    page: int
    pages: int
    counts: Mapping[str, Mapping[str, int]]


def narrow(found: Sequence[Document], chosen: Mapping[str, str], page: int = 1) -> Results:
    """Apply filters to what was found; a page beyond the last is the last."""
    kept = list(found)
    counts: dict[str, Mapping[str, int]] = {}
    for facet in FACETS:
        others = [f for f in FACETS if chosen.get(f) and f != facet]
        counts[facet] = _count([d for d in found if _holds(d, others, chosen)], facet)
    kept = [d for d in found if _holds(d, [f for f in FACETS if chosen.get(f)], chosen)]
    pages = max(1, -(-len(kept) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    hits = tuple(kept[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Results(len(kept), hits, page, pages, counts)


def _holds(document: Document, facets: Sequence[str], chosen: Mapping[str, str]) -> bool:
    return not facets or all(chosen[facet] in values_of(document, facet) for facet in facets)


def _count(documents: Sequence[Document], facet: str) -> Mapping[str, int]:
    counted: Counter[str] = Counter()
    match facet:
        case "kind":
            counted.update([d.section for d in documents])
        case "county":
            counted.update([d.county for d in documents])
        case "edition":
            counted.update([d.edition for d in documents])
        case "year":
            counted.update([d.published.year for d in documents if d.published])  # type: ignore[misc]
            return {str(year): count for year, count in counted.items()}
        case _:
            counted.update([state for d in documents for state in d.states])
    del counted[""]
    return counted
