"""Inputs: what changed under content/ and notices/ since the last build."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from portal.content.record.notice_store import SOURCES, NoticeStore
from portal.content.record.stamps import Stamps, source_stamp, walk
from portal.domain.unrecorded import Unrecorded
from portal.errors import BuildError, PortalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from portal.content.parts import Parts
    from portal.content.record.stamps import Packed


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the content and the notices lie, as given on the command line."""

    content: tuple[Path, ...]
    notices: tuple[Path, ...]
    base_url: str | None = None
    unrecorded: Unrecorded = Unrecorded.LEFT_OUT

    def load_parts(self, before: Parts | None = None, *, content: bool = True) -> Parts:
        """Everything but the notices; raises ContentError. `before` are the parts last loaded.

        Without `content` only the ledger is read again.
        """
        from portal.content.loader import load
        from portal.content.parts import with_parts
        from portal.ledger.chain import sound_ledger
        from portal.ledger.ledger_lines import LEDGER_NAME

        if content or before is None:
            parts = load(self.content, (), base_url=self.base_url).parts
        else:
            parts = before
        known = before.ledger if before else None
        try:
            ledger = sound_ledger([folder / LEDGER_NAME for folder in self.notices], known)
        except (PortalError, ValueError):
            return self.report_faults()
        return with_parts(parts, ledger=ledger)

    def slugs(self, parts: Parts) -> set[str]:
        """The names of all notices: of their folders, and of those that the ledger names."""
        places = (path for root in self.notices for path in _notices(_absolute(root)))
        return {path.rpartition("/")[2] for path in places} | parts.ledger.slugs

    def report_faults(self) -> NoReturn:
        """Read everything for the full report; raises ContentError with every issue."""
        from portal.content.loader import load

        load(self.content, self.notices, base_url=self.base_url, unrecorded=self.unrecorded)
        # Only an edit between the two readings gets here.
        raise BuildError("构建期间公告文件有改动，请重新构建")


@dataclass
class Changes:
    """What differs from the last build: folders of notices to read or to forget, other content.

    `ledger`: something beside the notices' folders does, which can only be theirs.
    `everything`: nothing was known, so `folders` is the whole of it and nothing is to be kept.
    """

    folders: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    content: bool = False
    ledger: bool = False
    everything: bool = False
    stamps: Packed = (b"", b"")

    def add_recorded(self, roots: Sequence[Path], before: Parts | None, now: Parts) -> None:
        """Add the folders whose notices the ledger makes other ones, or that it still names.

        `before` are the parts that were shown, if any. A folder that is gone is read too: what was
        recorded of it stands beside the ledger.
        """
        recorded = now.ledger.slugs
        slugs = before.ledger.differing(now.ledger) if before else set()
        slugs |= {folder.rpartition("/")[2] for folder in self.removed} & recorded
        if self.everything:
            slugs |= recorded - self.slugs
        for slug in slugs:
            places = [f"{_absolute(root)}/{slug}" for root in roots]
            found = next((place for place in places if os.path.isdir(place)), places[0])  # noqa: PTH112
            self.folders.add(found)

    @property
    def slugs(self) -> set[str]:
        """Slugs of the notices to read."""
        return {folder.rpartition("/")[2] for folder in self.folders}


def edited(folders: Folders, record: Path | None) -> Iterator[str | Changes]:
    """What was changed under content/ and notices/, path by path, and at last what that means.

    Everything was, where no record is given.
    """
    if record is None:
        yield survey(folders, Stamps())
        return
    known = NoticeStore(record).stamps(SOURCES)
    differing = []
    for path in known.changed(source_stamp):
        differing.append(path)
        yield path
    if differing:
        yield survey(folders, known, differing)


def survey(folders: Folders, known: Stamps, differing: Iterable[str] = ()) -> Changes:
    """What the paths that differ from their stamps mean. Only folders that changed are listed."""
    roots = [_absolute(root) for root in folders.notices]
    contents = [_absolute(root) for root in folders.content]
    changes = Changes()
    if not known:
        changes.content = changes.ledger = changes.everything = True
        changes.folders = {path for root in roots for path in _notices(root)}
        changes.stamps = _renewed(known, changes, contents, roots, set(roots)).pack()
        return changes
    listed = set()
    for path in differing:
        root = next((root for root in roots if path.startswith(f"{root}/")), None)
        if root is not None:
            changes.folders.add(_top(root, path))
        elif path in roots:
            listed.add(path)
            changes.folders |= {_top(path, p) for p in known if p.startswith(f"{path}/")} ^ {
                *_names(path)
            }
        else:
            changes.content = True
    # What is no folder of a notice is a file beside them: the ledger.
    gone = {path for path in changes.folders if not _is_notice(path)}
    loose = {path for path in gone if not _was_folder(known, path)}
    changes.ledger = bool(loose)
    changes.removed = gone - loose
    changes.folders -= gone
    kept = known.without([*changes.folders, *gone])
    listed |= {path.rpartition("/")[0] for path in loose}
    changes.stamps = _renewed(kept, changes, contents, roots, listed).pack()
    return changes


def _absolute(path: Path) -> str:
    return str(path.absolute())


def _top(root: str, path: str) -> str:
    """The folder or file right below a root to which a path belongs."""
    end = path.find("/", len(root) + 1)
    return path if end < 0 else path[:end]


def _names(root: str) -> list[str]:
    """What lies right below a folder; nothing when it is gone."""
    try:
        return [f"{root}/{name}" for name in os.listdir(root)]  # noqa: PTH208 - of ten thousand
    except (FileNotFoundError, NotADirectoryError):
        return []


def _notices(root: str) -> list[str]:
    """The folders of notices right below a folder; nothing when it is gone."""
    try:
        with os.scandir(root) as found:
            return [e.path for e in found if not e.name.startswith((".", "_")) and e.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_notice(path: str) -> bool:
    name = path.rpartition("/")[2]
    return not name.startswith((".", "_")) and os.path.isdir(path)  # noqa: PTH112


def _was_folder(known: Stamps, path: str) -> bool:
    return any(other.startswith(f"{path}/") for other in known)


def _renewed(
    known: Stamps,
    changes: Changes,
    contents: Sequence[str],
    roots: Sequence[str],
    listed: Collection[str],
) -> Stamps:
    """Look at what changed again, before its files are read: a later edit then shows.

    `listed`: the folders of notices beside whose notices something may have been added.
    """
    stamps = known.without(contents) if changes.content else known
    stamps.add_sources(roots)
    if changes.content:
        for content in contents:
            stamps.add_sources(walk(content))
    for folder in sorted(changes.folders):
        stamps.add_sources(walk(folder))
    for root in listed:
        stamps.add_sources(path for path in _names(root) if path not in stamps)
    stamps.put_last(roots)  # an added notice is then noticed at once
    return stamps
