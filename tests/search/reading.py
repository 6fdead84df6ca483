"""The static index as `web/static/search.js` reads it, once more in Python."""

import gzip
import itertools
import json
from collections.abc import Callable

from portal.search.analysis import SEPARATOR, Query, fold
from portal.search.shards import decode, shard_of


def possible(postings, term):
    """Numbers of the documents that may hold a term by their postings."""
    if len(term) == 1:
        return set(postings[term][0]) if term in postings else set()
    left = {}
    for turn, pair in enumerate(map("".join, itertools.pairwise(term))):
        if pair not in postings:
            return set()
        turned = {
            number: (bits >> (turn & 7) | bits << (8 - (turn & 7))) & 0xFF
            for number, bits in zip(*postings[pair], strict=True)
        }
        if turn:
            turned = {n: bits & left[n] for n, bits in turned.items() if n in left}
        left = {number: bits for number, bits in turned.items() if bits}
    return set(left)


class Reader:
    """Answers queries from the files alone; `bytes` counts what was loaded."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self.loaded: dict[str, bytes] = {}
        self.index = json.loads(gzip.decompress(self.load("index.bin")))

    def load(self, name: str) -> bytes:
        if name not in self.loaded:
            data = self._read(name)
            assert data is not None, name
            self.loaded[name] = data
        return self.loaded[name]

    def text(self, number: int) -> list:
        base = self.index["base"]
        if number >= base:
            return self.index["texts"][number - base]
        return json.loads(gzip.decompress(self.load(f"doc/{number}.bin")))

    def folded(self, number: int) -> str:
        _, title, _, segments = self.text(number)
        texts = [title]
        for segment in segments:
            texts += [segment] if isinstance(segment, str) else segment[1:]
        return "".join(fold(text) + SEPARATOR for text in texts)

    def find(self, query: Query) -> list[str]:
        """Paths of all matches: newest notices first, then the fixed pages."""
        base, notices = self.index["base"], self.index["notices"]
        whole = [
            number
            for number in range(base, base + len(self.index["texts"]))
            if query.matches(self.folded(number))
        ]
        recent = [n for n in reversed(whole) if n < notices]
        fixed = [n for n in whole if n >= notices]
        posted = sorted(self._posted(query), reverse=True) if base else []
        exact = all(len(term) <= 2 for term in query.terms)
        kept = [n for n in posted if exact or query.matches(self.folded(n))]
        return [self.text(number)[0] for number in (*recent, *kept, *fixed)]

    def _posted(self, query: Query) -> set[int]:
        return set.intersection(*(self._term(term) for term in query.terms))

    def _term(self, term: str) -> set[int]:
        postings = {}
        for gram in {term, *map("".join, itertools.pairwise(term))}:
            shard = shard_of(gram, self.index["shards"])
            postings.update(decode(self.load(f"shard/{shard}.bin")))
        return possible(postings, term)
