"""What a Markdown text becomes: sanitised HTML and its headings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a text: its level (2–4), its anchor and its words."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML and the headings in it."""

    html: str
    headings: tuple[Heading, ...]
