"""Text as finders read it: half-width forms character by character, so that offsets stay true."""

from __future__ import annotations

import re
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HALF = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_HALF |= {"\u3000": " ", "\xa0": " "}

Span = tuple[int, int]
"""Start and end offset in a text, end excluded."""


def lazy_pattern(source: str) -> Callable[[], re.Pattern[str]]:
    """A regular expression that is compiled when it is first asked for.

    One with a class of many characters takes a millisecond or more, and few runs need them all.
    """
    return cache(partial(re.compile, source))


@lru_cache(maxsize=16)
def halfwidth(text: str) -> str:
    """The text with full-width ASCII and spaces made half-width; its length does not change."""
    if text.isascii():
        return text
    for full, half in _HALF.items():  # a tenth of what `translate` takes
        if full in text:
            text = text.replace(full, half)
    return text


def holds_any(text: str, characters: str) -> bool:
    """Whether any of some characters stands in a text: asked before a pattern that needs one.

    It costs a tenth of a search, and most texts hold none.
    """
    return any(character in text for character in characters)


def matches(
    pattern: re.Pattern[str], beginning: re.Pattern[str], text: str, at: int = 0
) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` gives, tried only where its `beginning`, one character, stands.

    A pattern that begins with something optional is otherwise tried at every character.
    """
    while begin := beginning.search(text, at):
        match = pattern.match(text, begin.start())
        at = match.end() if match else begin.end()
        if match:
            yield match
