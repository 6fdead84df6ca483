"""The shelf over a store: notices are unpacked when they are asked for, few are kept unpacked."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from portal.content.record.packing import unpack
from portal.content.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.content.heads import Head
    from portal.domain.notice import Notice

# Kept unpacked: whole notices, of which several feeds show the same, and what lists show of them.
_KEPT = 150
_LISTED = 1_000


class Texts(Protocol):
    """Where packed notices are kept."""

    def notice(self, text: str) -> bytes:
        """A notice; KeyError when it was not kept."""

    def listed(self, texts: Sequence[str]) -> dict[str, bytes]:
        """Notices without their texts, by name."""


class StoredShelf(Shelf):
    """Notices of which the heads are in memory and the rest in a store."""

    def __init__(self, heads: Iterable[Head], texts: Texts) -> None:
        super().__init__(heads)
        self._texts = texts
        self._whole = lru_cache(_KEPT)(lambda text: unpack(texts.notice(text)))
        self._listed: dict[str, Notice] = {}
        self._lock = Lock()

    def whole(self, text: str) -> Notice:
        """A notice with its texts; KeyError when it is not here."""
        return self._whole(text)

    def listed(self, texts: Sequence[str]) -> list[Notice]:
        """Notices without bodies, entries, attachments and earlier texts."""
        with self._lock:
            kept = self._listed
            missing = [text for text in texts if text not in kept]
            if missing:
                if len(kept) > _LISTED:
                    kept.clear()
                    missing = list(texts)
                found = self._texts.listed(missing)
                kept.update((text, unpack(data)) for text, data in found.items())
            return [kept[text] for text in texts]
