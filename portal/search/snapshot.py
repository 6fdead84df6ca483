"""What is searched: documents, and an index that leaves most of them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.search.analysis import Query
    from portal.search.documents import Document

_SCAN_SHARE = 8
"""Above one document in this many, reading postings costs more than looking at every text."""


@dataclass(frozen=True)
class Snapshot:
    """Documents and the index state that covers them; safe to use while the index is written.

    `numbers` leads from the index's numbers to places among the documents; `loose` are the places
    of documents that the index does not hold, which are always looked at.
    """

    documents: tuple[Document, ...]
    texts: tuple[str, ...]
    reader: Any = None
    numbers: dict[int, int] = field(default_factory=dict)
    loose: tuple[int, ...] = ()
    _lock: Lock = field(default_factory=Lock, compare=False, repr=False)

    @property
    def complete(self) -> bool:
        """Whether the index holds these documents and nothing else."""
        held = self.reader is not None and len(self.numbers) == self.reader.doc_count()
        return held and not self.loose

    def over(self, wanted: Sequence[Document], most: int) -> Snapshot | None:
        """The same index over other documents; None where more than `most` texts are new."""
        places = {(document.path, document.digest): i for i, document in enumerate(self.documents)}
        before = [places.get((document.path, document.digest)) for document in wanted]
        if before.count(None) > most:
            return None
        texts = tuple(
            wanted[i].folded if place is None else self.texts[place]
            for i, place in enumerate(before)
        )
        if self.reader is None:
            return Snapshot(tuple(wanted), texts)
        now = {place: i for i, place in enumerate(before) if place is not None}
        numbers = {n: now[place] for n, place in self.numbers.items() if place in now}
        held = set(numbers.values())
        loose = tuple(i for i in range(len(wanted)) if i not in held)
        return Snapshot(tuple(wanted), texts, self.reader, numbers, loose, self._lock)

    def find(self, query: Query) -> list[Document]:
        """Every document that matches, in the documents' own order."""
        candidates = self._candidates(query)
        places = range(len(self.documents)) if candidates is None else sorted(candidates)
        terms = sorted(query.terms, key=len, reverse=True)
        if len(terms) == 1:
            term = terms[0]
            return [self.documents[i] for i in places if term in self.texts[i]]
        return [self.documents[i] for i in places if all(t in self.texts[i] for t in terms)]

    def _candidates(self, query: Query) -> list[int] | None:
        """Places of the documents with the query's rarest bigrams; None: look at all of them."""
        if self.reader is None or not query.bigrams:
            return None
        with self._lock:  # Whoosh's readers move one file position
            return self._rarest(query)

    def _rarest(self, query: Query) -> list[int] | None:
        counted = sorted(
            (self.reader.doc_frequency("text", pair.encode()), pair) for pair in query.bigrams
        )
        rarest, pair = counted[0]
        if rarest == 0:
            return list(self.loose)
        if rarest * _SCAN_SHARE > len(self.documents):
            return None
        found = set(self._postings(pair))
        if len(counted) > 1 and counted[1][0] * _SCAN_SHARE <= len(self.documents):
            found.intersection_update(self._postings(counted[1][1]))
        numbers = self.numbers
        return [*self.loose, *(numbers[n] for n in found if n in numbers)]

    def _postings(self, pair: str) -> Iterator[int]:
        postings: Iterator[int] = self.reader.postings("text", pair.encode()).all_ids()
        return postings


def scan(documents: Sequence[Document]) -> Snapshot:
    """A view without an index, which looks at every text."""
    return Snapshot(tuple(documents), tuple(document.folded for document in documents))
