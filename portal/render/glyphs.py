"""Glyphs: texts as documents can set them; what no font has is printed as its code point.

The lint refuses such a character before anything is published; a text that was published before a
font was lost, or without the lint, must not stop the whole site.
"""

from __future__ import annotations

from typing import Any

from portal.content.fonts import missing_glyphs
from portal.domain.characters import without_unseen


def settable(data: Any) -> Any:
    """Data for the typesetter, each text in it as `plain_text` gives it."""
    if isinstance(data, str):
        return plain_text(data)
    if isinstance(data, dict):
        return {key: settable(value) for key, value in data.items()}
    return [settable(one) for one in data] if isinstance(data, (list, tuple)) else data


def plain_text(text: str) -> str:
    """Text without what nobody sees, and with 〔U+E863〕 for a character that no font has.

    Alone on a line, a soft hyphen or a zero-width blank stops the typesetter.
    """
    text = without_unseen(text)
    for character in missing_glyphs(text):
        text = text.replace(character, f"〔U+{ord(character):04X}〕")
    return text
