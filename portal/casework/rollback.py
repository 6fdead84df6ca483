"""Whether the register is the one that wrote the files beside it: the audit head noted outside it.

    desk/audit.head         {"about": "head", "seq": 412, "hash": "ab12…", "at": …, "signature": …}
    outbox/audit.head       the same, carried: a machine restored as a whole has an old one itself

A register that was put back from a backup lacks acts that stand in a later head. It must be said:
answers would get numbers that are taken, and deletions would be forgotten.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.audit import SYSTEM, Action, Head, head, record
from portal.casework.models import AuditLine, Case
from portal.domain.dates import write_meta
from portal.errors import PortalError, RequestError
from portal.ledger.statements import read_statement, statement
from portal.sealed.courier import HEAD
from portal.sealed.dropbox import publish_bytes, read_small, sealed_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from portal.casework.caseroom import CaseRoom
    from portal.casework.register import Register
    from portal.sealed.courier import DeskFolders


@dataclass(frozen=True, slots=True)
class Noted:
    """A head as it was noted outside the register."""

    head: Head
    at: datetime


def _noted(path: Path, public: str) -> Noted | None:
    """The head in a file; None where there is none that this desk signed."""
    try:
        values = read_statement(read_small(path), "head", public)
        at = datetime.fromisoformat(values["at"])
        return Noted(Head(int(values["seq"]), str(values["hash"])), at)
    except (OSError, PortalError, ValueError, TypeError, KeyError, OverflowError):
        return None


def noted_head(room: CaseRoom, outboxes: Sequence[Path] = ()) -> Noted | None:
    """The newest head that this desk has noted, at home or in what is carried; writes nothing."""
    public = room.public_key()
    if public is None:
        return None
    places = [room.folder, *outboxes]
    found = [noted for place in places if (noted := _noted(place / HEAD, public))]
    return max(found, key=lambda noted: noted.at, default=None)


def unreadable_head(room: CaseRoom, outboxes: Sequence[Path] = ()) -> tuple[str, str] | None:
    """Words and remedy where a head was noted and none can be read any more; None for none.

    Without it nobody could tell a register that was put back from a backup.
    """
    path = room.folder / HEAD
    if not os.path.lexists(path) or noted_head(room, outboxes) is not None:
        return None
    words = f"{path} 读不出来，或者不是这个工作台的密钥签的，不知道登记簿是不是最近的"
    return words, "请从备份恢复这个文件；核对登记簿是最近的以后，也可以运行 portal audit restored"


def rolled_back(session: Session, noted: Noted | None) -> str:
    """What to tell when the register lacks what was noted; empty where it does not."""
    if noted is None:
        return ""
    line = session.get(AuditLine, noted.head.seq)
    if noted.head.seq == 0 or (line is not None and line.hash == noted.head.hash):
        return ""
    return (
        f"登记簿不是最近的：{write_meta(noted.at)}时审计记录已有{noted.head.seq}行，"
        f"现在{'只有' + str(head(session).seq) + '行' if line is None else '同一行的内容不同'}。"
        "登记簿可能是由旧备份恢复的，请换上最近的备份；"
        "没有更近的备份时，由管理员核对后运行 portal audit restored"
    )


def note_head(room: CaseRoom, now: datetime, outboxes: Sequence[Path] = ()) -> str:
    """Note the head of today at home and in what is carried; the fault instead if rolled back."""
    if lost := unreadable_head(room, outboxes):
        return "。".join(lost)
    before = noted_head(room, outboxes)
    with room.register.read() as session:
        fault = rolled_back(session, before)
        newest = head(session)
    if fault:
        return fault
    for place in (room.folder, *outboxes):
        kept = _noted(place / HEAD, room.signer().public)
        if kept is None or kept.head != newest:
            values = {"seq": newest.seq, "hash": newest.hash, "at": now.isoformat()}
            data = statement(room.signer(), "head", values)
            tmp = room.folders.tmp if place == room.folder else place.parent / "tmp"
            publish_bytes(tmp, place / HEAD, data)
    return ""


def accept_restored(room: CaseRoom, now: datetime) -> Head:
    """Go on with the register as it is; on record, and the later head counts no more."""
    return _accept(room, now, Action.RESTORED)


def begin_anew(room: CaseRoom, now: datetime) -> None:
    """Take a new, empty register into use; one that holds something is left as it is."""
    with room.register.read() as session:
        if head(session).seq:
            raise RequestError("登记簿不是空的，不必新建；去掉 --new-register 再启动")
    _accept(room, now, Action.NEW_REGISTER)


def _accept(room: CaseRoom, now: datetime, action: Action) -> Head:
    with room.register.write() as session:
        record(session, now, SYSTEM, action)
    (room.folder / HEAD).unlink(missing_ok=True)
    note_head(room, now)
    with room.register.read() as session:
        return head(session)


def refuse_empty(register: Register, folders: DeskFolders) -> None:
    """RequestError for a register without a single act where an earlier one has left its traces.

    A desk that ran before its first officer was entered has noted a head of no lines: no trace.
    """
    with register.read() as session:
        used = session.scalar(select(AuditLine.seq).limit(1)) or session.scalar(
            select(Case.id).limit(1)
        )
    if used is not None:
        return
    kept = len(sealed_names(folders.envelopes))
    trace = f"{folders.envelopes} 里有{kept}个信封" if kept else _trace(folders.root / HEAD)
    if trace:
        raise RequestError(
            f"登记簿是空的，而 {trace}：登记簿可能丢失或者没有接上。"
            "请先恢复备份；确实是第一次启动、或者确要新建登记簿的，运行 portal desk --new-register"
        )


def _trace(path: Path) -> str:
    """What a noted head tells of acts, signed or not; empty for none. A damaged one may hide some.

    Whoever could forge a head of no lines could as well remove the file.
    """
    try:
        seq = int(json.loads(read_small(path))["seq"])
    except FileNotFoundError:
        return ""
    except (OSError, PortalError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return f"{path} 读不出来，不知道它记着多少行审计记录"
    return f"{path} 记着{seq}行审计记录" if seq else ""
