"""Output: the published folder together with the record of how it was left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portal.freezer.stamps import output_stamp
from portal.freezer.store import Store
from portal.freezer.trees import Trees

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
        self._pending: list[str] = []
        self._next = ""
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
        write(self._trees.start_full())
        self._trees.publish()

    def update(
        self, write: Callable[[Path], None], written: Iterable[str], gone: Iterable[str]
    ) -> list[str]:
        """Publish the files that `write` makes and that differ; the paths that changed."""
        trees, store = self._trees, self._store
        identity, pending = store.get("next"), store.get("pending").splitlines()
        # A build that is killed from here on leaves a second folder that nobody knows.
        store.put("next", "")
        trees.catch_up(identity, pending)
        _unsign(trees.next)
        write(trees.start_incremental())
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

    def mirror(self) -> None:
        """After a whole new site: make the second folder from links to it, ready for changes."""
        with self._store.transaction():
            self._store.put("next", self._trees.mirror())


def _unsign(folder: Path) -> None:
    """Drop the signature of a site that is about to change; the next signing writes it anew."""
    from portal.content.siteproof import PROOF_FILES

    for name in PROOF_FILES:
        (folder / name).unlink(missing_ok=True)


def _listing(folder: str) -> Iterator[str]:
    """A folder and everything below it."""
    yield folder
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _listing(entry.path)
            else:
                yield entry.path


def _parents(paths: Iterable[str], root: str) -> Iterator[str]:
    for path in paths:
        folder = path.rpartition("/")[0]
        while len(folder) > len(root):
            yield folder
            folder = folder.rpartition("/")[0]
