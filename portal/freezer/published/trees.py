"""Trees: the published folder, the one that replaces it, and the swap between them.

The folder `build/` is there at every instant and always whole: the next site is made in a second
folder beside it and the two change names in one system call. Afterwards the second folder holds
the former site, whose files are hard links to the same bytes; bringing it up to date costs only
what the last build changed, so an incremental build never copies ten thousand files.

No file that was published is ever written to: a new text is a new file under the old name.

Each state of a folder has a name of its own, 32 random hex digits in a hidden file of the folder
(`.portal-site`), so the name moves with the folder and is gone before anything else of it is:

    build/.portal-site         8c1f…e2    what the record calls "tree"
    .build.next/.portal-site   41d0…7a    what the record calls "next"

The number of a folder in the file system would not do: it is given out again, so that a half-made
site in a new folder passes for the former one, whole and known.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portal.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable

IDENTITY = ".portal-site"

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What a kernel or file system without the call answers.
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


@dataclass(frozen=True, slots=True)
class Trees:
    """The folders of one output; all lie beside it, since a rename cannot leave a file system."""

    live: Path

    @property
    def next(self) -> Path:
        """Where the next site is put together."""
        return self.live.parent / f".{self.live.name}.next"

    @property
    def fresh(self) -> Path:
        """Where an incremental build renders, before it knows which pages really changed."""
        return self.live.parent / f".{self.live.name}.fresh"

    @property
    def former(self) -> Path:
        """The old site for the moment between two renames, where there is no exchange."""
        return self.live.parent / f".{self.live.name}.former"

    def identity(self) -> str:
        """The name of the published state; empty when there is none."""
        return _identity(self.live)

    def next_identity(self) -> str:
        """The name of the second folder's state."""
        return _identity(self.next)

    def name_next(self) -> None:
        """Give the second folder, which is whole now, the name under which it is published."""
        path = self.next / IDENTITY
        path.unlink(missing_ok=True)  # it may be a link to the published one's
        path.write_text(secrets.token_hex(16), encoding="ascii")

    def recover(self) -> None:
        """Put the old site back if a build was killed between the two renames; drop leftovers."""
        if self.former.exists():
            if self.live.exists():
                shutil.rmtree(self.former)
            else:
                self.former.rename(self.live)
        if self.fresh.exists():
            shutil.rmtree(self.fresh)

    def start_full(self) -> Path:
        """An empty folder for a whole new site."""
        self.live.parent.mkdir(parents=True, exist_ok=True)
        self.drop_former()
        self.next.mkdir()
        return self.next

    def start_incremental(self) -> Path:
        """An empty folder for the pages that may have changed."""
        self.fresh.mkdir()
        return self.fresh

    def is_next(self, identity: str) -> bool:
        """Whether the second folder is the one of an identity: the site before the published."""
        return identity != "" and _identity(self.next) == identity

    def link_afresh(self) -> None:
        """Make the second folder from links to the published one, whatever it was."""
        self.drop_former()
        _link_tree(str(self.live), str(self.next))
        (self.next / IDENTITY).unlink(missing_ok=True)

    def count_next(self) -> int:
        """How many files the second folder holds, its name left out."""
        return count_files(str(self.next))

    def catch_up(self, pending: Iterable[str]) -> None:
        """Make the second folder equal to the published one, which differs in the pending paths."""
        folders: set[Path] = set()
        for path in pending:
            _remove(self.next, path)
            if (self.live / path).exists():
                (self.next / path).parent.mkdir(parents=True, exist_ok=True)
                _link(f"{self.live}/{path}", f"{self.next}/{path}")
            folders.update((self.live / path).parents)
        for folder in folders:
            if folder.is_relative_to(self.live) and folder.exists():
                _set_time(folder, self.next / folder.relative_to(self.live))

    def apply(self, written: Iterable[str], gone: Iterable[str]) -> tuple[list[str], int]:
        """Take what differs from `fresh`, remove what is gone; what changed, and how many more."""
        changed, more = [], 0
        for path in written:
            new, old = self.fresh / path, self.next / path
            if _same(new, old):
                continue
            more += not old.exists()
            old.parent.mkdir(parents=True, exist_ok=True)
            new.replace(old)
            changed.append(path)
        for path in gone:
            more -= (self.next / path).exists()
            _remove(self.next, path)
            changed.append(path)
        shutil.rmtree(self.fresh)
        return changed, more

    def publish(self) -> None:
        """Swap the next site in, in one step; the published one becomes the next."""
        if not self.live.exists():
            self.next.rename(self.live)
        elif not self.live.is_dir() or self.live.is_symlink():
            raise BuildError(f"{self.live} 不是文件夹，不能用构建结果替换；请移走它或另选 --out")
        elif not _exchange(self.live, self.next):
            # Without the call there is an instant without a site; `recover` ends it after a kill.
            self.live.rename(self.former)
            self.next.rename(self.live)
            self.former.rename(self.next)

    def drop_former(self) -> None:
        """Forget the former site: what is left out of a whole new one may have to be gone."""
        if self.next.exists():
            # A removal that is stopped must not leave a part of a site under its name.
            (self.next / IDENTITY).unlink(missing_ok=True)
            shutil.rmtree(self.next)

    def drop_unfinished(self) -> None:
        """Give back the room of a site that will not be published."""
        self.drop_former()
        if self.fresh.exists():
            shutil.rmtree(self.fresh)


def count_files(folder: str) -> int:
    """How many files are below a folder, the name of its state left out."""
    count, folders = 0, [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    count += entry.name != IDENTITY
    return count


def _identity(folder: Path) -> str:
    try:
        return (folder / IDENTITY).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _same(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except FileNotFoundError:
        return False


def _remove(root: Path, path: str) -> None:
    """Remove a file below a root, and the folders that it leaves empty."""
    target = root / path
    target.unlink(missing_ok=True)
    for folder in target.parents:
        if folder == root:
            return
        try:
            folder.rmdir()
        except OSError:
            return


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)  # a file system without links, or with its limit reached


def _set_time(source: Path, target: Path) -> None:
    """Give a folder the time of its like in the other tree, so that one record fits both."""
    found = source.stat()
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _link_tree(source: str, target: str) -> None:
    Path(target).mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _link_tree(entry.path, f"{target}/{entry.name}")
            else:
                _link(entry.path, f"{target}/{entry.name}")
    _set_time(Path(source), Path(target))


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step (renameat2, Linux 3.15); False where that is not to be had."""
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_AT_FDCWD, bytes(one), _AT_FDCWD, bytes(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(one))
