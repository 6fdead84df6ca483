"""Titles in lines that break between words: Chinese has no spaces, so programs break anywhere.

Pages, documents and pictures take the words from here, so that 质量奖 is one in all of them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORDS = re.compile(
    "质量奖提名奖|质量奖|提名奖|获奖组织|(?:推荐|获奖|建议)?名单|第[一二三四五六七八九十]+届"
    "|[公通][示告知]|决定|评选|表彰|推荐|（[^（）]{1,5}）"
)
"""Words of titles that a line must not break: 质量奖 in two lines is read twice."""

_PIECES = re.compile(rf"{WORDS.pattern}|[!-~]+|\s+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’·…—%")
_NOT_LAST = frozenset("（《〈「『【〔“‘")


def pieces(text: str) -> list[str]:
    """The text in pieces between which a line may end: words, Latin words, single characters.

    Closing signs stay with what they close, opening signs with what they open.
    """
    found: list[str] = []
    for part in _PIECES.findall(text):
        if found and (part[0] in _NOT_FIRST or part.isspace() or found[-1][-1] in _NOT_LAST):
            found[-1] += part
        else:
            found.append(part)
    return found


def title_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """As few lines as fit into `width`, of about the same length; `measure` gives a text's width.

    A piece wider than a line is broken anywhere.
    """
    parts = [small for part in pieces(text) for small in _fitting(part, width, measure)]
    sizes = [measure(part) for part in parts]
    needed = _filled(sizes, width)
    aim = sum(sizes) / needed
    # The best end of each number of lines over the first parts: how uneven, and where it began.
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(needed):
        best.append(_with_one_more(best[-1], sizes, width, aim))
    ends = [len(parts)]
    for reached in reversed(best[1:]):
        ends.append(reached[ends[-1]][1])
    ends.reverse()
    return ["".join(parts[a:b]).strip() for a, b in pairwise(ends)]


def _with_one_more(
    reached: dict[int, tuple[float, int]], sizes: Sequence[float], width: float, aim: float
) -> dict[int, tuple[float, int]]:
    """The least uneven ways to set the first parts in one line more."""
    found: dict[int, tuple[float, int]] = {}
    for start, (cost, _) in reached.items():
        length = 0.0
        for end in range(start, len(sizes)):
            length += sizes[end]
            if length > width and end > start:
                break
            total = cost + (length - aim) ** 2
            if end + 1 not in found or total < found[end + 1][0]:
                found[end + 1] = (total, start)
    return found


def _filled(sizes: Sequence[float], width: float) -> int:
    """How many lines it takes when each is filled as far as it goes."""
    lines, length = 1, 0.0
    for size in sizes:
        if length and length + size > width:
            lines, length = lines + 1, 0.0
        length += size
    return lines


def _fitting(part: str, width: float, measure: Callable[[str], float]) -> list[str]:
    return [part] if measure(part) <= width else list(part)
