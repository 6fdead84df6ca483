"""What a build shows: the content, the heads, the texts; what rendering and searching both ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.freezer.record.recorded_catalogue import RecordedCatalogue
from portal.freezer.record.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from portal.content.index import Index
    from portal.content.parts import Parts


@dataclass(frozen=True)
class Scene:
    """What a build shows: the content, the notices' heads at an instant, the texts in a store.

    `search` leads from each URL of search data to the key that names its content.
    """

    parts: Parts
    index: Index
    store: Path
    objections_url: str | None
    formats: frozenset[str] | None = None
    search: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """The as-of time."""
        return self.index.at

    def catalogue(self) -> RecordedCatalogue:
        """A catalogue of the scene with a connection of its own."""
        return RecordedCatalogue(self.parts, self.index, Store(self.store))
