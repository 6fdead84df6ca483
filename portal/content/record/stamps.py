"""Stamps: what a tree of files looked like, kept flat so that ten thousand folders compare fast.

Packed, they are two byte strings. The first has what all paths begin with and then their rests,
ended by NUL; the second has a 64-bit number for each path, in the same order:

    /srv/portal/␀notices/call␀notices/call/notice.md␀content/site.toml
    5290418773120412672 1152921504606846976 4611686018427387904
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import time
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

import portal
from portal.content.record.installed import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

MISSING = 0
_POSITIVE = 0x7FFF_FFFF_FFFF_FFFF

# Clocks of file systems tick in steps: a file written within this time of being looked at may
# change again without a new time, so its stamp is not kept (git calls such an entry racy).
_RELATIVE = os.stat in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
_TICK_NS = 50_000_000


def source_stamp(found: os.stat_result) -> int:
    """Stamp of a file that people edit: the change time cannot be set back by any tool."""
    return (found.st_ctime_ns ^ (found.st_size << 1) ^ (found.st_ino << 20)) & _POSITIVE


def output_stamp(found: os.stat_result) -> int:
    """Stamp of what we wrote: hard links between our two trees leave it as it is.

    The size of a folder tells only how full it has ever been.
    """
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return (found.st_mtime_ns ^ (size << 1)) & _POSITIVE


Packed = tuple[bytes, bytes]


class Stamps:
    """Absolute paths with their stamps; a folder is a path too, so additions show.

    What was looked at last stands last.
    """

    def __init__(self, known: Mapping[str, int] | None = None) -> None:
        self._known = dict(known or {})

    @classmethod
    def unpack(cls, paths: bytes, values: bytes) -> Stamps:
        """Read back what `pack` gave."""
        numbers = array("q")
        numbers.frombytes(values)
        base, *names = os.fsdecode(paths).split("\0")
        stamps = cls()
        stamps._known = dict(zip([base + name for name in names], numbers, strict=True))
        return stamps

    def pack(self) -> Packed:
        """In a form for the store."""
        base = self._base()
        names = [path[len(base) :] for path in self._known]
        values = array("q", self._known.values())
        return os.fsencode("\0".join([base, *names])), values.tobytes()

    def __bool__(self) -> bool:
        return bool(self._known)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def items(self) -> Iterable[tuple[str, int]]:
        """Paths with their stamps."""
        return self._known.items()

    def _base(self) -> str:
        """The folder that holds everything, with a slash."""
        if not self._known:
            return ""
        common = os.path.commonpath([min(self._known), max(self._known)])
        folder = os.path.dirname(common) if common in self._known else common  # noqa: PTH120
        return folder.rstrip("/") + "/"

    def changed(self, stamp: Callable[[os.stat_result], int]) -> Iterator[str]:
        """Paths that differ from their stamps now, what changed lately before the rest.

        Most edits follow others of the same place, so a caller soon knows that there is any.
        """
        base = self._base() if _RELATIVE else ""
        cut, look = len(base), os.stat
        with _opened(base) as folder:  # short paths halve the work of the kernel
            for path, known in reversed(self._known.items()):
                try:
                    current = stamp(look(path[cut:], dir_fd=folder))
                except OSError:
                    current = MISSING
                if current != known:
                    yield path

    def without(self, folders: Iterable[str]) -> Stamps:
        """A copy that knows nothing of these folders and what is in them."""
        gone = frozenset(folders)
        below = tuple(f"{folder}/" for folder in gone)
        return Stamps(
            {
                path: value
                for path, value in self._known.items()
                if not path.startswith(below) and path not in gone
            }
        )

    def forget(self, paths: Iterable[str]) -> None:
        """Know nothing of these very paths any more."""
        for path in paths:
            self._known.pop(path, None)

    def add_sources(self, paths: Iterable[str]) -> None:
        """Look at files that people edit; one that was written just now stays unknown."""
        now = time.time_ns()
        for path in paths:
            found = _stat(path)
            if found is not None:
                fresh = found.st_ctime_ns > now - _TICK_NS
                self._put(path, MISSING if fresh else source_stamp(found))

    def add_outputs(self, paths: Iterable[str]) -> list[str]:
        """Look at what we wrote; the paths where nothing is."""
        gone = []
        for path in paths:
            found = _stat(path)
            if found is None:
                gone.append(path)
            else:
                self._known[path] = output_stamp(found)
        return gone

    def put_last(self, paths: Iterable[str]) -> None:
        """Let these paths be compared first."""
        for path in paths:
            if path in self._known:
                self._put(path, self._known[path])

    def _put(self, path: str, value: int) -> None:
        self._known.pop(path, None)
        self._known[path] = value


@contextlib.contextmanager
def _opened(folder: str) -> Iterator[int | None]:
    """A folder to which paths are relative, if the system can; one that is gone holds nothing."""
    if not folder:
        yield None
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield -1
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - one call of thousands
    except OSError:
        return None


def walk(folder: str) -> Iterator[str]:
    """A folder and everything in it, in the order of names."""
    yield folder
    try:
        children = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except NotADirectoryError:
        return
    except FileNotFoundError:
        return
    for child in children:
        if child.name == "__pycache__":
            continue
        if child.is_dir():
            yield from walk(child.path)
        else:
            yield child.path


def program_stamp() -> str:
    """Changes with every edit of the program or its templates, and with what it stands on."""
    package = str(Path(portal.__file__).parent)
    found = (os.stat(path) for path in walk(package))  # noqa: PTH116 - some hundred calls
    stamps = [source_stamp(one) for one in found if not stat.S_ISDIR(one.st_mode)]
    told = [*map(str, stamps), sys.version, *installed()]
    return hashlib.sha256(" ".join(told).encode()).hexdigest()
