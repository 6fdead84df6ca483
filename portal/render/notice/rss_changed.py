"""`atom:updated` in RSS items, by feedgen's way of extending: RSS itself has no date of change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension

if TYPE_CHECKING:
    from datetime import datetime

_ATOM = "http://www.w3.org/2005/Atom"


class ChangedFeed(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """Nothing for the feed itself, which has its lastBuildDate."""

    def extend_ns(self) -> dict[str, str]:
        """The prefix that the items use."""
        return {"atom": _ATOM}


class ChangedEntry(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """`<atom:updated>2026-12-07T09:00:00+08:00</atom:updated>` in an item."""

    at: datetime | None = None

    def extend_rss(self, entry: Any) -> Any:
        """Add the element to an item."""
        if self.at is not None:
            changed = entry.makeelement(f"{{{_ATOM}}}updated")
            changed.text = self.at.isoformat()
            entry.append(changed)
        return entry
