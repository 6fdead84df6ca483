"""Receipt codes (查询码) and objection numbers (异议编号): their alphabet, check and reading.

A code is 24 Crockford base32 characters (120 bits, ASVS 6.5.2) and one check character, printed as
five groups of five. The check is a weighted sum over GF(32) with a different weight for each place,
so it catches any one wrong character and any two exchanged ones.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NewType

from portal.errors import RequestError

if TYPE_CHECKING:
    from datetime import date

ReceiptCode = NewType("ReceiptCode", str)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BYTES = 15
CODE_CHARACTERS = 24
_GROUP = 5
_NUMBER = re.compile(r"YY[0-9]{8}[0-9A-Z]{8}")
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
LOOKALIKES = {"O": "0", "I": "1", "L": "1", "|": "1", "〇": "0", "○": "0"}
# Dashes as phones and Word write them.
IGNORED = frozenset("-_.,·–—―‐‑‒−ー:/")
_MEANT = str.maketrans(LOOKALIKES)


def _powers() -> tuple[int, ...]:
    """Powers of the generator x of GF(32) modulo x^5 + x^2 + 1."""
    powers = [1]
    while len(powers) <= CODE_CHARACTERS:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 0b100000 else doubled)
    return tuple(powers)


def _product(a: int, b: int) -> int:
    result = 0
    while b:
        if b & 1:
            result ^= a
        a = (a << 1) ^ (0b100101 if a & 0b10000 else 0)
        b >>= 1
    return result


_WEIGHTS = _powers()[1:]


def _check(characters: str) -> str:
    total = 0
    for weight, character in zip(_WEIGHTS, characters, strict=True):
        total ^= _product(weight, _VALUES[character])
    return ALPHABET[total]


def _base32(data: bytes) -> str:
    number = int.from_bytes(data)
    count = len(data) * 8 // 5
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def code_from(data: bytes) -> ReceiptCode:
    """The code that stands for 15 bytes."""
    if len(data) != CODE_BYTES:
        raise ValueError(f"a receipt code holds {CODE_BYTES} bytes")
    characters = _base32(data)
    return ReceiptCode(characters + _check(characters))


def code_bytes(code: ReceiptCode) -> bytes:
    """The 15 bytes a code stands for."""
    number = 0
    for character in code[:CODE_CHARACTERS]:
        number = number << 5 | _VALUES[character]
    return number.to_bytes(CODE_BYTES)


def read_code(typed: str) -> ReceiptCode:
    """Understand a code as people type it: any case, full width, spaces, O for 0, I or l for 1.

    Raises RequestError, with the same text for every way of being wrong.
    """
    folded = unicodedata.normalize("NFKC", typed[:200]).upper()
    kept = "".join(c for c in folded if not c.isspace() and c not in IGNORED)
    characters = kept.translate(_MEANT)
    known = len(characters) == CODE_CHARACTERS + 1 and set(characters) <= set(_VALUES)
    if not known or _check(characters[:-1]) != characters[-1]:
        raise RequestError("查询码有误，请对照回执核对：共25个字符，五个一组，不含字母I、L、O、U")
    return ReceiptCode(characters)


def is_number(typed: str) -> bool:
    """Whether somebody typed an objection number, in any of the ways a code may be typed."""
    folded = unicodedata.normalize("NFKC", typed[:200]).upper()
    kept = "".join(c for c in folded if not c.isspace() and c not in IGNORED)
    return bool(_NUMBER.fullmatch(kept))


def grouped(code: ReceiptCode) -> str:
    """The code as printed: five groups of five."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def objection_number(received: date, data: bytes) -> str:
    """The number to quote on the phone: `YY20261207-7K3QX9PA`, the day and 40 random bits."""
    return f"YY{received:%Y%m%d}-{_base32(data[:5])}"
