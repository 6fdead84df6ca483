"""What the static index tells of every document besides its text: a character in each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.search.documents import Document

_FIRST = ord("0")


def columns(
    documents: Sequence[Document], labels: Mapping[str, Mapping[str, str]]
) -> list[dict[str, object]]:
    """What differs from notice to notice apart from what stays for years, so that both pack well.

    Each has the differing combinations of attributes, and for each document a character: which it
    has. An attribute is its value's place among the labels from 1 on, 0 for none. A document may
    have several states: theirs are bits. `demo` tells whether a document is fictional.
    """
    places = {
        facet: {value: i for i, value in enumerate(names, 1)} for facet, names in labels.items()
    }
    kinds, counties = places["kind"], places["county"]
    editions, years = places["edition"], places["year"]
    states = {value: 1 << i for i, value in enumerate(labels["state"])}
    own = [
        (
            kinds.get(d.section, 0),
            counties.get(d.county, 0),
            sum(states.get(state, 0) for state in d.states),
        )
        for d in documents
    ]
    shared = [
        (editions.get(d.edition, 0), years.get(d.year, 0), int(d.demonstration)) for d in documents
    ]
    return [
        _column(("kind", "county", "state"), own),
        _column(("edition", "year", "demo"), shared),
    ]


def _column(facets: Sequence[str], values: Sequence[tuple[int, ...]]) -> dict[str, object]:
    known: dict[tuple[int, ...], int] = {}
    column = "".join([chr(_FIRST + known.setdefault(value, len(known))) for value in values])
    return {"facets": facets, "profiles": list(known), "column": column}
