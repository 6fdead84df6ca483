"""Bech32 (BIP 173): how keys are written as text."""

from __future__ import annotations

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_SUM = 6
LONGEST = 90
"""Letters of any text at most (BIP 173); longer ones are refused before they are read."""


def _checksum(prefix: str, data: list[int]) -> list[int]:
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + data + [0] * _SUM
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
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

    The text is written again and compared, so that one key has one text.
    """
    head, _, body = text.rpartition("1")
    if head != prefix or len(body) <= _SUM or len(text) > LONGEST:
        raise ValueError("another prefix, or no length of a key")
    bits = 0
    for letter in body[:-_SUM]:
        bits = bits << 5 | _ALPHABET.index(letter)
    length, spare = divmod((len(body) - _SUM) * 5, 8)
    data = (bits >> spare).to_bytes(length)
    if bech32(prefix, data) != text:
        raise ValueError("another text")
    return data
