"""Widths of a table's columns by what they hold, and of texts in characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT_WIDTH_MM = 156.0
LIST_CELL_PT = 10.5
BODY_CELL_PT = 12.0
_NARROW_EM = 2.0
# Credit codes have 18 characters; rather break long words than let a table run over its edge.
_KEPT_WHOLE = (18, 9, 4)
_WORD = re.compile(r"[!-~]+")
_MM = 25.4 / 72
_INSET_MM = 2.6

Widths = tuple[float, ...]


def column_widths(
    head: Sequence[str], rows: Sequence[Sequence[str]], points: float = LIST_CELL_PT
) -> tuple[Widths, int]:
    """Millimetres of each column, together the text width, and the longest word kept whole.

    A column gets what its longest text asks for while there is room; then the widest are cut, but
    never below their longest word. Words longer than the second figure may break anywhere. Columns
    of which there are too many for that are of one width.
    """
    if not head:
        return (), 0
    em = points * _MM
    columns = [[label, *(row[i] for row in rows)] for i, label in enumerate(head)]
    wanted = [max(map(ems, texts)) * em + _INSET_MM for texts in columns]
    for longest in (*_KEPT_WHOLE, 0):
        least = [_least(texts, longest, em) for texts in columns]
        if sum(least) <= TEXT_WIDTH_MM or not longest:
            break
    if sum(least) > TEXT_WIDTH_MM:
        return (round(TEXT_WIDTH_MM / len(head), 3),) * len(head), longest
    if sum(wanted) <= TEXT_WIDTH_MM:
        return _with_slack(columns, wanted), longest
    low, high = 0.0, TEXT_WIDTH_MM
    for _ in range(40):
        cap = (low + high) / 2
        total = sum(_cut(wanted, least, cap))
        low, high = (cap, high) if total <= TEXT_WIDTH_MM else (low, cap)
    return tuple(round(width, 3) for width in _cut(wanted, least, low)), longest


def _with_slack(columns: list[list[str]], wanted: list[float]) -> Widths:
    """What is left goes to names and other words, by their length; codes and numbers need none."""
    in_words = [any(not cell.isascii() for cell in column[1:]) for column in columns]
    shares = (
        [width if words else 0.0 for width, words in zip(wanted, in_words, strict=True)]
        if any(in_words)
        else wanted
    )
    slack = (TEXT_WIDTH_MM - sum(wanted)) / sum(shares)
    return tuple(
        round(width + slack * share, 3) for width, share in zip(wanted, shares, strict=True)
    )


def _cut(wanted: list[float], least: list[float], cap: float) -> list[float]:
    return [max(low, min(width, cap)) for width, low in zip(wanted, least, strict=True)]


def _least(texts: list[str], longest: int, em: float) -> float:
    """Width of the longest word that is kept whole, and of two Chinese characters at least."""
    words = (word for text in texts for word in _WORD.findall(text) if len(word) <= longest)
    return max([_NARROW_EM, *map(ems, words)]) * em + _INSET_MM


def ems(text: str) -> float:
    """Width in characters; Latin letters as wide as the widest of their kind that is common."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if not char.isascii():
        return 1
    if char.isdigit():
        return 0.48
    if char in "MW@%":
        return 0.95
    return 0.75 if char.isupper() else 0.52
