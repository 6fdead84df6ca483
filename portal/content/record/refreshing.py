"""Bringing a store of notices up to date: what changed is read, the rest stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.parts import NAMES
from portal.content.record.changes import survey
from portal.content.record.reading import NoticeReading, dangling, doubled
from portal.content.record.stamps import Stamps, source_stamp
from portal.content.record.stored_parts import put_parts, stored_parts
from portal.errors import ContentError

if TYPE_CHECKING:
    from portal.content.parts import Parts
    from portal.content.record.changes import Changes, Folders
    from portal.content.record.notice_store import NoticeStore
    from portal.errors import Issue

_SOURCES = "sources"
_CORE = ("site", "calendar", "editions")
"""With one of these, every notice may read differently."""
GENERATION = "generation"
"""The fact under which a store counts how often what it holds has changed."""


def refresh(store: NoticeStore, folders: Folders) -> None:
    """Read what was changed since the store was last brought up to date.

    Raises ContentError with the faults of what was changed; the store is then as it was.
    """
    known = store.stamps(_SOURCES)
    if known and next(known.changed(source_stamp), None) is None:
        return
    with store.transaction():
        known = store.stamps(_SOURCES)  # another process may just have done the same
        changes = survey(folders, known, list(known.changed(source_stamp)))
        before = None if changes.everything else stored_parts(store)
        parts, differ = _parts(store, folders, changes)
        if differ.intersection(_CORE) and not changes.everything:
            changes = survey(folders, Stamps())
        if "ledger" in differ or changes.removed:
            changes.add_recorded(folders.notices, before, parts)
        changed = _notices(store, folders, changes, parts)
        store.put_stamps(_SOURCES, changes.stamps)
        if differ or changed:
            store.put(GENERATION, str(int(store.get(GENERATION) or 0) + 1))


def _parts(store: NoticeStore, folders: Folders, changes: Changes) -> tuple[Parts, set[str]]:
    """The content besides the notices, and the names of the parts that differ from before."""
    if not changes.content:
        return stored_parts(store), set()
    before = None if changes.everything else stored_parts(store)
    parts = folders.load_parts(before)
    put_parts(store, parts)
    return parts, {n for n in NAMES if before is None or before.part(n) != parts.part(n)}


def _notices(store: NoticeStore, folders: Folders, changes: Changes, parts: Parts) -> bool:
    """Read the notices that changed; whether that made any difference."""
    before = store.heads()
    again = changes.folders | changes.removed
    kept = [h for h in before if not changes.everything and h.folder not in again]
    store.drop_notices({head.slug for head in before} - {head.slug for head in kept})
    slugs = folders.slugs(parts) | changes.slugs
    reading = NoticeReading(parts, folders, slugs)
    heads = list(kept)
    issues: list[Issue] = []
    for folder in sorted(changes.folders):
        read = reading.read(folder)
        store.put_notices(read.texts)
        heads += [text.head for text in read.texts]
        issues += read.issues
    if issues:
        raise ContentError(f"内容有{len(issues)}处错误，不能发布", sorted(issues))
    if doubled(heads) or dangling(heads, slugs):
        folders.report_faults()
    return sorted(heads) != sorted(before)
