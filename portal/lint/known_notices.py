"""Known notices: which folders there are, each read or taken from the cache, and who is known."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from portal.content.loader import notice_folders
from portal.content.notice.notice_folder import TEXT
from portal.content.record.stamps import MISSING, Stamps, source_stamp, walk
from portal.errors import Issue
from portal.lint.lint_store import SHELVES, shelf_of
from portal.lint.rules.neighbours import Known
from portal.lint.rules.rule_groups import NEIGHBOUR_RULES, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portal.lint.folder_findings import FolderReading, Head
    from portal.lint.lint_store import LintStore
    from portal.lint.rules.neighbours import Context
    from portal.lint.rules.rule_groups import Found


class Place(NamedTuple):
    """Where a notice lies, and the folder of notices it belongs to."""

    folder: Path
    root: Path


class Row(NamedTuple):
    """What is kept of a folder: the stamps of its files, what was read and what was found."""

    stamps: Mapping[str, int]
    head: Head
    found: list[Found]

    @property
    def fresh(self) -> bool:
        """Whether every file is as it was when it was read."""
        for path, known in self.stamps.items():
            try:
                now = source_stamp(os.stat(path))  # noqa: PTH116 - of thousands
            except OSError:
                return False
            if now != known or known == MISSING:
                return False
        return True


def laid_out(
    notices: Sequence[Path], drafts: Sequence[Path]
) -> tuple[dict[str, Place], list[Issue]]:
    """The folder of every notice by its slug; of two folders of one name the second is a fault.

    `drafts` are folders of single notices, each laid over the published one of its name.
    """
    over = {path.name: path for path in drafts}
    found: dict[str, Place] = {}
    issues: list[Issue] = []
    for root in notices:
        for path in sorted(notice_folders(root), key=lambda path: path.name):
            if path.name not in found:
                found[path.name] = Place(over.get(path.name, path), root)
            elif path.name not in over:
                other = found[path.name].folder
                message = f"公告“{path.name}”重复，{other} 已有同名文件夹"
                issues.append(Issue(f"{path}/{TEXT}", 1, 1, "F015", message, "改用别的文件夹名"))
    new = {name: Place(path, notices[0]) for name, path in over.items() if name not in found}
    return found | new, issues


class KnownNotices:
    """Goes through all folders once; then `known` has what others need of each notice."""

    def __init__(
        self, store: LintStore, places: Mapping[str, Place], reading: FolderReading
    ) -> None:
        self._store, self._reading, self._places = store, reading, places
        self._shelves: defaultdict[int, list[str]] = defaultdict(list)
        for slug, place in places.items():
            self._shelves[shelf_of(str(place.folder))].append(slug)
        self.known: dict[str, Known] = {}

    def findings(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, list[Found]]]:
        """What was found in each wanted folder by itself, by slug."""
        for number in range(SHELVES):
            yield from self._of_shelf(number, wanted)
        self._store.flush()
        # Messages name the first of several by their order.
        ordered = {slug: self.known[slug] for slug in self._places if slug in self.known}
        self.known.clear()
        self.known.update(ordered)

    def _of_shelf(
        self, number: int, wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, list[Found]]]:
        name = f"shelf {number}"
        rows: dict[str, Row] = self._store.get(name) or {}
        again: dict[str, Row] = {}
        for slug in self._shelves[number]:
            folder = str(self._places[slug].folder)
            row = rows.get(folder)
            head = row.head if row is not None and row.fresh else None
            if row is None or head is None or head.missing != self._reading.missing(head.amends):
                row = again[folder] = self._read(self._places[slug].folder)
                head = row.head
            self._know(slug, head)
            if wanted(slug):
                yield slug, row.found
        gone = [path for path in rows.keys() - again.keys() if not os.path.isdir(path)]  # noqa: PTH112
        if again or gone:
            self._store.drop_listings(gone)
            left = {path: row for path, row in rows.items() if path not in gone}
            self._store.put(name, left | again)

    def _read(self, folder: Path) -> Row:
        at = os.path.abspath(folder)  # noqa: PTH100 - which does not follow links
        stamps = Stamps()
        if self._store.kept:
            # Before anything is read: a later edit then shows.
            stamps.add_sources(walk(at))
        head, found, listing, lasting = self._reading.read(folder)
        self._store.put_listing(str(folder), listing, head.digest)
        known = dict(stamps.items()) if lasting else {at: MISSING}
        return Row(known, head, [*found])

    def _know(self, slug: str, head: Head) -> None:
        if head.kind is not None:
            folder, root = self._places[slug]
            self.known[slug] = Known(str(folder), str(root), slug, head.kind, *head[1:-1])


class Answered(NamedTuple):
    """What was found of a notice among the others, and what it was told of them."""

    told: tuple[object, ...]
    found: list[Found]


def neighbour_findings(
    context: Context, store: LintStore, wanted: Callable[[str], bool]
) -> Iterator[Found]:
    """What the ledger, the clock and the other notices say of each wanted notice.

    It is asked again only where what they say has changed.
    """
    kept: dict[str, Answered] = store.get("neighbours") or {}
    fresh: dict[str, Answered] = {}
    for slug, known in context.known.items():
        if not wanted(slug):
            continue
        told = context.told(known) if store.kept else None
        before = kept.get(known.folder)
        if told is None or before is None or before.told != told:
            found = list(run(NEIGHBOUR_RULES, context.neighbour(known)))
            if told is not None:
                fresh[known.folder] = Answered(told, found)
            yield from found
        else:
            yield from before.found
    if fresh:
        store.put("neighbours", kept | fresh)
