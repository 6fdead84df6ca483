"""Inputs: what changed under content/ and notices/ since the last build, and reading just that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from portal.errors import BuildError, ContentError, PortalError
from portal.freezer.packing import Packer
from portal.freezer.stamps import Stamps, source_stamp, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from portal.content.catalogue import Catalogue
    from portal.content.notices import Windows
    from portal.freezer.cards import Card
    from portal.freezer.workers import Work


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the content and the notices lie, as given on the command line."""

    content: tuple[Path, ...]
    notices: tuple[Path, ...]
    base_url: str | None = None

    def load_parts(self) -> Catalogue:
        """Everything but the notices; raises ContentError."""
        from portal.content.ledger import LEDGER_NAME, ledger_rows, read_ledger
        from portal.content.loader import load

        parts = load(self.content, (), base_url=self.base_url)
        ledgers = [folder / LEDGER_NAME for folder in self.notices]
        try:
            return replace(
                parts,
                ledger=tuple(line for path in ledgers for line in read_ledger(path)),
                ledger_texts=tuple(tuple(t for t, _ in ledger_rows(path)) for path in ledgers),
            )
        except (PortalError, ValueError):
            return self.report_faults()

    def report_faults(self) -> NoReturn:
        """Read everything for the full report; raises ContentError with every issue."""
        from portal.content.loader import load

        load(self.content, self.notices, base_url=self.base_url)
        # Only an edit between the two readings gets here.
        raise BuildError("构建期间公告文件有改动，请重新构建")


@dataclass
class Changes:
    """What differs from the last build: folders of notices to read or to forget, other content.

    `everything`: nothing was known, so `folders` is the whole of it and nothing is to be kept.
    """

    folders: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    content: bool = False
    everything: bool = False
    stamps: Stamps = field(default_factory=Stamps)

    def __bool__(self) -> bool:
        return bool(self.folders or self.removed or self.content)


def survey(folders: Folders, known: Stamps) -> Changes:
    """Compare the trees with their stamps. Only folders that changed are listed again."""
    roots = [_absolute(root) for root in folders.notices]
    contents = [_absolute(root) for root in folders.content]
    changes = Changes()
    if not known.paths:
        changes.content = changes.everything = True
        listed = {folder for root in roots for folder in _list(root)}
        changes.folders = listed
        _renew(changes, known, contents, roots)
        return changes
    for path in known.changed(source_stamp):
        root = next((root for root in roots if path.startswith(f"{root}/")), None)
        if root is not None:
            folder = f"{root}/{path[len(root) + 1 :].partition('/')[0]}"
            changes.folders.add(folder)
        elif path in roots:
            _compare_listing(path, known, changes)
        else:
            changes.content = True
    # What is no folder of a notice is a file beside them: the ledger.
    loose = {f for f in changes.folders if not _is_notice(f) and not _was_folder(known, f)}
    changes.content = changes.content or bool(loose)
    gone = {f for f in changes.folders - loose if not _is_notice(f)}
    changes.removed |= gone
    changes.folders -= gone | loose
    if changes or loose:
        _renew(
            changes, known.without([*changes.folders, *changes.removed, *loose]), contents, roots
        )
    else:
        changes.stamps = known
    return changes


def _absolute(path: Path) -> str:
    return str(path.absolute())


def _is_notice(path: str) -> bool:
    folder = Path(path)
    return folder.is_dir() and not folder.name.startswith((".", "_"))


def _was_folder(known: Stamps, path: str) -> bool:
    return any(other.startswith(f"{path}/") for other in known.paths)


def _list(root: str) -> set[str]:
    folder = Path(root)
    return {str(p) for p in folder.iterdir() if _is_notice(str(p))} if folder.is_dir() else set()


def _compare_listing(root: str, known: Stamps, changes: Changes) -> None:
    """Find what was added to or removed from a folder of notices."""
    before = {
        f"{root}/{path[len(root) + 1 :].partition('/')[0]}"
        for path in known.paths
        if path.startswith(f"{root}/")
    }
    now = {str(path) for path in Path(root).iterdir()} if Path(root).is_dir() else set()
    changes.folders |= before ^ now


def _renew(changes: Changes, kept: Stamps, contents: Sequence[str], roots: Sequence[str]) -> None:
    """Look at the changed folders again, before their files are read: a later edit then shows."""
    stamps = kept
    if changes.content:
        stamps = stamps.without(contents)
        for content in contents:
            stamps.add_sources(walk(content))
    stamps = stamps.without_paths(roots)
    stamps.add_sources(roots)
    for folder in sorted(changes.folders):
        stamps.add_sources(walk(folder))
    below = set(stamps.paths)
    for root in roots:
        if Path(root).is_dir():
            others = (str(p) for p in Path(root).iterdir())
            stamps.add_sources(path for path in others if path not in below)
    changes.stamps = stamps


class Read(NamedTuple):
    """A notice as it was read, ready for the store."""

    card: Card
    data: bytes


def reader(parts: Catalogue, slugs: Collection[str]) -> Callable[[], Work[list[Read]]]:
    """Work that reads folders of notices; one that has errors is missing from the result."""

    def make() -> Work[list[Read]]:
        from portal.content.notices import Windows

        windows, packer = Windows(parts.calendar), Packer()

        def work(batch: Sequence[str], tell: Callable[[str], None]) -> list[Read]:
            found = []
            for folder in batch:
                tell(folder)
                found.append(_read(Path(folder), parts, windows, slugs, packer))
            return [read for read in found if read is not None]

        return work

    return make


def _read(
    folder: Path, parts: Catalogue, windows: Windows, slugs: Collection[str], packer: Packer
) -> Read | None:
    from portal.content.loader import with_references
    from portal.content.notices import read_notice
    from portal.freezer.cards import card_of
    from portal.freezer.plan import own_paths

    try:
        source = read_notice(folder, windows)
    except (ContentError, OSError):
        return None
    source = with_references(source, parts.site, parts.editions, slugs)
    if source.notice is None:
        return None
    notice = source.notice
    card = card_of(notice, str(folder), own_paths(notice))
    return Read(card, packer.pack(notice))


def slugs_of(folders: Iterable[str]) -> list[str]:
    """Slugs of folders, in order; the same twice when two folders have one name."""
    return [folder.rpartition("/")[2] for folder in folders]
