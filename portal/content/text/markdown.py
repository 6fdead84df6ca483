"""Markdown: sanitised HTML of a text and its headings; plain texts without loading the library."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from portal.content.text.plain import render_plain

if TYPE_CHECKING:
    from portal.content.text.rendered import Rendered


def to_html(text: str, root: str = "") -> str:
    """Sanitised HTML of a Markdown text; see `render`."""
    return render(text, root).html


@lru_cache(maxsize=256)
def render(text: str, root: str = "") -> Rendered:
    """Sanitised HTML of a Markdown text with its headings.

    `root` is put before links from the site's root, for a site that lives under a sub-path.
    """
    plain = render_plain(text)
    if plain is not None:
        return plain
    from portal.content.text.converter import convert  # takes longer to load than a small build has

    return convert(text, root)
