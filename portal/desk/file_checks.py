"""Checks of what lies on the desk's machine: keys under a passphrase, envelopes, what it signed.

What a file holds under a passphrase cannot be seen; that it is whole can. Nothing is written.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.casework.models import Case, CaseMessage
from portal.casework.rollback import unreadable_head
from portal.casework.whole_keys import identity_fault
from portal.domain.routing import ESCROW
from portal.lint.holds_file import read_holds
from portal.sealed.dropbox import noted_sum, sealed_names
from portal.watching.box_checks import Sound, named, sealed_fault
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from portal.casework.caseroom import CaseRoom

_KEYS = "从保管的副本或者备份取完好的一份换上；没有的，用它封存的异议从此打不开"
_PUBLIC = "把公钥文件从备份或者公开网站的机器取回"
_ENVELOPES = "从备份取完好的一份换上（portal restore 到别处），再运行 portal audit verify"
_HOLDS = "重新启动工作台，它会重新导出；还是这样的，从备份恢复 keys/public/desk.pub"


def case_keys(room: CaseRoom) -> Check:
    """Whether each private key is whole, and each window with keys has its escrow key."""
    sound = Sound()

    def look(_now: datetime) -> Finding:
        folder = room.keys.root / "private"
        files = sorted(path for path in folder.glob("*/*") if not path.name.startswith("."))
        if damaged := sound.faults(files, partial(identity_fault, room.keys)):
            return Finding(Level.BAD, f"私钥文件不完整：{named(damaged)}", _KEYS)
        if single := [path for path in files if not _public_of(room, path).exists()]:
            words = named([f"{path}（{_public_of(room, path)} 不在）" for path in single])
            return Finding(Level.BAD, f"没有公钥的私钥：{words}", _PUBLIC)
        if lacking := sorted(_without_escrow(room)):
            return Finding(
                Level.BAD,
                f"缺少托管公钥：{'、'.join(lacking)}，答复不能发出",
                f"把 keys/public/{ESCROW} 里的公钥文件从备份或者公开网站的机器取回；"
                f"没有生成过的，运行 portal keys new 或者 portal keys {ESCROW}",
            )
        return good(f"{len(files)}个私钥文件完整，每次公示都有托管公钥", ("keys", len(files)))

    return Check("case_keys", "办理异议的私钥", look)


def _public_of(room: CaseRoom, path: Path) -> Path:
    return room.keys.public.root / path.parent.name / f"{path.stem}.pub"


def _without_escrow(room: CaseRoom) -> set[str]:
    """Windows with an office's public key and no escrow key; damaged ones are told elsewhere."""
    public = room.keys.public.root
    windows = {path.stem for path in public.glob("*/*.pub") if path.parent.name != ESCROW}
    return {
        slug
        for slug in windows
        if not (public / ESCROW / f"{slug}.pub").exists() and not room.keys.destroyed(slug)
    }


def desk_files(room: CaseRoom) -> Check:
    """Whether the desk's envelopes are those of the register, and its own files can be read."""
    sound = Sound()

    def look(_now: datetime) -> Finding:
        expected = dict(_registered(room))
        folder = room.folders.envelopes
        lost = sorted(name for name in expected if not room.envelope(name).exists())
        if lost:
            words = f"登记了而信封不在：{named([str(folder / f'{name}.sealed') for name in lost])}"
            return Finding(Level.BAD, words, _ENVELOPES, (("envelopes", len(expected)),))
        damaged = sound.faults(_sealed(room), _envelope_fault(folder, expected))
        if damaged:
            return Finding(Level.BAD, f"读不出的信封：{named(damaged)}", _ENVELOPES)
        if fault := unreadable_head(room):
            return Finding(Level.BAD, *fault)
        held = read_holds(room.holds, room.keys.public.desk(), str)
        if held.present and held.fault:
            return Finding(Level.BAD, f"{room.holds}：{held.fault}", _HOLDS)
        return good("信封都在，都读得出", ("envelopes", len(expected)))

    return Check("desk_files", "工作台的文件", look)


def _registered(room: CaseRoom) -> Iterator[tuple[str, int]]:
    """Name and bytes of every envelope that the register counts on."""
    cases = select(Case.lookup, Case.size).where(Case.deleted_at.is_(None))
    messages = (
        select(CaseMessage.name, CaseMessage.size)
        .join(Case, Case.id == CaseMessage.case_id)
        .where(Case.deleted_at.is_(None))
    )
    with room.register.read() as session:
        rows = [*session.execute(cases), *session.execute(messages)]
    for name, size in rows:
        if name:
            yield name, size or 0


def _sealed(room: CaseRoom) -> Iterator[Path]:
    for folder in (room.folders.envelopes, room.resealed, room.folders.outgoing):
        yield from (folder / name for name in sealed_names(folder))


def _envelope_fault(folder: Path, expected: dict[str, int]) -> Callable[[Path], str]:
    def fault(path: Path) -> str:
        if (found := sealed_fault(path)) or path.parent != folder:
            return found
        noted, size = noted_sum(path), path.stat().st_size
        wanted = expected.get(path.stem) or (noted.size if noted else size)
        return "" if size == wanted else f"应为{wanted}字节，现为{size}字节"

    return fault
