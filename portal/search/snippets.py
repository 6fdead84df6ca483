"""Snippets: the places of a text where a query matches, cut short and marked.

`web/static/search/snippets.js` does the same for the static site; the tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.search.analysis import fold, fold_with_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.search.documents import Text

PASSAGES = 3
LENGTH = 80
BEFORE = 20
ELLIPSIS = "…"

Part = tuple[str, bool]
"""A stretch of text and whether it is marked."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One place; `entry` is the name that heads the row of a list which `anchor` stands for.

    `entry` is empty where the passage is the name itself, or no row.
    """

    parts: tuple[Part, ...]
    anchor: str = ""
    entry: str = ""


def marked(text: str, terms: Sequence[str]) -> tuple[Part, ...]:
    """The whole text with every occurrence of a term marked."""
    return _parts(text, _spans(text, terms), 0, len(text))


def passages(text: Text, terms: Sequence[str]) -> tuple[Passage, ...]:
    """Up to three places of a text: first those that show a term not yet shown, then others."""
    matching = []
    for i, segment in enumerate(text.segments):
        folded = fold(segment.text)
        held = [term for term in terms if term in folded]
        if held:
            matching.append((i, held))
    title = fold(text.title)
    unseen = {term for term in terms if term not in title}
    first = []
    for i, held in matching:
        if unseen.intersection(held):
            unseen.difference_update(held)
            first.append(i)
    first += [i for i, _ in matching if i not in set(first)]
    chosen = sorted(first[:PASSAGES])
    if not chosen:
        return tuple(_opening(text))
    return tuple(_passage(text, i, terms) for i in chosen)


def _opening(text: Text) -> Iterator[Passage]:
    """How the text begins, where the match is in the title alone."""
    plain = [segment.text for segment in text.segments if not segment.anchor]
    if plain:
        longest = max(plain[:4], key=len)
        yield Passage(_parts(longest, [], 0, LENGTH))


def _passage(text: Text, number: int, terms: Sequence[str]) -> Passage:
    segment = text.segments[number]
    spans = _spans(segment.text, terms)
    start = max(0, spans[0][0] - BEFORE) if len(segment.text) > LENGTH else 0
    parts = _parts(segment.text, spans, start, start + LENGTH)
    head = ""
    if segment.anchor:
        head = next(s.text for s in text.segments if s.anchor == segment.anchor)
    return Passage(parts, segment.anchor, "" if head == segment.text else head)


def _spans(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where terms stand in a text, joined where they touch or overlap."""
    folded, places = fold_with_places(text)
    found = []
    for term in terms:
        at = folded.find(term)
        while at >= 0:
            found.append((places[at], places[at + len(term) - 1] + 1))
            at = folded.find(term, at + len(term))
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _parts(text: str, spans: Sequence[tuple[int, int]], start: int, stop: int) -> tuple[Part, ...]:
    """Text between two places, cut at the spans; an ellipsis stands for what is left out."""
    parts: list[Part] = [(ELLIPSIS, False)] if start > 0 else []
    at = start
    for begin, end in spans:
        if begin >= stop:
            break
        parts += [(text[at:begin], False), (text[begin : min(end, stop)], True)]
        at = min(end, stop)
    parts.append((text[at:stop], False))
    if stop < len(text):
        parts.append((ELLIPSIS, False))
    return tuple(part for part in parts if part[0])
