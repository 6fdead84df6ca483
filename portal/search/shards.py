"""Postings of the static index, in shards that a browser loads on demand.

A gram is one character, or two or three neighbouring ones. The shard of a gram follows from its
FNV-1a hash and the number of shards alone, so a browser asks for all the shards of a query at once
and before it knows anything else. Documents are numbered from the oldest: one more notice appends
a number instead of shifting all, and postings read backwards give the newest first.

Terms of up to three characters are answered by one list. A longer term is covered by grams of
three, and for these each posting also tells the places at which the gram stands. The term can only
stand where the places of its grams are as far apart as the grams are in the term; so texts that
hold all its grams, but apart from each other, are left out without being loaded. A place is
counted modulo 127 from a number that follows from how its segment begins: the same distance in two
different segments is hardly ever taken for one, and an edit of a segment touches no other.

Layout of a shard, gzip with a fixed time, numbers as LEB128 varints:
    count of grams, then for each in the order of its characters:
    three code points, 0 where it has fewer; count of postings; length in bytes of the differences,
    the differences, of which the first is the first number; for grams of three the length in bytes
    of the places, the places
A posting's places are up to three bytes below 127, of which all but the last have their highest bit
set, or 127: more places than that.
"""

from __future__ import annotations

import gzip
import itertools
import operator
import sys
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from zlib import crc32

from portal.search.analysis import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Postings = dict[str, "array[int]"]

Edit = tuple[int, str | None, str | None]
"""A document's number with its folded text before and after; None where it is not there."""

Change = tuple[str, int, int | None]
"""A gram, the number of the document whose posting changes, its places; None: the posting goes."""

GRAM = 3
"""Characters of the longest gram."""

ANYWHERE = 127
"""Places of a gram that stands in many; all other places are below."""

_SIZES = ((0, 0), (500, 64), (3_000, 512))
_MOST_SHARDS = 4_096
_SEVEN_BITS = 0x7F
_MORE = 0x80
_NUMBER = 32
_SALTED = 8
_MOST_PLACES = 3
_TURNS = bytes(range(ANYWHERE)) * 9


def shard_count(documents: int) -> int:
    """Number of shards: few enough to stay few files, many enough to stay small downloads."""
    return next((shards for most, shards in _SIZES if documents <= most), _MOST_SHARDS)


def shard_of(gram: str, shards: int) -> int:
    """Shard of a gram: FNV-1a over its UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in gram.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value % shards


def grams(folded: str) -> dict[str, int]:
    """Every gram of a folded text with its places, 0 for one and two characters."""
    return {gram: places for gram, places in _grams(folded).items() if SEPARATOR not in gram}


def _grams(folded: str) -> dict[str, int]:
    """The same with grams across the border of segments; loops over a text's length are in C."""
    found = dict.fromkeys(folded, 0)
    found.update(dict.fromkeys(map("".join, itertools.pairwise(folded)), 0))
    long = list(map("".join, zip(folded, folded[1:], folded[2:], strict=False)))
    places = _places(folded)
    found.update(zip(long, places, strict=False))
    if len(often := Counter(long)) < len(long):
        several: dict[str, list[int]] = {gram: [] for gram, n in often.items() if n > 1}
        for gram, place in zip(long, places, strict=False):
            if gram in several:
                several[gram].append(place)
        found.update((gram, _packed(some)) for gram, some in several.items())
    return found


def _places(folded: str) -> bytes:
    """The place of each character, the separators included."""
    found = []
    for segment in folded.split(SEPARATOR):
        start, length = crc32(segment[:_SALTED].encode()) % ANYWHERE, len(segment) + 1
        turns = _TURNS if start + length <= len(_TURNS) else _TURNS * (length // ANYWHERE)
        found.append(turns[start : start + length])
    return b"".join(found)


def _packed(places: Iterable[int]) -> int:
    """Places as one value, whose low byte is written first."""
    differing = sorted(set(places))
    if len(differing) > _MOST_PLACES:
        return ANYWHERE
    more = (place | _MORE for place in differing[:-1])
    return int.from_bytes(bytes([*more, differing[-1]]), "little")


def _size(value: int) -> int:
    """Bytes of a posting's places; the highest is never zero where there are several."""
    return max(1, (value.bit_length() + 7) // 8)


def invert(texts: Iterable[str], first: int = 0) -> Postings:
    """Postings of folded texts, numbered in their order from `first` on."""
    add: defaultdict[str, Callable[[int], None]] = defaultdict(lambda: array("Q").append)
    for number, text in enumerate(texts, first):
        high = number << _NUMBER
        for gram, places in _grams(text).items():
            add[gram](high | places)
    held = ((gram, append.__self__) for gram, append in add.items())  # type: ignore[attr-defined]
    return {gram: postings for gram, postings in held if SEPARATOR not in gram}


def join(parts: Iterable[Postings]) -> Postings:
    """Postings of texts that were inverted in parts, given in their order."""
    joined: Postings = {}
    for part in parts:
        for gram, held in part.items():
            if gram in joined:
                joined[gram].extend(held)
            else:
                joined[gram] = held
    return joined


def split(postings: Mapping[str, array[int]], shards: int) -> list[Postings]:
    """Postings by shard."""
    out: list[Postings] = [{} for _ in range(shards)]
    for gram, held in postings.items():
        out[shard_of(gram, shards)][gram] = held
    return out


def pack(data: bytes) -> bytes:
    """A file of the static index as it is served; the same content gives the same bytes."""
    return gzip.compress(data, 9, mtime=0)


def encode(postings: Postings) -> bytes:
    """Bytes of one shard, not yet packed; the same postings give the same bytes."""
    return _written({gram: _held_bytes(gram, held) for gram, held in postings.items()})


def decode(data: bytes) -> dict[str, dict[int, int]]:
    """Postings of one shard: for each gram the numbers of its documents with its places there."""
    return {
        gram: dict(zip(*_halves(_held(gram, held)), strict=True))
        for gram, held in _read(data).items()
    }


def _halves(held: array[int]) -> tuple[array[int], array[int]]:
    """Numbers and places of postings."""
    both = array("I", held.tobytes())
    low, high = both[::2], both[1::2]
    return (high, low) if sys.byteorder == "little" else (low, high)


def _written(grams: Mapping[str, bytes]) -> bytes:
    out = bytearray()
    _put(out, len(grams))
    for gram in sorted(grams):
        for character in gram:
            _put(out, ord(character))
        out += bytes(GRAM - len(gram))
        out += grams[gram]
    return bytes(out)


def _read(data: bytes) -> dict[str, bytes]:
    """The bytes of each gram, which most updates of a shard leave as they are."""
    reader = _Reader(data)
    found = {}
    for _ in range(reader.number()):
        codes = [reader.number() for _ in range(GRAM)]
        start = reader.at
        reader.number()
        reader.take(reader.number())
        if codes[-1]:
            reader.take(reader.number())
        found["".join(chr(code) for code in codes if code)] = data[start : reader.at]
    return found


def _held_bytes(gram: str, held: array[int]) -> bytes:
    numbers, places = _halves(held)
    out = bytearray()
    _put(out, len(numbers))
    steps = [numbers[0], *map(operator.sub, numbers[1:], numbers)]
    if max(steps) > _SEVEN_BITS:
        packed = bytearray()
        for step in steps:
            _put(packed, step)
    else:
        packed = bytearray(steps)
    _put(out, len(packed))
    out += packed
    if len(gram) == GRAM:
        if max(places) > _SEVEN_BITS:
            written = b"".join(p.to_bytes(_size(p), "little") for p in places)
        else:
            written = bytes(places.tolist())
        _put(out, len(written))
        out += written
    return bytes(out)


def _held(gram: str, data: bytes) -> array[int]:
    reader = _Reader(data)
    count, length = reader.number(), reader.number()
    if length == count:  # every difference fits a byte, as those of common grams do
        steps: Iterable[int] = reader.take(length)
    else:
        steps = [reader.number() for _ in range(count)]
    numbers = itertools.accumulate(steps)
    if len(gram) < GRAM:
        return array("Q", [number << _NUMBER for number in numbers])
    reader.number()
    return array("Q", [number << _NUMBER | reader.places() for number in numbers])


def changes(edits: Iterable[Edit], shards: int) -> dict[int, list[Change]]:
    """What edits change, by the shard it is in."""
    found: defaultdict[int, list[Change]] = defaultdict(list)
    for number, before, after in edits:
        old = grams(before) if before else {}
        new = grams(after) if after else {}
        for gram in old.keys() | new.keys():
            if old.get(gram) != (places := new.get(gram)):
                found[shard_of(gram, shards)].append((gram, number, places))
    return found


def changed(shard: bytes, edits: Iterable[Change]) -> bytes:
    """A shard after some changes."""
    held = _read(shard)
    by_gram: defaultdict[str, list[tuple[int, int | None]]] = defaultdict(list)
    for gram, number, places in edits:
        by_gram[gram].append((number, places))
    for gram, some in by_gram.items():
        postings = _held(gram, held[gram]) if gram in held else array("Q")
        for number, places in some:
            _set(postings, number, places)
        if postings:
            held[gram] = _held_bytes(gram, postings)
        else:
            del held[gram]
    return _written(held)


def _set(postings: array[int], number: int, places: int | None) -> None:
    at = bisect_left(postings, number << _NUMBER)
    if at < len(postings) and postings[at] >> _NUMBER == number:
        del postings[at]
    if places is not None:
        postings.insert(at, number << _NUMBER | places)


def _put(out: bytearray, value: int) -> None:
    while value > _SEVEN_BITS:
        out.append(value & _SEVEN_BITS | _MORE)
        value >>= 7
    out.append(value)


class _Reader:
    """Reads numbers and bytes one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self) -> int:
        """The next varint."""
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & _SEVEN_BITS) << shift
            if byte <= _SEVEN_BITS:
                return value
            shift += 7

    def places(self) -> int:
        """The next posting's places."""
        start = self.at
        while self.data[self.at] > _SEVEN_BITS:
            self.at += 1
        self.at += 1
        return int.from_bytes(self.data[start : self.at], "little")

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self.at += count
        return self.data[self.at - count : self.at]
