"""The courier between the two sides: four steps over files, each idempotent, without any key.

docs/objection-protocol.md §5 gives the steps; `source` is the drop box itself, or the folder that
is carried between two machines.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.errors import SealError
from portal.sealed.dropbox import (
    GONE,
    SEALED,
    DropBox,
    publish,
    publish_bytes,
    sealed_names,
    sweep,
    sync_folder,
)
from portal.sealed.envelope import read_header

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DeskFolders:
    """The desk's side of the exchange."""

    root: Path

    @property
    def envelopes(self) -> Path:
        """Every envelope the desk keeps."""
        return self.root / "envelopes"

    @property
    def outgoing(self) -> Path:
        """Answers and deletions on their way to the public side."""
        return self.root / "outgoing"

    @property
    def tmp(self) -> Path:
        """Files being written."""
        return self.root / "tmp"

    def prepare(self) -> DeskFolders:
        """Create the folders, closed to other users."""
        for folder in (self.root, self.envelopes, self.outgoing, self.tmp):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self


@dataclass(slots=True)
class Report:
    """What an exchange did: counts, and the names that need a person."""

    taken: int = 0
    given: int = 0
    settled: int = 0
    forgotten: int = 0
    swept: int = 0
    troubles: list[str] = field(default_factory=list)


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(tmp: Path, source: Path, target: Path) -> None:
    with source.open("rb") as stream:
        publish(tmp, target, lambda out: shutil.copyfileobj(stream, out, 256 * 1024))


def _take_one(source: DropBox, desk: DeskFolders, name: str) -> bool:
    arrived = source.inbox / name
    target = desk.envelopes / name
    with arrived.open("rb") as stream:
        if f"{read_header(stream).name}{SEALED}" != name:
            raise SealError("文件名与信封头部不一致")
    gone = target.with_suffix(GONE).exists()
    if not target.exists() and not gone:
        _copy(desk.tmp, arrived, target)
        fresh = True
    else:
        fresh = False
    wanted = digest(arrived)
    if not gone and digest(target) != wanted:
        raise SealError("与已收取的同名信封内容不同")
    publish_bytes(source.tmp, source.taken / name, wanted.encode() + b"\n")
    return fresh


def take(source: DropBox, desk: DeskFolders, report: Report) -> None:
    """Copy new envelopes to the desk and note that it has them."""
    for name in sealed_names(source.inbox):
        if (source.taken / name).exists():
            continue
        try:
            report.taken += _take_one(source, desk, name)
        except (SealError, OSError) as error:
            report.troubles.append(f"{name}：{error}")


def give(desk: DeskFolders, source: DropBox, report: Report) -> None:
    """Copy answers and deletions to the public side."""
    names = [*sealed_names(desk.outgoing), *(p.name for p in desk.outgoing.glob(f"*{GONE}"))]
    for name in names:
        if not (source.outbox / name).exists() and not _deleted(source, name):
            _copy(source.tmp, desk.outgoing / name, source.outbox / name)
            report.given += 1


def _deleted(box: DropBox, name: str) -> bool:
    return name.endswith(SEALED) and (box.outbox / f"{name[:32]}{GONE}").exists()


def settle(box: DropBox, report: Report) -> None:
    """Remove from the inbox what the desk has, keeping the header so that status still knows it."""
    for name in sealed_names(box.taken):
        arrived, note = box.inbox / name, box.taken / name
        if arrived.exists():
            if note.read_text(encoding="ascii").strip() != digest(arrived):
                report.troubles.append(f"{name}：收取凭据与信封不一致，未移除")
                continue
            with arrived.open("rb") as stream:
                header = read_header(stream)
            if header.kind == "objection":
                publish_bytes(box.tmp, box.cases / f"{header.lookup}.json", header.line())
            arrived.unlink()
            sync_folder(box.inbox)
            report.settled += 1
        note.unlink()
    for gone in box.outbox.glob(f"*{GONE}"):
        report.forgotten += _forget(box, gone.stem)


def _forget(box: DropBox, lookup: str) -> bool:
    names = [box.cases / f"{lookup}.json", box.inbox / f"{lookup}{SEALED}"]
    names += [*box.outbox.glob(f"{lookup}.*{SEALED}"), *box.inbox.glob(f"{lookup}.*{SEALED}")]
    present = [path for path in names if path.exists()]
    for path in present:
        path.unlink()
    return bool(present)


def exchange(box: DropBox, desk: DeskFolders, now: float) -> Report:
    """Everything, when both sides are on one machine."""
    report = Report()
    box.prepare()
    desk.prepare()
    take(box, desk, report)
    give(desk, box, report)
    settle(box, report)
    report.swept = box.sweep(now) + sweep(desk.tmp, now)
    return report


def desk_side(carrier: DropBox, desk: DeskFolders, now: float) -> Report:
    """The desk's half, with a carried folder."""
    report = Report()
    carrier.prepare()
    desk.prepare()
    take(carrier, desk, report)
    give(desk, carrier, report)
    report.swept = sweep(desk.tmp, now)
    return report


def public_side(box: DropBox, carrier: DropBox, now: float) -> Report:
    """The public side's half: bring notes and answers home, settle, load what is new."""
    report = Report()
    box.prepare()
    carrier.prepare()
    for name in sealed_names(carrier.taken):
        if (box.inbox / name).exists() and not (box.taken / name).exists():
            _copy(box.tmp, carrier.taken / name, box.taken / name)
    answers = [*sealed_names(carrier.outbox), *(p.name for p in carrier.outbox.glob(f"*{GONE}"))]
    for name in answers:
        if not (box.outbox / name).exists() and not _deleted(box, name):
            _copy(box.tmp, carrier.outbox / name, box.outbox / name)
            report.given += 1
    settle(box, report)
    for name in sealed_names(carrier.inbox):
        if not (box.inbox / name).exists():
            (carrier.inbox / name).unlink()
            (carrier.taken / name).unlink(missing_ok=True)
    for name in sealed_names(box.inbox):
        if not (carrier.inbox / name).exists():
            _copy(carrier.tmp, box.inbox / name, carrier.inbox / name)
            report.taken += 1
    report.swept = box.sweep(now)
    return report
