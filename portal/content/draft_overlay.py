"""Drafts over a catalogue: for a preview each stands in the place of the notice of its name."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING

from portal.content.catalogue import Catalogue
from portal.content.loader import notice_folders
from portal.content.notice.basis import Basis
from portal.content.notice.notice_folder import TEXT
from portal.content.notice.recorded import shown_texts, source_of
from portal.content.notice.references import with_references
from portal.content.record.stamps import source_stamp, walk
from portal.content.shelf import MemoryShelf, Shelf
from portal.domain.unrecorded import Unrecorded
from portal.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from portal.content.heads import Head
    from portal.domain.notice import Notice
    from portal.errors import PortalError

    Seen = tuple[tuple[str, int], ...]


class DraftOverlay:
    """Call it for the catalogue with the drafts of a folder as they are now, marked as previews.

    A draft that cannot be read yet is told to `failed`, and what stands below it is shown.
    """

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        drafts: Path,
        failed: Callable[[PortalError], None],
    ) -> None:
        self._catalogue, self._drafts, self._failed = catalogue, drafts, failed
        self._known: tuple[Catalogue, Seen, Catalogue] | None = None
        self._lock = Lock()

    def __call__(self) -> Catalogue:
        """What stands in the tree, with the drafts over it."""
        base = self._catalogue()
        with self._lock:
            folders = [f for f in notice_folders(self._drafts) if (f / TEXT).is_file()]
            seen = _seen(folders)
            if self._known is None or self._known[0] is not base or self._known[1] != seen:
                self._known = (base, seen, self._laid_over(base, folders))
            return self._known[2]

    def _laid_over(self, base: Catalogue, folders: Sequence[Path]) -> Catalogue:
        basis = Basis(base.calendar, base.editions)
        slugs = {head.slug for head in base.shelf.heads} | {folder.name for folder in folders}
        found: list[tuple[Head, Notice]] = []
        for folder in sorted(folders):
            source = source_of(folder, basis)
            source = with_references(source, base.site, base.editions, slugs)
            if source.notice is None:
                message = f"草稿“{folder.name}”有错误，还不能预览"
                self._failed(ContentError(message, source.issues))
            found += shown_texts(source, (), Unrecorded.MARKED)
        return Catalogue(base.parts, _OverShelf(base.shelf, found)) if found else base


def _seen(folders: Sequence[Path]) -> Seen:
    """Changes with every edit of the folders."""
    found = []
    for path in (path for folder in folders for path in walk(str(folder))):
        try:
            found.append((path, source_stamp(os.stat(path))))  # noqa: PTH116 - beside `walk`
        except OSError:
            found.append((path, 0))
    return tuple(found)


class _OverShelf(Shelf):
    """A shelf with some texts in the place of those of the same notices."""

    def __init__(self, below: Shelf, texts: Sequence[tuple[Head, Notice]]) -> None:
        over = MemoryShelf(texts)
        slugs = {head.slug for head in over.heads}
        super().__init__([*over.heads, *(h for h in below.heads if h.slug not in slugs)])
        self._below, self._over = below, over
        self._own = {head.text for head in over.heads}

    def whole(self, text: str) -> Notice:
        """A notice; KeyError when it is not here."""
        return (self._over if text in self._own else self._below).whole(text)

    def listed(self, texts: Sequence[str]) -> list[Notice]:
        """Notices as far as a list shows them."""
        below = [text for text in texts if text not in self._own]
        found = dict(zip(below, self._below.listed(below), strict=True))
        return [self._over.whole(t) if t in self._own else found[t] for t in texts]
