"""Postings of the static index, in shards that a browser loads on demand.

A gram is one character or two neighbouring ones. The shard of a gram follows from its FNV-1a hash,
so that shards stay of one size however often a character begins words, and a query loads one small
shard for each gram it asks about. Documents are numbered from the oldest: one more notice appends
a number instead of shifting all, and postings read backwards give the newest first.

For two characters each posting also holds a byte of places: bit p % 8 is set when the pair stands
at place p of a folded segment. A longer term can only stand where the bits of its pairs, each
turned back by its distance from the term's beginning, have a bit in common; so most texts that
hold all pairs of a term, but apart from each other, are left out without being loaded.

Layout of a shard, gzip with a fixed time, numbers as LEB128 varints:
    count of grams, then for each in the order of its characters:
    first code point, second code point or 0, count of postings, first number,
    length in bytes of the differences, the differences, for two characters a byte of places each
"""

from __future__ import annotations

import gzip
import itertools
import operator
from array import array
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from portal.search.analysis import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Held = tuple["array[int]", bytearray]
Postings = dict[str, Held]
"""For each gram the ascending numbers of its documents and, for two characters, their places."""

Edit = tuple[int, str | None, str | None]
"""A document's number with its folded text before and after; None where it is not there."""

_SMALL_SITE = 2_000
_SEVEN_BITS = 0x7F
_COMMON = 300
_BITS = tuple(1 << place for place in range(8))


def shard_count(documents: int) -> int:
    """Number of shards: few enough to stay large files, many enough to stay small downloads."""
    return 256 if documents <= _SMALL_SITE else 1024


def shard_of(gram: str, shards: int) -> int:
    """Shard of a gram: FNV-1a over its UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in gram.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value % shards


def grams(folded: str) -> dict[str, int]:
    """Every gram of a folded text with its byte of places, 0 for single characters."""
    found: dict[str, int] = dict.fromkeys(folded, 0)
    del found[SEPARATOR]
    pairs: defaultdict[str, int] = defaultdict(int)
    for segment in folded.split(SEPARATOR):
        for pair, bit in zip(map("".join, itertools.pairwise(segment)), itertools.cycle(_BITS)):
            pairs[pair] |= bit
    found.update(pairs)
    return found


def invert(texts: Iterable[str]) -> Postings:
    """Postings of folded texts, numbered in their order."""
    postings: Postings = defaultdict(lambda: (array("I"), bytearray()))
    for number, text in enumerate(texts):
        for gram, bits in grams(text).items():
            numbers, places = postings[gram]
            numbers.append(number)
            if bits:
                places.append(bits)
    return dict(postings)


def split(postings: Mapping[str, Held], shards: int) -> list[Postings]:
    """Postings by shard."""
    out: list[Postings] = [{} for _ in range(shards)]
    for gram, held in postings.items():
        out[shard_of(gram, shards)][gram] = held
    return out


def encode(postings: Postings) -> bytes:
    """Bytes of one shard; the same postings give the same bytes."""
    return _pack({gram: _held_bytes(gram, held) for gram, held in postings.items()})


def decode(data: bytes) -> Postings:
    """Postings of one shard."""
    return {gram: _held(gram, held) for gram, held in _unpack(data).items()}


def _pack(grams: Mapping[str, bytes]) -> bytes:
    out = bytearray()
    _put(out, len(grams))
    for gram in sorted(grams):
        _put(out, ord(gram[0]))
        _put(out, ord(gram[1]) if gram[1:] else 0)
        out += grams[gram]
    return gzip.compress(bytes(out), 9, mtime=0)


def _unpack(data: bytes) -> dict[str, bytes]:
    """The bytes of each gram, which most updates of a shard leave as they are."""
    reader = _Reader(gzip.decompress(data))
    found = {}
    for _ in range(reader.number()):
        first, second = reader.number(), reader.number()
        start = reader.at
        count = reader.number()
        reader.number()
        steps = reader.number()
        reader.at += steps + (count if second else 0)
        found[chr(first) + (chr(second) if second else "")] = reader.data[start : reader.at]
    return found


def _held_bytes(gram: str, held: Held) -> bytes:
    numbers, places = held
    out = bytearray()
    _put(out, len(numbers))
    _put(out, numbers[0])
    steps = list(map(operator.sub, numbers[1:], numbers))
    if max(steps, default=0) > _SEVEN_BITS:
        packed = bytearray()
        for step in steps:
            _put(packed, step)
    else:
        packed = bytearray(steps)
    _put(out, len(packed))
    out += packed
    if len(gram) > 1:
        out += places
    return bytes(out)


def _held(gram: str, data: bytes) -> Held:
    reader = _Reader(data)
    count, first, length = reader.number(), reader.number(), reader.number()
    if length == count - 1:  # every difference fits a byte, as those of common grams do
        steps: Iterable[int] = reader.take(length)
    else:
        steps = [reader.number() for _ in range(count - 1)]
    numbers = array("I", itertools.accumulate(steps, initial=first))
    return numbers, bytearray(reader.take(count if len(gram) > 1 else 0))


def changed(shards: Sequence[bytes], edits: Sequence[Edit]) -> dict[int, bytes]:
    """The shards to rewrite, by their index, after edits in ascending order of their numbers."""
    touched: defaultdict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for number, before, after in edits:
        old = grams(before) if before else {}
        new = grams(after) if after else {}
        for gram in old.keys() | new.keys():
            if old.get(gram, -1) != (bits := new.get(gram, -1)):
                touched[shard_of(gram, len(shards))].append((gram, number, bits))
    return {home: _edited(shards[home], gram_edits) for home, gram_edits in touched.items()}


def _edited(shard: bytes, edits: Iterable[tuple[str, int, int]]) -> bytes:
    """A shard after postings were put, replaced or (with -1 for places) removed."""
    packed = _unpack(shard)
    by_gram: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for gram, number, bits in edits:
        by_gram[gram].append((number, bits))
    for gram, changes in by_gram.items():
        numbers, places = _held(gram, packed[gram]) if gram in packed else (array("I"), bytearray())
        for number, bits in changes:
            _set(numbers, places if gram[1:] else None, number, bits)
        if numbers:
            packed[gram] = _held_bytes(gram, (numbers, places))
        else:
            del packed[gram]
    return _pack(packed)


def _set(numbers: array[int], places: bytearray | None, number: int, bits: int) -> None:
    at = bisect_left(numbers, number)
    if at < len(numbers) and numbers[at] == number:
        del numbers[at]
        if places is not None:
            del places[at]
    if bits >= 0:
        numbers.insert(at, number)
        if places is not None:
            places.insert(at, bits)


def _put(out: bytearray, value: int) -> None:
    while value > _SEVEN_BITS:
        out.append(value & _SEVEN_BITS | 0x80)
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

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self.at += count
        return self.data[self.at - count : self.at]


def common(shards: Iterable[bytes], documents: int) -> list[str]:
    """Pairs in so many texts that asking for them tells little, the commonest first."""
    often = [
        (-count, gram)
        for shard in shards
        for gram, held in _unpack(shard).items()
        if gram[1:] and (count := _Reader(held).number()) * 4 > documents * 3
    ]
    return [gram for _, gram in sorted(often)[:_COMMON]]
