"""How text and queries are cut; the one definition behind the live index, the shards and the scan.

Text is folded character by character (the tables of `domain.characters`, NFKC, lower case), so that
a position in the folded text can be traced back, and white space is dropped beside East Asian
characters and collapsed elsewhere: `ＩＳＯ 9001` equals `iso 9001`, `田 华` equals `田华`.
`web/static/search/query.js` does the same.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass

from portal.domain.characters import DOTS, DROPPED, FOLDED
from portal.domain.text import lazy_pattern
from portal.errors import RequestError

VERSION = 2
"""Raised whenever folding or cutting changes: every index made by another version is rebuilt."""

MAX_QUERY = 100
"""Longest query in characters; longer ones are refused with a message."""

SEPARATOR = "\n"
"""Parts segments in folded text; no query contains it, so no match crosses a border."""

_EAST_ASIAN = "\u2e80-\U0003ffff"
_SPACE_BESIDE_EAST_ASIAN = lazy_pattern(rf"(?<=[{_EAST_ASIAN}])\s+|\s+(?=[{_EAST_ASIAN}])")
_SPACES = re.compile(r"\s+")
# What differs between languages as a space goes too.
UNSEEN = f"[{DROPPED}\x85\u2028\u2029]"
"""What is dropped, as a regular expression."""

_CONTROL = lazy_pattern(UNSEEN)
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»『』「」＂", '"'))


class _Fold(dict[int, str]):
    """Translation table that folds each character once."""

    def __missing__(self, code: int) -> str:
        character = "·" if chr(code) in DOTS else FOLDED.get(chr(code), chr(code))
        folded = unicodedata.normalize("NFKC", character).lower()
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold(text: str) -> str:
    """Fold one segment of text for matching."""
    folded = _CONTROL().sub("", text).translate(_FOLD)
    return _SPACES.sub(" ", _SPACE_BESIDE_EAST_ASIAN().sub("", folded)).strip()


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Fold a segment and tell, for each folded character, its index in `text`."""
    folded: list[str] = []
    places: list[int] = []
    for i, character in enumerate(text):
        for part in "" if _CONTROL().match(character) else character.translate(_FOLD):
            folded.append(part)
            places.append(i)
    raw = "".join(folded)
    dropped = {i for m in _SPACE_BESIDE_EAST_ASIAN().finditer(raw) for i in range(*m.span())}
    kept = [i for i in range(len(raw)) if i not in dropped]
    out: list[str] = []
    where: list[int] = []
    for i in kept:
        space = raw[i].isspace()
        if space and (not out or out[-1] == " "):
            continue
        out.append(" " if space else raw[i])
        where.append(places[i])
    if out and out[-1] == " ":
        out.pop()
        where.pop()
    return "".join(out), where


def printable(text: str) -> str:
    """A query as a page may repeat it, without what no page may hold."""
    return "".join(c if c.isprintable() else " " for c in text[:MAX_QUERY]).strip()


def bigrams(folded: str) -> set[str]:
    """Every pair of neighbouring characters within the segments of a folded text."""
    pairs = set(map("".join, itertools.pairwise(folded)))
    return {pair for pair in pairs if SEPARATOR not in pair}


def pairs_of(term: str) -> list[str]:
    """The bigrams of a term in order; empty for a term of one character."""
    return list(map("".join, itertools.pairwise(term)))


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: every term must occur; terms are folded and not empty."""

    terms: tuple[str, ...]

    @property
    def bigrams(self) -> frozenset[str]:
        """Bigrams that every matching text contains; empty when all terms are one character."""
        return frozenset(pair for term in self.terms for pair in pairs_of(term))

    def matches(self, folded: str) -> bool:
        """Whether a folded text contains every term."""
        return all(term in folded for term in self.terms)


def parse(text: str) -> Query:
    """Cut a query: words between spaces must all occur, a part in quotes occurs as written.

    Raises RequestError for a query that is too long or holds nothing that could be searched.
    """
    if len(text) > MAX_QUERY:
        raise RequestError(f"检索词过长，请不超过{MAX_QUERY}个字")
    # Controls first: what is a space to `\s` differs between languages only among them.
    plain = _CONTROL().sub("", text).translate(_QUOTES)
    folded = (fold(match[1] or match[2] or "") for match in _PART.finditer(plain))
    terms = tuple(dict.fromkeys(term for term in folded if term))
    if not terms:
        raise RequestError("请输入要查找的名称、文号或关键词")
    return Query(terms)
