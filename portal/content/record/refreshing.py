"""Bringing a store of notices up to date: what changed is read, the rest stays as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from portal.content.record.changes import survey
from portal.content.record.notice_store import LEFT_OUT, SOURCES
from portal.content.record.reading import NoticeReading, dangling, doubled
from portal.content.record.stamps import Stamps, source_stamp
from portal.content.record.stored_parts import renew_parts
from portal.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from portal.content.heads import Head
    from portal.content.parts import Parts
    from portal.content.record.changes import Changes, Folders
    from portal.content.record.notice_store import NoticeStore
    from portal.content.record.reading import FolderRead
    from portal.errors import Issue

    # Reads folders of notices, given the other content and the names of all notices.
    Reader = Callable[[Parts, Collection[str], Sequence[str]], Iterable[FolderRead]]

_CORE = ("site", "calendar", "editions")
"""With one of these, every notice may read differently."""
GENERATION = "generation"
"""The fact under which a store counts how often what it holds has changed."""


class Renewed(NamedTuple):
    """The parts of the content before and now, which of them differ, and the heads of all texts."""

    shown: Parts | None
    parts: Parts
    differ: set[str]
    before: Mapping[str, Head]
    heads: Mapping[str, Head]


def refresh(store: NoticeStore, folders: Folders) -> None:
    """Read what was changed since the store was last brought up to date.

    Raises ContentError with the faults of what was changed; the store is then as it was.
    """
    known = store.stamps(SOURCES)
    if known and next(known.changed(source_stamp), None) is None:
        return

    def read(parts: Parts, slugs: Collection[str], paths: Sequence[str]) -> Iterator[FolderRead]:
        return map(NoticeReading(parts, folders, slugs).read, paths)

    with store.transaction():
        known = store.stamps(SOURCES)  # another process may just have done the same
        changes = survey(folders, known, list(known.changed(source_stamp)))
        found = renew_store(store, folders, changes, store.heads(), read)
        if found.differ or found.before != found.heads:
            store.put(GENERATION, str(int(store.get(GENERATION) or 0) + 1))


def renew_store(
    store: NoticeStore, folders: Folders, changes: Changes, stored: Iterable[Head], read: Reader
) -> Renewed:
    """Take changes into a store, in a transaction of it; `stored` are the heads it has.

    Raises ContentError with the faults of what was changed.
    """
    shown, parts, differ = renew_parts(store, folders, changes)
    if differ.intersection(_CORE) and not changes.everything:
        changes = survey(folders, Stamps())
    if changes.ledger or changes.removed:
        changes.add_recorded(folders.notices, shown, parts)
    before = {head.text: head for head in stored}
    again = changes.folders | changes.removed
    kept = {
        name: head
        for name, head in before.items()
        if not changes.everything and head.folder not in again
    }
    store.drop_notices({h.slug for h in before.values()} - {h.slug for h in kept.values()})
    slugs = folders.slugs(parts) | changes.slugs
    heads = kept | _take(store, changes, read(parts, slugs, sorted(changes.folders)))
    if doubled(heads.values()) or dangling(heads.values(), slugs):
        folders.report_faults()
    if changes.stamps[1]:
        store.put_stamps(SOURCES, changes.stamps)
    return Renewed(shown, parts, differ, before, heads)


def _take(store: NoticeStore, changes: Changes, found: Iterable[FolderRead]) -> dict[str, Head]:
    """Keep what was read of folders; the heads of its texts by their names."""
    heads: dict[str, Head] = {}
    issues: list[Issue] = []
    waiting = {} if changes.everything else dict(json.loads(store.get(LEFT_OUT) or "{}"))
    for read in found:
        issues += read.issues
        store.put_notices(read.texts)
        heads.update((text.head.text, text.head) for text in read.texts)
        waiting[read.folder] = [read.left_out.slug, read.left_out.reason] if read.left_out else ""
    if issues:
        raise ContentError(f"内容有{len(issues)}处错误，不能发布", sorted(issues))
    for folder in changes.removed - changes.folders:
        waiting.pop(folder, None)
    store.put(LEFT_OUT, json.dumps({f: w for f, w in waiting.items() if w}, ensure_ascii=False))
    return heads
