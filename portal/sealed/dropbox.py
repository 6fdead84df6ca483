"""The drop box: a folder of sealed files, each there whole or not at all.

inbox/<name>.sealed      an envelope
inbox/<name>.sum         its size and SHA-256, by which a copy that was cut is known
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from portal.errors import SealError
from portal.sealed.case_records import read_record
from portal.sealed.envelope import Header, parse_header, read_header
from portal.sealed.sealed_file import SealedFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

_DAY = 24 * 3600
_MODE = 0o600
_BINARY = getattr(os, "O_BINARY", 0)  # without it Windows changes line ends
_NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_RDWR | _BINARY
_CAREFUL = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # POSIX alone has them
SEALED = ".sealed"
GONE = ".gone"
SUM = ".sum"
SEALED_NAME = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{16}|\.[0-9]{4})?\.sealed")
GONE_NAME = re.compile(r"[0-9a-f]{32}\.gone")
_SMALL = 4096
# <lookup>.<16 hex digits>.sealed, where an answer has its four digits.
LOOK_LENGTH = 32 + 1 + 16 + len(SEALED)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; only POSIX lets folders be synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def closed_folder(folder: Path) -> Path:
    """Make a folder and whatever is missing above it, all closed to other users.

    `mkdir(mode, parents=True)` gives the mode to the last one only.
    """
    for missing in reversed([one for one in (folder, *folder.parents) if not one.is_dir()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    return folder


def publish(
    tmp: Path, target: Path, write: Callable[[BinaryIO], T], *, exclusive: bool = False
) -> T:
    """Write a file by write, fsync, rename, fsync of the folder; on any error nothing is there.

    `tmp` lies on the same file system. Returns what `write` returns. `exclusive` raises
    FileExistsError in place of replacing a file.
    """
    draft = tmp / secrets.token_hex(16)
    descriptor = os.open(draft, _NEW_FILE, _MODE)
    try:
        with os.fdopen(descriptor, "w+b", buffering=128 * 1024) as stream:
            result = write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if exclusive:
            os.link(draft, target)  # refuses an existing name, as rename does not
            draft.unlink()
        else:
            draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
    return result


def publish_bytes(tmp: Path, target: Path, data: bytes) -> None:
    """`publish` for bytes at hand."""
    publish(tmp, target, lambda stream: stream.write(data))


def _names(folder: Path, pattern: re.Pattern[str], begin: str = "") -> list[str]:
    """Plain files whose whole name matches; whoever carries a folder can put anything into it."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as found:
        return sorted(
            entry.name
            for entry in found
            if entry.name.startswith(begin)
            and pattern.fullmatch(entry.name)
            and entry.is_file(follow_symlinks=False)
        )


def sealed_names(folder: Path) -> list[str]:
    """Names of finished envelopes in a folder, in order; none where it does not exist."""
    return _names(folder, SEALED_NAME)


def gone_names(folder: Path) -> list[str]:
    """Names of deletions in a folder, in order."""
    return _names(folder, GONE_NAME)


def names_of_case(folder: Path, lookup: str) -> list[str]:
    """Names of every envelope of a case in a folder."""
    return _names(folder, SEALED_NAME, f"{lookup}.")


def read_small(path: Path) -> bytes:
    """A note or a sum; SealError for one that is no plain file of a few lines."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise SealError("不是普通文件")
    descriptor = os.open(path, os.O_RDONLY | _CAREFUL | _BINARY)
    with os.fdopen(descriptor, "rb") as stream:
        data = stream.read(_SMALL + 1)
    if len(data) > _SMALL:
        raise SealError("文件过大，不是收取凭据或者校验文件")
    return data


@dataclass(frozen=True, slots=True)
class Sum:
    """Size in bytes and SHA-256 in hex of an envelope."""

    size: int
    sha256: str

    def line(self) -> bytes:
        """As it stands beside the envelope."""
        return f"{self.size} {self.sha256}\n".encode()


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sum_of(path: Path) -> Sum:
    """Size and digest of an envelope as it lies there."""
    return Sum(path.stat().st_size, digest(path))


def _sum_so_far(stream: BinaryIO) -> Sum:
    """Size and digest of what a file being written holds; it goes on at its end."""
    stream.flush()
    stream.seek(0)
    found = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        found.update(chunk)
    return Sum(stream.seek(0, os.SEEK_END), found.hexdigest())


def sum_path(path: Path) -> Path:
    """Where an envelope's size and digest stand."""
    return path.with_name(path.name.removesuffix(SEALED) + SUM)


def noted_sum(path: Path) -> Sum | None:
    """What stands beside an envelope; None where nothing legible does."""
    try:
        size, sha256 = read_small(sum_path(path)).decode("ascii").split()
        return Sum(int(size), sha256)
    except (OSError, ValueError, SealError):
        return None


def remove_envelope(path: Path) -> None:
    """Remove an envelope and what stands beside it; the names survive no power cut."""
    path.unlink(missing_ok=True)
    sum_path(path).unlink(missing_ok=True)
    sync_folder(path.parent)


def sweep(tmp: Path, now: float, age: float = _DAY) -> int:
    """Remove unfinished files older than `age` seconds; returns how many."""
    removed = 0
    for path in tmp.iterdir() if tmp.is_dir() else ():
        try:
            if now - path.stat().st_mtime > age:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


@dataclass(frozen=True)
class DropBox:
    """The public side's folder: inbox, outbox, cases, taken, tmp; a `Box`."""

    root: Path

    @cached_property
    def inbox(self) -> Path:
        """Envelopes that wait for the desk."""
        return self.root / "inbox"

    @cached_property
    def outbox(self) -> Path:
        """Answers that wait for citizens."""
        return self.root / "outbox"

    @cached_property
    def cases(self) -> Path:
        """Headers of objections the desk has taken."""
        return self.root / "cases"

    @cached_property
    def taken(self) -> Path:
        """What the desk says it has."""
        return self.root / "taken"

    @cached_property
    def tmp(self) -> Path:
        """Files being written."""
        return self.root / "tmp"

    def prepare(self) -> DropBox:
        """Create the folders, closed to other users."""
        for folder in (self.root, self.inbox, self.outbox, self.cases, self.taken, self.tmp):
            closed_folder(folder)
        return self

    def put(self, header: Header, write: Callable[[BinaryIO], object]) -> Sum:
        """Store an envelope durably; only after this returns may anyone be told it arrived.

        Raises FileExistsError where the envelope has been stored before.
        """
        target = self.inbox / f"{header.name}{SEALED}"

        def written(stream: BinaryIO) -> Sum:
            write(stream)
            return _sum_so_far(stream)

        noted = publish(self.tmp, target, written, exclusive=True)
        self._write_sum(target, noted)  # as a collector may have done: the envelope never changes
        if not target.exists():
            # Taken meanwhile by whoever collects: it arrived, and its sum is not left behind.
            sum_path(target).unlink(missing_ok=True)
        return noted

    def put_copy(self, header: Header, write: Callable[[BinaryIO], object]) -> None:
        """As `Box.put_copy`."""
        publish(self.tmp, self.outbox / f"{header.name}{SEALED}", write)

    def sum(self, header: Header) -> Sum:
        """As `Box.sum`."""
        path = self.inbox / f"{header.name}{SEALED}"
        return noted_sum(path) or sum_of(path)

    def note_sum(self, path: Path) -> Sum:
        """Size and digest of an envelope of this box, written beside it where they are missing."""
        noted = noted_sum(path)
        if noted is None:
            noted = sum_of(path)
            self._write_sum(path, noted)
        return noted

    def _write_sum(self, path: Path, noted: Sum) -> None:
        """Not synced: what a power cut takes or empties is made anew from the envelope."""
        draft = self.tmp / secrets.token_hex(16)
        with os.fdopen(os.open(draft, _NEW_FILE, _MODE), "wb") as stream:
            stream.write(noted.line())
        draft.replace(sum_path(path))

    def header(self, lookup: str) -> Header | None:
        """Header of a case's objection, taken or not; None where there is no such case.

        `settle` writes cases/ before it removes from inbox/, so this order of looking never misses.
        """
        try:
            with (self.inbox / f"{lookup}{SEALED}").open("rb") as stream:
                return read_header(stream)
        except FileNotFoundError:
            pass
        try:
            return parse_header((self.cases / f"{lookup}.json").read_bytes())
        except FileNotFoundError:
            return None

    def messages(self, lookup: str) -> tuple[Header, ...]:
        """Headers of later messages that still wait for the desk."""
        found = []
        for name in names_of_case(self.inbox, lookup):
            if name == f"{lookup}{SEALED}":
                continue
            try:
                with (self.inbox / name).open("rb") as stream:
                    found.append(read_header(stream))
            except (FileNotFoundError, SealError):
                continue
        return tuple(found)

    def message(self, header: Header) -> tuple[Header, str] | None:
        """As `Box.message`: what is settled stands in cases/ before it leaves inbox/."""
        path = self.inbox / f"{header.name}{SEALED}"
        with suppress(FileNotFoundError), path.open("rb") as stream:
            return read_header(stream), sum_of(path).sha256
        with suppress(FileNotFoundError):
            return read_record((self.cases / f"{header.name}.json").read_bytes())
        return None

    def answers(self, lookup: str) -> tuple[SealedFile, ...]:
        """Answers in order of `seq`, up to the first gap."""
        found = []
        for seq in range(1, 10_000):
            path = self.outbox / f"{lookup}.{seq:04d}{SEALED}"
            if not path.exists():
                break
            found.append(SealedFile(path))
        return tuple(found)

    def looks(self, lookup: str) -> tuple[SealedFile, ...]:
        """What stands beside the answers, in no order."""
        names = names_of_case(self.outbox, lookup)
        return tuple(SealedFile(self.outbox / n) for n in names if len(n) == LOOK_LENGTH)

    def arrivals(self) -> tuple[float, ...]:
        """As `Box.arrivals`."""
        times = []
        for name in sealed_names(self.inbox):
            with suppress(FileNotFoundError):  # it is being fetched
                times.append((self.inbox / name).stat().st_mtime)
        return tuple(times)

    def sweep(self, now: float) -> int:
        """Remove unfinished files older than a day."""
        return sweep(self.tmp, now)
