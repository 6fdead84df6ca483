"""Bech32 (BIP 173): how keys are written as text."""

from __future__ import annotations

from functools import reduce
from operator import xor

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FEEDBACK = [
    reduce(xor, (g for bit, g in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32)
]
_GROUP, _SUM = 5, 6
"""Bits of a letter, letters of a checksum."""

LONGEST = 90
"""Letters of any text at most (BIP 173); longer ones are refused before they are read."""


def _checksum(prefix: str, data: list[int]) -> list[int]:
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + data + [0] * _SUM
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _FEEDBACK[check >> 25]
    return [(check ^ 1) >> 5 * (5 - place) & 31 for place in range(_SUM)]


def bech32(prefix: str, data: bytes) -> str:
    """Bytes behind a prefix in small letters."""
    bits = int.from_bytes(data)
    count = -(-len(data) * 8 // 5)
    bits <<= count * 5 - len(data) * 8
    groups = [bits >> 5 * place & 31 for place in reversed(range(count))]
    return prefix + "1" + "".join(_ALPHABET[g] for g in groups + _checksum(prefix, groups))


def from_bech32(prefix: str, text: str) -> bytes:
    """The bytes behind a prefix, small letters only; ValueError for anything `bech32` never wrote.

    So one key has one text: no letter too many, and no bit set that is of no byte.
    """
    head, _, body = text.rpartition("1")
    if head != prefix or len(body) <= _SUM or len(text) > LONGEST:
        raise ValueError("another prefix, or no length of a key")
    groups = [_ALPHABET.index(letter) for letter in body]
    if _checksum(prefix, groups[:-_SUM]) != groups[-_SUM:]:
        raise ValueError("another checksum")
    bits = 0
    for group in groups[:-_SUM]:
        bits = bits << _GROUP | group
    length, spare = divmod((len(groups) - _SUM) * _GROUP, 8)
    if spare >= _GROUP or bits & (1 << spare) - 1:
        raise ValueError("another text")
    return (bits >> spare).to_bytes(length)
