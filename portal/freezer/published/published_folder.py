"""Output: the published folder together with the record of how it was left."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from portal.freezer.processes.aside import Aside
from portal.freezer.published.trees import Trees
from portal.freezer.record.stamps import output_stamp
from portal.freezer.record.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


def touched(store: Path) -> Iterator[str]:
    """What was changed in the published folder outside of builds, by the record in a store."""
    yield from Store(store).outputs().changed(output_stamp)


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

    def replace(self, write: Callable[[Path], None]) -> None:
        """Publish a whole new site that `write` puts into an empty folder."""
        self._next = ""
        write(self._trees.start_full())
        self._trees.publish()
        self._trees.drop_former()

    def update(
        self, write: Callable[[Path], None], written: Iterable[str], gone: Iterable[str]
    ) -> list[str]:
        """Publish the files that `write` makes and that differ; the paths that changed."""
        trees, store = self._trees, self._store
        identity, pending = store.get("next"), store.get("pending").splitlines()
        # A build that is killed from here on leaves a second folder that nobody knows.
        store.put("next", "")
        if trees.is_next(identity):
            trees.catch_up(pending)
            write(trees.start_incremental())
        else:
            # The first change after a whole new site: ten thousand links, made while pages are.
            with contextlib.closing(Aside(trees.link_afresh)) as links:
                write(trees.start_incremental())
                list(links)
        _unsign(trees.next)
        changed = trees.apply(written, gone)
        if changed:
            trees.publish()
        self._pending = changed
        self._next = trees.next_identity()
        return changed

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
            files = [f"{root}/{path}" for path in changed]
            paths = iter([*files, *{root, *_parents(files, root)}])
        else:
            return
        store.put_outputs(paths)


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
