"""Surroundings: what a draft is written in: the site, its published notices, its folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.beginning_texts import BeginningText, read_beginning
from portal.content.loader import notice_folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portal.content.catalogue import Catalogue


DEMONSTRATION = ".demonstration"
"""A file that marks a folder of content as a demonstration's copy, in which its desk may write."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The catalogue of what is public, and the folders that content and notices lie in."""

    catalogue: Catalogue
    content: tuple[Path, ...]
    notices: tuple[Path, ...] = ()

    def beginning(self, name: str) -> BeginningText:
        """The words of content/texts/ for a kind or a later act; empty where there are none.

        A publicity that has none of its own begins with those of `publicity.md`.
        """
        found = read_beginning(self.content, name)
        windowed = {str(kind) for kind in self.catalogue.kinds if kind.has_window}
        if found == BeginningText() and name in windowed:
            return read_beginning(self.content, "publicity")
        return found

    def folders(self) -> Iterator[str]:
        """Names of all notices, of those too that nobody has recorded yet."""
        for root in self.notices:
            yield from (folder.name for folder in notice_folders(root))
