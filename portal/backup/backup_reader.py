"""Restoring: into an empty place only, and nothing is placed before every digest agreed."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tarfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, Self

from portal.backup.backup_format import (
    CHUNK,
    CONTENT,
    FORMAT_MEMBER,
    MANIFEST,
    NOTICES,
    REGISTER,
    SETTINGS,
    STATE,
    Manifest,
    Member,
    read_manifest,
    refuse_format,
)
from portal.backup.holdings import folders_named
from portal.backup.kept_settings import moved, read_settings, settings_file
from portal.casework.register_copy import fill_register
from portal.errors import RequestError, SealError
from portal.sealed.dropbox import sync_folder
from portal.sealed.suites import AGE

if TYPE_CHECKING:
    from collections.abc import Sequence

RESTORED = "restored.env"
_LARGEST_MANIFEST = 256 * 1024 * 1024
_BROKEN = "备份不完整或者已损坏，什么也没有恢复"


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored place: where everything lies now, and what the archive said of itself."""

    root: Path
    manifest: Manifest
    settings: dict[str, str]

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.root / STATE

    def folders(self, kind: str) -> tuple[Path, ...]:
        """The restored content or notice folders, in their order."""
        names = [path.name for path in self.root.iterdir()]
        return tuple(self.root / name for name in folders_named(kind, names))


def restore(archive: Path, into: Path, identities: Sequence[str], database: str = "") -> Restored:
    """Restore an archive into a folder that is not there or empty; SealError, RequestError.

    `database` is an empty database that takes the register; without it the register is a file.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise RequestError(f"{into} 不是空的：只恢复到空的文件夹里")
    into.parent.mkdir(parents=True, exist_ok=True)
    staging = into.parent / f".{into.name}.{secrets.token_hex(4)}.restoring"
    staging.mkdir(mode=0o700)
    try:
        manifest = _unpack(archive, staging, identities)
        settings = _settings(staging, into, database)
        if database and (staging / REGISTER).exists():
            fill_register(staging / REGISTER, database)
            (staging / REGISTER).unlink()
        _sync()
        staging.chmod(0o755)
        if into.exists():
            into.rmdir()
        staging.rename(into)
        sync_folder(into.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Restored(into, manifest, settings)


def _sync() -> None:
    if hasattr(os, "sync"):
        os.sync()


def _unpack(archive: Path, root: Path, identities: Sequence[str]) -> Manifest:
    """Every member below `root`; raises unless the manifest names exactly these."""
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    with archive.open("rb") as source, _Plain(source, identities) as plain:
        try:
            with tarfile.open(fileobj=plain.stream, mode="r|") as tar:
                for number, info in enumerate(tar):
                    content = tar.extractfile(info) if info.isreg() else None
                    if content is None or manifest is not None or info.name in found:
                        raise RequestError(f"{_BROKEN}：{info.name[:80]}")
                    if (number == 0) != (info.name == FORMAT_MEMBER):
                        raise RequestError("这不是本程序的备份")
                    if info.name == MANIFEST:
                        manifest = read_manifest(content.read(_LARGEST_MANIFEST))
                    else:
                        found[info.name] = _member(root, info, content)
        except tarfile.TarError as error:
            plain.finish()  # a wrong key says so itself
            raise RequestError(_BROKEN) from error
        plain.finish()
    if manifest is None:
        raise RequestError(f"{_BROKEN}：没有清单")
    wrong = {m.name for m in manifest.members if found.get(m.name) != m}
    wrong |= found.keys() - {m.name for m in manifest.members}
    if wrong:
        raise RequestError(f"{_BROKEN}：{min(wrong)} 与清单不符")
    return manifest


def _member(root: Path, info: tarfile.TarInfo, content: IO[bytes]) -> Member:
    """Write one file and say what was written."""
    path = _place_of(root, info.name)
    open_to_all = info.name.partition("/")[0].partition(".")[0] in {CONTENT, NOTICES}
    for folder in reversed(path.relative_to(root).parents[:-1]):
        (root / folder).mkdir(mode=0o700, exist_ok=True)
        if open_to_all:  # whatever this user's umask is: the build runs as another one
            (root / folder).chmod(0o755)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    descriptor = os.open(path, flags, 0o600)
    if open_to_all:
        path.chmod(0o644)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
            if info.name == FORMAT_MEMBER:
                refuse_format(chunk)
    return Member(info.name, size, digest.hexdigest())


def _place_of(root: Path, name: str) -> Path:
    """Where a member goes; RequestError for a name that leads anywhere else."""
    pure = PurePosixPath(name)
    top = pure.parts[0].partition(".")[0] if pure.parts else ""
    single = name in {FORMAT_MEMBER, SETTINGS}
    if (
        not (single or (top in {STATE, CONTENT, NOTICES} and len(pure.parts) > 1))
        or pure.is_absolute()
        or ".." in pure.parts
        or pure.as_posix() != name
        or "\\" in name
    ):
        raise RequestError(f"{_BROKEN}：{name[:80]}")
    return root / pure


def _settings(staging: Path, into: Path, database: str) -> dict[str, str]:
    """Write restored.env, which names the new places; the old settings stay beside it."""
    kept = staging / SETTINGS
    old = read_settings(kept.read_bytes()) if kept.exists() else {}
    here = Restored(staging, Manifest("", ""), {})
    places = {"PORTAL_STATE": str((into / STATE).absolute())}
    for name, kind in (("PORTAL_CONTENT", CONTENT), ("PORTAL_NOTICES", NOTICES)):
        found = [str((into / folder.name).absolute()) for folder in here.folders(kind)]
        if found:
            places[name] = os.pathsep.join(found)
    if database:
        places["PORTAL_DESK_DATABASE"] = database
    settings = moved(old, places)
    target = staging / RESTORED
    target.touch(mode=0o600)
    target.write_bytes(settings_file(sorted(settings.items())))
    return settings


class _Plain:
    """The decrypted archive as a stream: pyrage pushes, tarfile pulls, a pipe lies between."""

    def __init__(self, source: BinaryIO, identities: Sequence[str]) -> None:
        reading, self._writing = os.pipe()
        self.stream: BinaryIO = os.fdopen(reading, "rb", buffering=CHUNK)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(source, identities), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()  # the writer then stops with a broken pipe
        self._thread.join()

    def _run(self, source: BinaryIO, identities: Sequence[str]) -> None:
        try:
            with os.fdopen(self._writing, "wb") as target:
                AGE.open(source, target, identities)
        except BaseException as error:  # noqa: BLE001 - told by finish, in the thread that asked
            self._error = error

    def finish(self) -> None:
        """Read to the end: only there age tells a file that was cut; SealError for one."""
        with suppress(ValueError):
            while self.stream.read(CHUNK):
                pass
        self._thread.join()
        if isinstance(self._error, SealError):
            raise RequestError(
                "打不开备份：密钥不符，或者文件已损坏、没有写完；什么也没有恢复"
            ) from self._error
        if self._error is not None:
            raise self._error
