"""The office's own list of wrong words, `content/wrong-words.txt`: its one reader.

    # a comment
    市监局 市场监管局

A line is the wrong word, a blank, and the right one; UTF-8, with or without a mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PAIR = 2


@dataclass(frozen=True, slots=True)
class WrongWords:
    """What a list says, and the lines with their numbers that say nothing.

    `encoded` is false for a file that is not UTF-8, of which no word is used.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    odd: tuple[tuple[int, str], ...] = ()
    encoded: bool = True


def wrong_words_file(content: Path) -> Path:
    """Where the list lies in a content folder."""
    return content / "wrong-words.txt"


def read_wrong_words(content: Path) -> WrongWords:
    """The list of a content folder; an empty one where there is no file."""
    path = wrong_words_file(content)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []
    except UnicodeDecodeError:
        return WrongWords(encoded=False)
    pairs, odd = [], []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) == len(set(words)) == _PAIR:
            pairs.append((words[0], words[1]))
        else:
            odd.append((number, line.strip()))
    return WrongWords(tuple(pairs), tuple(odd))
