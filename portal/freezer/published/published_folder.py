"""Output: the published folder together with the record of how it was left.

The record keeps, as facts of the store:

    tree      8c1f…e2             name of the published state (trees.py)
    next      41d0…7a             name of the second folder's state, empty while a build changes it
    pending   notices/index.html  paths in which the second folder differs, one a line

and of every published file and folder a stamp of its time and size, by which a change is found that
was made outside of builds.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from portal.content.record.notice_store import DamagedRecord
from portal.content.record.stamps import output_stamp
from portal.errors import BuildError
from portal.freezer.processes.aside import Aside
from portal.freezer.published.trees import IDENTITY, Trees
from portal.freezer.record.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


class Edits(NamedTuple):
    """What a build does to a site: how many files are planned, and which it writes or removes."""

    planned: int
    written: Sequence[str]
    gone: Sequence[str]


class Published(NamedTuple):
    """What came of it: the paths that changed, None for all, and the second folder's name."""

    changed: list[str] | None
    second: str


NOTHING = Published([], "")
"""Nothing was done, and the second folder is as the record says."""


def touched(store: Path) -> Iterator[str]:
    """What was changed in the published folder outside of builds, by the record in a store."""
    yield from Store(store).outputs().changed(output_stamp)


class Output:
    """Publishes into a folder and knows whether somebody else changed it since."""

    def __init__(self, out: Path, store: Store) -> None:
        self._trees = Trees(out.absolute())
        self._store = store
        self._trees.recover()

    def oddity(self) -> str:
        """Why the folder cannot be the one of the record, in Chinese; empty when it may be."""
        known = self._store.get("tree")
        if not known:
            return "没有可用的构建记录，全部构建"
        if self._trees.identity() != known:
            return f"{self._trees.live} 不是上次构建的结果，全部重建"
        return ""

    @contextlib.contextmanager
    def next_site(self, before: int, *, whole: bool) -> Iterator[WholeSite | ChangedSite]:
        """A place for a whole site, or for what may differ from the published one.

        `before`: how many files the record says are published.
        """
        trees, store = self._trees, self._store
        former, pending = store.get("next"), store.get("pending").splitlines()
        # A build that is stopped from here on leaves a second folder that nobody knows.
        store.put("next", "")
        try:
            if whole:
                yield WholeSite(trees, trees.start_full())
                return
            # Beside the rendering: after a whole new site these are ten thousand links.
            ready = Aside(partial(_make_ready, trees, former, pending, before))
            with contextlib.closing(ready):
                yield ChangedSite(trees, trees.start_incremental(), before, ready)
        except BaseException:
            with contextlib.suppress(OSError):  # a full disk should not stay full of it
                trees.drop_unfinished()
            raise

    def remember(self, published: Published) -> None:
        """Record how the folder was left: all of it, or what differs from the last record."""
        if published is NOTHING:
            return
        store, root, changed = self._store, str(self._trees.live), published.changed
        store.put("tree", self._trees.identity())
        store.put("next", published.second)
        store.put("pending", "\n".join(changed or ()))
        if changed is None:
            store.drop_outputs()
            store.put_outputs(_listing(root))
        elif changed:
            files = [f"{root}/{path}" for path in (*changed, IDENTITY)]
            store.put_outputs([*files, *{root, *_parents(files, root)}])


@dataclass(frozen=True, slots=True)
class WholeSite:
    """A whole new site in an empty folder."""

    trees: Trees
    folder: Path

    def publish(self, edits: Edits) -> Published:
        """Swap it in once it has as many files as are planned; the former site goes."""
        trees, found = self.trees, self.trees.count_next()
        if found != edits.planned:
            raise BuildError(
                f"新网站有{found}个文件，应有{edits.planned}个；原有网站未改动，"
                "请确认没有别的程序改动构建文件夹旁的隐藏文件夹，然后重新构建"
            )
        trees.name_next()
        trees.publish()
        trees.drop_former()
        return Published(None, "")


@dataclass(frozen=True, slots=True)
class ChangedSite:
    """The published site again, and a folder for what may differ from it."""

    trees: Trees
    folder: Path
    before: int
    ready: Aside[None]

    def publish(self, edits: Edits) -> Published:
        """Take over what differs, swap if anything does; the former site is the next."""
        list(self.ready)
        changed, more = self.trees.apply(edits.written, edits.gone)
        if self.before + more != edits.planned:
            raise DamagedRecord(f"{self.before} + {more} files, {edits.planned} planned")
        self.trees.name_next()
        if changed:
            self.trees.publish()
        return Published(changed, self.trees.next_identity())


def _make_ready(trees: Trees, former: str, pending: list[str], count: int) -> Iterator[None]:
    """Make the second folder equal to the published one, by the former site where it is whole."""
    if trees.is_next(former):
        with contextlib.suppress(OSError):  # somebody was in it
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
