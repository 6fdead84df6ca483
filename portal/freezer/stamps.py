"""Stamps: what a tree of files looked like, kept flat so that ten thousand folders compare fast."""

from __future__ import annotations

import hashlib
import os
import sysconfig
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MISSING = 0
_POSITIVE = 0x7FFF_FFFF_FFFF_FFFF

# Clocks of file systems tick in steps: a file written within this time of being looked at may
# change again without a new time, so its stamp is not kept (git calls such an entry racy).
_TICK_NS = 50_000_000


def source_stamp(found: os.stat_result) -> int:
    """Stamp of a file that people edit: the change time cannot be set back by any tool."""
    return (found.st_ctime_ns ^ (found.st_size << 1) ^ (found.st_ino << 20)) & _POSITIVE


def output_stamp(found: os.stat_result) -> int:
    """Stamp of a file we wrote: hard links between our two trees leave it as it is."""
    return (found.st_mtime_ns ^ (found.st_size << 1)) & _POSITIVE


@dataclass
class Stamps:
    """Paths with their stamps, in step; a folder is a path too, so additions show."""

    paths: list[str] = field(default_factory=list)
    values: array[int] = field(default_factory=lambda: array("q"))

    @classmethod
    def unpack(cls, paths: str, values: bytes) -> Stamps:
        """Read back what `pack` gave."""
        numbers = array("q")
        numbers.frombytes(values)
        return cls(paths.split("\n") if paths else [], numbers)

    def pack(self) -> tuple[str, bytes]:
        """Two values for the store."""
        return "\n".join(self.paths), self.values.tobytes()

    def changed(self, stamp: Callable[[os.stat_result], int]) -> list[str]:
        """Paths that differ from their stamps now."""
        stat = os.stat  # pathlib would double the time of a build that finds nothing to do
        differing = []
        for path, known in zip(self.paths, self.values, strict=True):
            try:
                current = stamp(stat(path))
            except OSError:
                current = MISSING
            if current != known:
                differing.append(path)
        return differing

    def without(self, folders: Iterable[str]) -> Stamps:
        """A copy that knows nothing of these folders."""
        gone = tuple(folders)
        below = tuple(f"{folder}/" for folder in gone)
        kept = [
            (path, value)
            for path, value in zip(self.paths, self.values, strict=True)
            if path not in gone and not path.startswith(below)
        ]
        return Stamps([path for path, _ in kept], array("q", (value for _, value in kept)))

    def without_paths(self, paths: Iterable[str]) -> Stamps:
        """A copy that knows nothing of these very paths."""
        gone = frozenset(paths)
        kept = [
            (path, value)
            for path, value in zip(self.paths, self.values, strict=True)
            if path not in gone
        ]
        return Stamps([path for path, _ in kept], array("q", (value for _, value in kept)))

    def add_sources(self, paths: Iterable[str]) -> None:
        """Look at files that people edit; one that was written just now stays unknown."""
        now = time.time_ns()
        for path in paths:
            found = _stat(path)
            if found is not None:
                fresh = found.st_ctime_ns > now - _TICK_NS
                self.paths.append(path)
                self.values.append(MISSING if fresh else source_stamp(found))

    def add_outputs(self, paths: Iterable[str]) -> None:
        """Look at files we wrote."""
        for path in paths:
            found = _stat(path)
            if found is not None:
                self.paths.append(path)
                self.values.append(output_stamp(found))


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
    """Changes with every edit of the program or its templates and with installed packages."""
    package = Path(portal.__file__).parent
    paths = [*walk(str(package)), sysconfig.get_path("purelib")]
    stamps = (str(source_stamp(os.stat(p))) for p in paths if not Path(p).is_dir())  # noqa: PTH116
    installed = str(Path(paths[-1]).stat().st_mtime_ns)
    return hashlib.sha256(" ".join([*stamps, installed]).encode()).hexdigest()
