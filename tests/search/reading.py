"""The static index as the script of the static site reads it, once more in Python."""

import gzip
import json
from collections.abc import Callable

from portal.search.analysis import SEPARATOR, Query, fold
from portal.search.shards import ANYWHERE, GRAM, decode, shard_of
from portal.search.static import TEXTS


def places_of(value: int) -> frozenset[int] | None:
    """The places that a posting holds, one a byte; None: anywhere."""
    if value == ANYWHERE:
        return None
    size = max(1, (value.bit_length() + 7) // 8)
    return frozenset(byte & 0x7F for byte in value.to_bytes(size, "little"))


def cover(term):
    """The grams that a term is looked up by, each with where it stands in the term."""
    last = len(term) - GRAM
    if last < 1:
        return [(term, 0)]
    starts = [*range(0, last, 2 if last < 6 else 3)][:7]
    return [(term[i : i + GRAM], i) for i in (*starts, last)]


def possible(postings, term):
    """Numbers of the documents that may hold a term by their postings."""
    lists = [(postings.get(gram, {}), offset) for gram, offset in cover(term)]
    left = dict.fromkeys(lists[0][0])  # for each where the term may begin; None: anywhere
    if len(lists) == 1:
        return set(left)
    for held, offset in lists:
        left = {n: before for n, before in left.items() if n in held}
        for number, before in list(left.items()):
            places = places_of(held[number])
            if places is None:
                continue
            starts = {(place - offset) % ANYWHERE for place in places}
            left[number] = starts if before is None else starts & before
            if not left[number]:
                del left[number]
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
        texts = json.loads(gzip.decompress(self.load(f"doc/{number // TEXTS}.bin")))
        return texts[number % TEXTS]

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
        exact = all(len(term) <= GRAM for term in query.terms)
        kept = [n for n in posted if exact or query.matches(self.folded(n))]
        return [self.text(number)[0] for number in (*recent, *kept, *fixed)]

    def _posted(self, query: Query) -> set[int]:
        return set.intersection(*(self._term(term) for term in query.terms))

    def _term(self, term: str) -> set[int]:
        postings = {}
        for gram, _ in cover(term):
            shard = shard_of(gram, self.index["shards"])
            postings.update(decode(gzip.decompress(self.load(f"shard/{shard}.bin"))))
        return possible(postings, term)
