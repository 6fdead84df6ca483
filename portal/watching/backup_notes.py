"""When a backup was made last: noted in the state folder, so that somebody is told if they stop.

    <state>/backup.json     {"begun": "2026-…", "done": "2026-…"}

A backup that began and was not finished (killed, disk full, refused) is known by the two times. The
note itself is not in the backup: a restored machine has none yet.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.domain.dates import write_meta
from portal.sealed.dropbox import closed_folder, publish_bytes
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "backup.json"
SOON, LATE = timedelta(hours=26), timedelta(hours=50)
"""One night's run came late; two did not come."""
_LONGEST = timedelta(hours=6)
"""A backup that runs longer than that is taken for one that was killed."""
_REMEDY = (
    "看备份的日志（journalctl -u 'portal-backup@*'、systemctl list-timers），改正后运行一次 "
    "portal backup；备份的磁盘要挂上、放得下"
)


@dataclass(frozen=True, slots=True)
class BackupNote:
    """ISO times, empty where there was none; `failed` are the words of the last failure."""

    begun: str = ""
    done: str = ""
    failed: str = ""


def read_note(state: Path) -> BackupNote:
    """What is noted; nothing where the note is not there or damaged."""
    try:
        found = json.loads((state / NOTE).read_bytes())
        note = BackupNote(*(str(found.get(name, "")) for name in ("begun", "done", "failed")))
        for text in filter(None, (note.begun, note.done)):
            datetime.fromisoformat(text).astimezone()
    except (OSError, ValueError, AttributeError, RecursionError):
        return BackupNote()
    return note


def note_begun(state: Path, now: datetime) -> None:
    """A backup begins; a full disk keeps nobody from one on another disk."""
    with suppress(OSError):
        _write(state, replace(read_note(state), begun=now.isoformat(), failed=""))


def note_failed(state: Path, words: str) -> None:
    """It was not made, or not whole."""
    with suppress(OSError):
        _write(state, replace(read_note(state), failed=words))


def note_done(state: Path, begun: datetime) -> None:
    """It was made, with everything from before `begun`; raises OSError."""
    at = begun.isoformat()
    _write(state, BackupNote(at, at))


def _write(state: Path, note: BackupNote) -> None:
    data = json.dumps(asdict(note), ensure_ascii=False).encode()
    publish_bytes(closed_folder(state / "tmp"), state / NOTE, data)


def last_backup(state: Path, *, wanted: bool) -> Check:
    """Whether backups are made; `wanted` where the settings say so, else where one ever was."""

    def look(now: datetime) -> Finding:
        note = read_note(state)
        if not wanted and not note.begun:
            return good("没有设置 PORTAL_BACKUP_RECIPIENT，这台机器不做备份")
        if note.failed:
            return Finding(Level.BAD, f"上次备份有问题：{note.failed}", _REMEDY)
        if note.begun > note.done and now - datetime.fromisoformat(note.begun) > _LONGEST:
            begun = write_meta(datetime.fromisoformat(note.begun))
            return Finding(Level.BAD, f"{begun}开始的备份没有做完", _REMEDY)
        return _by_age(state, note, now)

    return Check("backup", "备份", look)


def _by_age(state: Path, note: BackupNote, now: datetime) -> Finding:
    """A machine that has none yet counts from the note of its state's version."""
    if note.done:
        since = datetime.fromisoformat(note.done)
        words = f"上次备份是{write_meta(since)}"
    else:
        try:
            since = datetime.fromtimestamp((state / "format").stat().st_mtime, now.tzinfo)
        except OSError:
            since = now  # the check of the state folder tells
        words = "设置了备份，还没有做过"
    age = now - since
    if age > LATE:
        return Finding(Level.BAD, words, _REMEDY)
    return Finding(Level.SOON, words, _REMEDY) if age > SOON else good(words)
