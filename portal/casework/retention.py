"""Retention: what may be deleted when, and the deletion itself.

A deletion removes the sealed files and the office's copies, and leaves the row: number, dates,
outcome, counts. It is decided in one transaction; the files are removed afterwards, and again at
the next sweep if that was interrupted. Destroying the window's key (portal keys destroy) ends the
retention of everything sealed to it, backups too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.casework.models import Case, CaseMessage
from portal.domain.objection import CaseState
from portal.sealed.collecting_lock import removing
from portal.sealed.desk_notes import gone_note
from portal.sealed.dropbox import (
    GONE,
    SEALED,
    digest,
    names_of_case,
    publish_bytes,
    remove_envelope,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom


def is_due(case: Case, now: datetime, retention_days: int) -> bool:
    """Whether an ended case has been kept long enough."""
    ended = not CaseState(case.state).open and case.deleted_at is None
    return bool(ended and case.closed_at and case.closed_at + timedelta(days=retention_days) <= now)


def due_for_deletion(session: Session, now: datetime, retention_days: int) -> Sequence[Case]:
    """Ended cases whose retention has run out."""
    limit = now - timedelta(days=retention_days)
    query = select(Case).where(Case.deleted_at.is_(None), Case.closed_at <= limit)
    return [case for case in session.scalars(query) if is_due(case, now, retention_days)]


def forget(session: Session, case: Case, now: datetime) -> dict[str, str | int]:
    """Take the contents out of the register; returns what the deletion's line of audit says."""
    messages = session.scalars(
        select(CaseMessage)
        .where(CaseMessage.case_id == case.id)
        .options(undefer(CaseMessage.payload), undefer(CaseMessage.copy))
    ).all()
    for message in messages:
        message.payload = message.copy = None
    case.reply_key = case.told_at = ""
    case.deleted_at = now
    hashes = [case.sha256, *(message.sha256 for message in messages if message.name)]
    return {"envelopes": len(hashes), "sha256": " ".join(hashes), "messages": len(messages)}


def delete_files(room: CaseRoom) -> int:
    """Remove the files of every deleted case that still has some; returns how many files.

    While a backup reads them they stay, and the next collecting removes them: the register that was
    copied into it still counts on them.
    """
    with removing(room.folder) as allowed:
        return _delete_files(room) if allowed else 0


def _delete_files(room: CaseRoom) -> int:
    removed = 0
    with room.register.read() as session:
        lookups = session.scalars(select(Case.lookup).where(Case.deleted_at.is_not(None))).all()
    folders = room.folders
    for lookup in lookups:
        gone = folders.outgoing / f"{lookup}{GONE}"
        if not gone.exists():
            publish_bytes(folders.tmp, gone, gone_note(room.signer(), lookup))
        for path in _files_of(room, lookup):
            if path.parent == folders.envelopes:
                # The tombstone comes first: a carrier could bring the envelope back between.
                publish_bytes(folders.tmp, path.with_suffix(GONE), b"")
            remove_envelope(path)
            removed += 1
    return removed


def _files_of(room: CaseRoom, lookup: str) -> Iterator[Path]:
    for folder in (room.folders.envelopes, room.resealed, room.folders.outgoing):
        yield from (folder / name for name in names_of_case(folder, lookup))


def _lost_answers(room: CaseRoom, case: Case) -> list[str]:
    """Answers that the register calls sent and that lie in no file."""
    sent = [m.seq for m in case.messages if m.seq and m.dispatched_at and case.reply_key]
    here = names_of_case(room.folders.outgoing, case.lookup)
    return [
        f"{case.number}：第{seq}份答复登记为已发送，文件不在"
        for seq in sent
        if f"{case.lookup}.{seq:04d}{SEALED}" not in here
    ]


def check_store(room: CaseRoom) -> list[str]:
    """Every row has its file with its hash, every file its row; returns what does not agree."""
    faults: list[str] = []
    expected: dict[str, tuple[str, str]] = {}
    with room.register.read() as session:
        for case in session.scalars(select(Case).where(Case.deleted_at.is_(None))):
            expected[case.lookup] = (case.number, case.sha256)
            expected |= {m.name: (case.number, m.sha256) for m in case.messages if m.name}
            faults += _lost_answers(room, case)
    for name, (number, sha256) in expected.items():
        path = room.envelope(name)
        if not path.exists():
            faults.append(f"{number}：信封文件 {name} 不在")
        elif digest(path) != sha256:
            faults.append(f"{number}：信封文件 {name} 的内容被改动过")
    unknown = {p.stem for p in room.folders.envelopes.glob(f"*{SEALED}")} - expected.keys()
    return faults + [f"信封文件 {name} 没有登记：请收取一次" for name in sorted(unknown)]
