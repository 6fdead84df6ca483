"""Making a backup: whole or not at all, while everything runs, and never over an earlier one."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from portal import __version__
from portal.backup.backup_format import (
    BLOCK,
    CHUNK,
    FORMAT,
    FORMAT_MEMBER,
    MANIFEST,
    REGISTER,
    SETTINGS,
    SUFFIX,
    ChunkStream,
    Manifest,
    Member,
    archive_name,
    member_head,
)
from portal.backup.holdings import DRAFTS
from portal.backup.kept_settings import settings_file
from portal.casework.register import Register
from portal.casework.register_copy import (
    audit_head,
    copy_register,
    copy_sqlite,
    kept_envelopes,
    row_counts,
    sqlite_file,
)
from portal.casework.upgrading import require_present
from portal.errors import RequestError, SealError
from portal.ledger.chain import settled_ledger
from portal.sealed.collecting_lock import being_backed_up
from portal.sealed.dropbox import sweep, sync_folder
from portal.sealed.suites import AGE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from datetime import datetime

    from portal.backup.holdings import Holdings

_SMALL = 8 * 1024 * 1024
_TRIES = 3
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Written:
    """A finished backup."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest


class _ChangedError(Exception):
    """A large file became shorter while it was read: begin again."""


def make_backup(
    holdings: Holdings, target: Path, recipients: Sequence[str], now: Callable[[], datetime]
) -> Written:
    """Write a backup to a new file, or into a folder under a name of its own.

    Files of a case that is deleted meanwhile stay until it is done. A case handed over meanwhile
    leaves a row beside another envelope: then it is made again, up to three times, and what still
    does not agree was so before, and stands in the manifest.
    """
    if not recipients or not all(map(AGE.takes, recipients)):
        raise RequestError("备份的公钥应为 age1 开头的一行，由 portal keys backup 生成")
    begun = now()
    path = _file_of(target, archive_name(begun))
    _refuse_absent(holdings)
    tmp = path.parent / DRAFTS
    tmp.mkdir(mode=0o700, exist_ok=True)
    sweep(tmp, begun.timestamp())
    before: list[str] | None = None
    draft = tmp / f"{os.getpid()}-{path.name}"
    try:
        for _ in range(_TRIES):
            with _quiet(holdings.desk):
                made = _Maker(holdings, Manifest(begun.isoformat(), __version__))
                written = _seal(made, draft, recipients)
            if written is not None and made.faults in ([], before):
                break
            before = made.faults
        if written is None:
            raise RequestError("有文件在备份时一再变短，备份没有做；请稍后再试")
        _place(draft, path)
    finally:
        draft.unlink(missing_ok=True)
        with suppress(OSError):  # another backup may be under way
            tmp.rmdir()
    return Written(path, written[0], written[1], made.manifest)


def _file_of(target: Path, name: str) -> Path:
    """The file to write: in a folder that is there, never a file in the place of one that is not.

    RequestError for all else: a disk that is not mounted leaves no folder, or none below it.
    """
    if target.is_dir():
        target /= name
    elif target.suffix != Path(SUFFIX).suffix:
        raise RequestError(
            f"文件夹 {target} 不在，备份没有做：请检查磁盘是否挂上，新的文件夹先建好"
            f"（写成一个文件的，文件名以 {SUFFIX} 结尾）"
        )
    elif not target.parent.is_dir():
        raise RequestError(f"文件夹 {target.parent} 不在，备份没有做：请检查磁盘是否挂上")
    if os.path.lexists(target):
        raise RequestError(f"{target} 已存在，备份不覆盖以前的文件")
    return target


def _refuse_absent(holdings: Holdings) -> None:
    """RequestError where content or notices of the settings are not there: half of it is none."""
    for folder in (*holdings.content, *holdings.notices):
        if not folder.is_dir():
            raise RequestError(
                f"{folder} 不在，备份没有做：请检查磁盘是否挂上，PORTAL_CONTENT、PORTAL_NOTICES "
                "是否写对；定时运行的，设置要与服务的一样"
            )


def _quiet(desk: Path) -> AbstractContextManager[None]:
    return being_backed_up(desk) if desk.is_dir() else nullcontext()


def _seal(made: _Maker, draft: Path, recipients: Sequence[str]) -> tuple[int, str] | None:
    """Size and SHA-256 of what was written; None where a file changed under the reader."""
    chunks = made.chunks()
    stream = ChunkStream(chunks)
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "w+b") as target, closing(chunks):
        try:
            AGE.seal(stream, target, recipients)  # type: ignore[arg-type]
        except SealError:
            if isinstance(stream.error, _ChangedError):
                return None
            if stream.error is not None:
                raise stream.error from None
            raise
        target.flush()
        os.fsync(target.fileno())
        target.seek(0)
        digest = hashlib.file_digest(target, "sha256").hexdigest()
        return target.tell(), digest


def _place(draft: Path, path: Path) -> None:
    """Give the finished file its name; never over another, also on a stick without hard links."""
    try:
        os.link(draft, path)
        draft.unlink()
    except FileExistsError as error:
        raise RequestError(f"{path} 已存在，备份不覆盖以前的文件") from error
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EOPNOTSUPP}:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        draft.replace(path)
    sync_folder(path.parent)


class _Maker:
    """The chunks of one archive, and its manifest as it grows."""

    def __init__(self, holdings: Holdings, manifest: Manifest) -> None:
        self._holdings = holdings
        self.manifest = manifest
        self.faults: list[str] = []
        self._seen: set[str] = set()
        self._envelopes: dict[str, str] = {}
        self._skip: Path | None = None

    def chunks(self) -> Generator[bytes]:
        """The whole tar archive, piece by piece."""
        folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=self._room()))
        try:
            yield from self._bytes(FORMAT_MEMBER, f"{FORMAT}\n".encode())
            yield from self._bytes(SETTINGS, settings_file(self._holdings.settings))
            yield from self._all(self._holdings.heads())
            yield from self._register(folder)
            for name, path in self._holdings.ledgers():
                with suppress(FileNotFoundError):
                    yield from self._bytes(name, settled_ledger(path))
            yield from self._all(self._holdings.rest(), folder)
            self._compare()
            self.manifest.absent += self._holdings.absent()
            self.manifest.notes += self.faults
            yield from self._bytes(MANIFEST, self.manifest.as_json())
            yield bytes(2 * BLOCK)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _room(self) -> Path | None:
        """Where a copied database lies for a moment: as well kept as the register itself."""
        tmp = self._holdings.desk / "tmp"
        if not self._holdings.desk.is_dir():
            return None
        tmp.mkdir(mode=0o700, exist_ok=True)
        for stale in tmp.glob(".backup-*"):  # of a backup that was killed
            shutil.rmtree(stale, ignore_errors=True)
        return tmp

    def _register(self, folder: Path) -> Iterator[bytes]:
        url = self._holdings.database
        file = sqlite_file(url)
        if file is not None and not Path(file).exists():
            if (self._holdings.desk / "audit.head").exists():
                raise RequestError(
                    f"登记簿 {file} 不在，而工作台办理过案件：没有备份，请先找回登记簿"
                )
            self.manifest.absent.append(f"登记簿（{file}）")
            return
        copy = folder / "register.sqlite3"
        copy_register(url, copy)
        register = Register(f"sqlite:///{copy}")
        try:
            require_present(register)
            self.manifest.rows = row_counts(register)
            newest = audit_head(register)
            self._envelopes = dict(kept_envelopes(register))
        finally:
            register.close()
        self.manifest.head = f"{newest.seq}:{newest.hash}"
        self.manifest.database = "PostgreSQL" if file is None else "SQLite"
        if file is not None:
            self._skip = Path(file).absolute()
        yield from self._file(REGISTER, copy)

    def _all(
        self, found: Iterator[tuple[str, Path]], folder: Path | None = None
    ) -> Iterator[bytes]:
        for name, path in found:
            if name not in self._seen and path.absolute() != self._skip:
                with suppress(FileNotFoundError):  # gone meanwhile: it moved on, or was deleted
                    yield from self._any(name, path, folder)

    def _any(self, name: str, path: Path, folder: Path | None) -> Iterator[bytes]:
        with path.open("rb") as stream:
            database = stream.read(len(_SQLITE)) == _SQLITE
        if database and folder is not None and name.startswith("state/"):
            copy = folder / "other.sqlite3"
            copy.unlink(missing_ok=True)
            copy_sqlite(path, copy)
            path = copy
        yield from self._file(name, path)

    def _file(self, name: str, path: Path) -> Iterator[bytes]:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size <= _SMALL:
                yield from self._bytes(name, stream.read())
                return
            yield from self._large(name, size, stream)

    def _bytes(self, name: str, data: bytes) -> Iterator[bytes]:
        self._note(name, len(data), hashlib.sha256(data).hexdigest())
        yield member_head(name, len(data)) + data + bytes(-len(data) % BLOCK)

    def _large(self, name: str, size: int, stream: BinaryIO) -> Iterator[bytes]:
        """A file too large to be held: as many bytes as it had when it was opened."""
        yield member_head(name, size)
        digest, left = hashlib.sha256(), size
        while left:
            chunk = stream.read(min(CHUNK, left))
            if not chunk:
                raise _ChangedError
            digest.update(chunk)
            left -= len(chunk)
            yield chunk
        yield bytes(-size % BLOCK)
        self._note(name, size, digest.hexdigest())

    def _note(self, name: str, size: int, sha256: str) -> None:
        self._seen.add(name)
        if name != MANIFEST:
            self.manifest.members.append(Member(name, size, sha256))

    def _compare(self) -> None:
        """Each row of the register against the envelope that went in."""
        held = {m.name: m.sha256 for m in self.manifest.members if m.name.endswith(".sealed")}
        for name, sha256 in sorted(self._envelopes.items()):
            places = (f"state/desk/{folder}/{name}.sealed" for folder in ("resealed", "envelopes"))
            found = next((held[place] for place in places if place in held), None)
            if found != sha256:
                self.faults.append(f"信封 {name} {'不在' if found is None else '与登记簿不符'}")
