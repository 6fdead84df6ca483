"""Output: the published folder together with the record of how it was left."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from portal.errors import BuildError
from portal.freezer.processes.aside import Aside
from portal.freezer.published.trees import IDENTITY, Trees
from portal.freezer.record.stamps import output_stamp
from portal.freezer.record.store import DamagedRecord, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path


def touched(store: Path) -> Iterator[str]:
    """What was changed in the published folder outside of builds, by the record in a store."""
    yield from Store(store).outputs().changed(output_stamp)


@dataclass(frozen=True, slots=True)
class Edits:
    """What an incremental build does to a site: files before and planned, written or gone."""

    before: int
    planned: int
    written: Sequence[str]
    gone: Sequence[str]


class Output:
    """Publishes into a folder and knows whether somebody else changed it since."""

    def __init__(self, out: Path, store: Store) -> None:
        self._trees = Trees(out.absolute())
        self._store = store
        # What is to be recorded of the second folder; None while it is as the record says.
        self._next: str | None = None
        self._pending: list[str] = []
        self._trees.recover()

    def oddity(self) -> str:
        """Why the folder cannot be the one of the record, in Chinese; empty when it may be."""
        known = self._store.get("tree")
        if not known:
            return "没有可用的构建记录，全部构建"
        if self._trees.identity() != known:
            return f"{self._trees.live} 不是上次构建的结果，全部重建"
        return ""

    def replace(self, write: Callable[[Path], None], planned: int) -> None:
        """Publish a whole new site, so many files that `write` puts into an empty folder."""
        self._forget_next()
        write(self._trees.start_full())
        found = self._trees.count_next()
        if found != planned:
            raise BuildError(
                f"新网站有{found}个文件，应有{planned}个；原有网站未改动，"
                "请确认没有别的程序改动构建文件夹旁的隐藏文件夹，然后重新构建"
            )
        self._trees.name_next()
        self._trees.publish()
        self._trees.drop_former()
        self._next = ""

    def update(self, write: Callable[[Path], None], edits: Edits) -> list[str]:
        """Publish the files that `write` makes and that differ; the paths that changed."""
        trees, store = self._trees, self._store
        former, pending = store.get("next"), store.get("pending").splitlines()
        self._forget_next()
        # Made ready beside the rendering: after a whole new site these are ten thousand links.
        ready = Aside(partial(_make_ready, trees, former, pending, edits.before))
        with contextlib.closing(ready):
            write(trees.start_incremental())
            list(ready)
        changed, more = trees.apply(edits.written, edits.gone)
        if edits.before + more != edits.planned:
            raise DamagedRecord(f"{edits.before} + {more} files, {edits.planned} planned")
        trees.name_next()
        if changed:
            trees.publish()
        self._pending = changed
        self._next = trees.next_identity()
        return changed

    def _forget_next(self) -> None:
        """A build that is stopped from here on leaves a second folder that nobody knows."""
        self._store.put("next", "")

    def remember(self, changed: list[str] | None) -> None:
        """Record how the folder was left: all of it, or what differs from the last record."""
        store, root = self._store, str(self._trees.live)
        store.put("tree", self._trees.identity())
        if self._next is not None:
            store.put("next", self._next)
            store.put("pending", "\n".join(self._pending))
        if changed is None:
            store.drop_outputs()
            paths = _listing(root)
        elif changed:
            files = [f"{root}/{path}" for path in (*changed, IDENTITY)]
            paths = iter([*files, *{root, *_parents(files, root)}])
        else:
            return
        store.put_outputs(paths)


def _make_ready(trees: Trees, former: str, pending: list[str], count: int) -> Iterator[None]:
    """Make the second folder equal to the published one, by the former site where it is whole."""
    if trees.is_next(former):
        trees.catch_up(pending)
        _unsign(trees.next)
        if trees.count_next() == count:
            return
    trees.link_afresh()
    _unsign(trees.next)
    found = trees.count_next()
    if found != count:
        raise DamagedRecord(f"{found} files published, {count} recorded")
    yield from ()


def _unsign(folder: Path) -> None:
    """Drop the signature of a site that is about to change; the next signing writes it anew."""
    from portal.ledger.siteproof import PROOF_FILES

    for name in PROOF_FILES:
        (folder / name).unlink(missing_ok=True)


def _listing(folder: str) -> Iterator[str]:
    """A folder and everything below it."""
    folders = [folder]
    while folders:
        folder = folders.pop()
        yield folder
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    yield entry.path


def _parents(paths: Iterable[str], root: str) -> Iterator[str]:
    for path in paths:
        folder = path.rpartition("/")[0]
        while len(folder) > len(root):
            yield folder
            folder = folder.rpartition("/")[0]
