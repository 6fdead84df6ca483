"""Text as finders read it: half-width forms character by character, so that offsets stay true."""

from __future__ import annotations

from functools import lru_cache

_FULL_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}

Span = tuple[int, int]
"""Start and end offset in a text, end excluded."""


@lru_cache(maxsize=16)
def halfwidth(text: str) -> str:
    """The text with full-width ASCII and spaces made half-width; its length does not change."""
    return text.translate(_FULL_TO_HALF)
