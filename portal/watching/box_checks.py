"""Checks of the files of a drop box: whatever the desk would refuse for good is told by its name.

All of it is read from the files as they lie; nothing is opened, and nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.errors import PortalError, SealError, reason_of
from portal.sealed.case_records import read_record
from portal.sealed.dropbox import SEALED, DropBox, noted_sum, sealed_names, sum_of
from portal.sealed.envelope import SIZE_LIMIT, parse_header, read_header
from portal.watching.findings import Check, Finding, Level, good

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from portal.sealed.boxes import Box

_SHOWN = 3
_READ_WHOLE = 64 << 20
"""Bytes read in one look to compare envelopes with their sums; beyond it sizes are compared."""
_FROM_BACKUP = "从备份取回完好的一份换上；没有的，不要删除，移到别处留存，并告诉管理员"


class Sound:
    """Files that were found sound, by size and times, so that only what is new is read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int, int]] = {}

    def faults(self, paths: Iterable[Path], why: Callable[[Path], str]) -> list[str]:
        """Each file that is not as it should be, with the reason; one that went is none."""
        found = []
        for path in paths:
            try:
                seen = path.stat()
                state = (seen.st_size, seen.st_mtime_ns, seen.st_ino)
                if self._known.get(path) == state:
                    continue
                fault = why(path)
            except FileNotFoundError:
                if path.is_symlink():
                    found.append(f"{path}（指向不存在的文件）")
                continue
            except PortalError as error:
                fault = str(error)
            except (OSError, ValueError) as error:
                fault = reason_of(error)
            if fault:
                found.append(f"{path}（{fault}）")
            else:
                self._known[path] = state
        return found


def named(faults: list[str]) -> str:
    """The first few of many, and how many there are."""
    more = f"等{len(faults)}个" if len(faults) > _SHOWN else ""
    return "；".join(faults[:_SHOWN]) + more


def sealed_fault(path: Path) -> str:
    """What is wrong with a sealed file by its first lines and its name; empty for nothing."""
    if path.stat().st_size > SIZE_LIMIT:
        return "超过允许的大小"
    with path.open("rb") as stream:
        header = read_header(stream)
        if not stream.read(1):
            return "后面没有内容"
    return "" if f"{header.name}{SEALED}" == path.name else "文件名与信封头部不一致"


def box_files(box: Box) -> Check:
    """Whether every file of a drop box in a folder is one that its readers can take."""
    inbox, others = Sound(), Sound()

    def look(_now: datetime) -> Finding:
        if not isinstance(box, DropBox):
            return good("信封在对象存储里，由收取时核对")
        refused = inbox.faults(_paths(box.inbox), _budgeted())
        if refused:
            words = f"收不了的信封：{named(refused)}"
            return Finding(Level.BAD, words, _FROM_BACKUP, (("refused", len(refused)),))
        records = sorted(box.cases.glob("*.json")) if box.cases.is_dir() else []
        damaged = others.faults(records, _record_fault)
        damaged += others.faults(_paths(box.outbox), sealed_fault)
        if damaged:
            words = f"查询时读不出的文件：{named(damaged)}"
            return Finding(Level.BAD, words, _FROM_BACKUP, (("refused", 0),))
        return good("每个都读得出", ("refused", 0))

    return Check("box", "投件箱里的文件", look)


def _paths(folder: Path) -> Iterator[Path]:
    return (folder / name for name in sealed_names(folder))


def _budgeted() -> Callable[[Path], str]:
    """What is wrong with an envelope, as whoever collects it would find."""
    left = _READ_WHOLE

    def fault(path: Path) -> str:
        nonlocal left
        if (found := sealed_fault(path)) or (noted := noted_sum(path)) is None:
            return found
        size = path.stat().st_size
        left -= size
        whole = size == noted.size and (left < 0 or sum_of(path) == noted)
        return "" if whole else "与旁边记载的大小和校验值不符"

    return fault


def _record_fault(path: Path) -> str:
    data = path.read_bytes()
    if "." not in path.stem:
        return "" if parse_header(data).name == path.stem else "与文件名不一致"
    try:
        return "" if read_record(data)[0].name == path.stem else "与文件名不一致"
    except SealError:  # a former version kept the header alone
        return "" if parse_header(data).name == path.stem else "与文件名不一致"
