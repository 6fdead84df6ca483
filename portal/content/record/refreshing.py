"""Bringing a store of notices up to date: what changed is read, the rest stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.parts import NAMES
from portal.content.record.changes import survey
from portal.content.record.reading import NoticeReading
from portal.content.record.stamps import Stamps, source_stamp
from portal.content.record.stored_parts import put_parts, stored_parts
from portal.errors import ContentError

if TYPE_CHECKING:
    from portal.content.heads import Head
    from portal.content.parts import Parts
    from portal.content.record.changes import Changes, Folders
    from portal.content.record.notice_store import NoticeStore

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
        parts, differ = _parts(store, folders, changes)
        if differ.intersection(_CORE) and not changes.everything:
            changes = survey(folders, Stamps())
        changed = _notices(store, folders, changes, parts)
        store.put_stamps(_SOURCES, changes.stamps)
        if differ or changed:
            store.put(GENERATION, str(int(store.get(GENERATION) or 0) + 1))


def _parts(store: NoticeStore, folders: Folders, changes: Changes) -> tuple[Parts, set[str]]:
    """The content besides the notices, and the names of the parts that differ from before."""
    if not changes.content:
        return stored_parts(store), set()
    parts = folders.load_parts()
    before = None if changes.everything else stored_parts(store)
    put_parts(store, parts)
    return parts, {n for n in NAMES if before is None or before.part(n) != parts.part(n)}


def _notices(store: NoticeStore, folders: Folders, changes: Changes, parts: Parts) -> bool:
    """Read the notices that changed; whether that made any difference."""
    before = {head.slug: head for head in store.heads()}
    again = changes.folders | changes.removed
    kept = {
        slug: head
        for slug, head in before.items()
        if not changes.everything and head.folder not in again
    }
    heads = dict(kept)
    store.drop_notices(before.keys() - kept.keys())
    reading = NoticeReading(parts, kept.keys() | changes.slugs)
    for folder in sorted(changes.folders):
        read = reading.read(folder)
        if read is not None:
            store.put_notices([read])
            heads[read.head.slug] = read.head
    _check(folders, changes, reading, len(kept), heads)
    return heads != before


def _check(
    folders: Folders, changes: Changes, reading: NoticeReading, kept: int, heads: dict[str, Head]
) -> None:
    """Raise ContentError for what was read with faults or left without what it refers to."""
    for head in heads.values():
        if head.amends and head.amends not in heads:
            reading.read(head.folder)  # what it amends is gone
    if reading.issues:
        errors = sorted(reading.issues)
        raise ContentError(f"内容有{len(errors)}处错误，不能发布", errors)
    if len(heads) != kept + len(changes.folders):
        folders.report_faults()  # one name in two folders
