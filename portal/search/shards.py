"""The static index: bigram postings in shards that a browser loads on demand.

Documents are numbered from the oldest, so that one more notice appends one number instead of
shifting all; the browser reads postings backwards to show the newest first. A shard holds every
bigram whose first character hashes to it (FNV-1a), so a query of one character needs one shard.

Layout of a shard, gzip with a fixed time, all integers as LEB128 varints:
    count of bigrams, then for each in order of code points:
    first code point, second code point, count of postings, first number, differences of the rest
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from typing import TYPE_CHECKING

from portal.search.analysis import bigrams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Postings = dict[str, list[int]]
_SMALL_SITE = 2_000
_SEVEN_BITS = 0x7F


def shard_count(documents: int) -> int:
    """Number of shards: few enough to stay large files, many enough to stay small downloads."""
    return 256 if documents <= _SMALL_SITE else 1024


def shard_of(character: str, shards: int) -> int:
    """Shard of the bigrams that begin with a character: FNV-1a over its UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in character.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value % shards


def invert(texts: Iterable[str]) -> Postings:
    """Postings of folded texts, numbered in their order."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for pair in bigrams(text):
            postings[pair].append(number)
    return dict(postings)


def split(postings: Mapping[str, list[int]], shards: int) -> list[Postings]:
    """Postings by shard."""
    out: list[Postings] = [{} for _ in range(shards)]
    homes: dict[str, int] = {}
    for pair, numbers in postings.items():
        home = homes.get(pair[0])
        if home is None:
            home = homes[pair[0]] = shard_of(pair[0], shards)
        out[home][pair] = numbers
    return out


def encode(postings: Postings) -> bytes:
    """Bytes of one shard; the same postings give the same bytes."""
    out = bytearray()
    _put(out, len(postings))
    for pair in sorted(postings):
        numbers = postings[pair]
        for value in (ord(pair[0]), ord(pair[1]), len(numbers)):
            _put(out, value)
        previous = 0
        for number in numbers:
            _put(out, number - previous)
            previous = number
    return gzip.compress(bytes(out), 9, mtime=0)


def decode(data: bytes) -> Postings:
    """Postings of one shard."""
    values = _varints(gzip.decompress(data))
    postings: Postings = {}
    for _ in range(next(values)):
        pair = chr(next(values)) + chr(next(values))
        number, numbers = 0, []
        for _ in range(next(values)):
            number += next(values)
            numbers.append(number)
        postings[pair] = numbers
    return postings


def changed(
    shards: Sequence[bytes], number: int, before: str | None, after: str
) -> dict[int, bytes]:
    """The shards to rewrite, by their index, when document `number` changes from one folded text.

    `before` is None for a document that is new; its number must then be the highest.
    """
    old = bigrams(before) if before is not None else set()
    new = bigrams(after)
    touched: defaultdict[int, set[str]] = defaultdict(set)
    for pair in old ^ new:
        touched[shard_of(pair[0], len(shards))].add(pair)
    out = {}
    for home, pairs in touched.items():
        postings = decode(shards[home])
        for pair in pairs:
            numbers = set(postings.pop(pair, ()))
            numbers ^= {number}
            if numbers:
                postings[pair] = sorted(numbers)
        out[home] = encode(postings)
    return out


def _put(out: bytearray, value: int) -> None:
    while value > _SEVEN_BITS:
        out.append(value & _SEVEN_BITS | 0x80)
        value >>= 7
    out.append(value)


def _varints(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & _SEVEN_BITS) << shift
        if byte & 0x80:
            shift += 7
        else:
            yield value
            value = shift = 0
