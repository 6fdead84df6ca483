"""The alarm: a file that is there while something is at fault, and a mail when that changes.

It is the last thing that may fail: each way of telling is tried whatever became of the others, and
what keeps one of them from telling is a fault of its own, told by the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from portal.domain.dates import write_meta
from portal.errors import reason_of
from portal.sealed.dropbox import publish_bytes
from portal.watching.alarm_notes import AlarmNotes, Memory, Told
from portal.watching.findings import Finding, Found, Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_AGAIN = timedelta(days=1)
_FILE, _MAIL = "alarm_file", "alarm_mail"
_SUBJECT = "质量奖公示平台："


class Transport(Protocol):
    """What carries a mail; whatever it raises is a failure."""

    def send(self, recipient: str, subject: str, body: str) -> None:
        """Deliver one mail."""


@dataclass(frozen=True, slots=True)
class Post:
    """Who is written to, and by what; without a transport nobody is."""

    transport: Transport | None = None
    recipients: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether what is wrong was told by the file or to every address; `words` for a terminal."""

    told: bool
    words: tuple[str, ...] = ()


class Alarm:
    """alarm.txt for people and other programs, alarm.sent.json for what each address was told."""

    def __init__(self, state: Path, second: Path | None = None) -> None:
        self.file = state / "alarm.txt"
        own = state / "alarm.sent.json"
        self._notes = AlarmNotes((own, second) if second else (own,))

    def tell(self, found: Sequence[Found], now: datetime, post: Post) -> Outcome:
        """Write or remove the file; mail each address what changed for it, daily what lasts.

        A fault that could not be looked for this time, because of another, is not called over.
        """
        memory = self._notes.read()
        memory.refused = {a: why for a, why in memory.refused.items() if a in post.recipients}
        if memory.former:
            memory.told = {a: memory.of(a) or memory.former for a in post.recipients}
        before = dict(memory.refused)
        known = [one for one in found if one.finding.level is Level.BAD]
        bad = [*known, *_unreached(before)]
        trouble = self._show(bad, now)
        if trouble:
            bad.append(trouble)
        looked = {_kind(one.name) for one in found} | {_FILE, _MAIL}
        if post.transport is not None:
            for address in post.recipients:
                _bring(memory, address, _Report(bad, looked, now), post.transport)
        memory.told = {a: one for a, one in memory.told.items() if a in post.recipients}
        if memory.refused != before and not trouble:
            bad = [*known, *_unreached(memory.refused)]
            trouble = self._show(bad, now)
        noted = self._notes.keep(memory, now)
        words = [one.line for one in (*_unreached(memory.refused), *([trouble] if trouble else []))]
        if not noted and post.transport is not None:
            words.append("记不下已经寄过什么：下次检查会再寄同样的邮件。请清理磁盘，检查权限")
        mailed = post.transport is not None and not memory.refused and bool(post.recipients)
        return Outcome(mailed or not trouble, tuple(words))

    def _show(self, bad: Sequence[Found], now: datetime) -> Found | None:
        """Write the file, or remove it; the fault where that cannot be done."""
        try:
            if bad:
                publish_bytes(self.file.parent, self.file, _body(bad, now).encode())
            else:
                self.file.unlink(missing_ok=True)
        except OSError as error:
            self._leave_a_sign(bad)
            words = f"{self.file} {'写不下' if bad else '删不去'}：{reason_of(error)}"
            remedy = "检查这个文件夹在不在、能不能写入，磁盘是否已满"
            return Found(_FILE, "报警文件", Finding(Level.BAD, words, remedy))
        return None

    def _leave_a_sign(self, bad: Sequence[Found]) -> None:
        """An empty file, which a full disk often still takes: that it is there is the alarm."""
        try:
            if bad:
                self.file.touch(mode=0o600)
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class _Report:
    """What is at fault, and of which kinds anything could be found out."""

    bad: Sequence[Found]
    looked: set[str]
    now: datetime

    def since(self, told: Told | None) -> tuple[dict[str, str], list[str]]:
        """Faults with their titles as an address should know them, and titles of those over."""
        faults = {one.name: one.title for one in self.bad}
        before = told.faults if told else {}
        gone = {name: title for name, title in before.items() if name not in faults}
        unknown = {n: t for n, t in gone.items() if self.bad and _kind(n) not in self.looked}
        over = [title for name, title in gone.items() if name not in unknown]
        return {**faults, **unknown}, over


def _bring(memory: Memory, address: str, report: _Report, transport: Transport) -> None:
    """Mail one address what it has not heard; whether it takes it is nobody else's matter."""
    told = memory.of(address)
    faults, over = report.since(told)
    if set(faults) == set(told.faults if told else {}) and (
        told is None or not faults or timedelta() <= report.now - told.at < _AGAIN
    ):
        return
    body = _body(report.bad, report.now)
    if over:
        body += f"已消除：{'、'.join(dict.fromkeys(over))}\n"
    subject = f"{len(report.bad)}处故障" if report.bad else "故障已消除"
    try:
        transport.send(address, f"{_SUBJECT}{subject}", body)
    except Exception as error:  # noqa: BLE001 - the others are written to whatever this one does
        memory.refused[address] = reason_of(error)
        return
    memory.refused.pop(address, None)
    memory.told[address] = Told(faults, report.now)


def _unreached(refused: dict[str, str]) -> list[Found]:
    """A fault for each address that did not take its last mail."""
    remedy = "检查 PORTAL_ALARM_MAIL、PORTAL_DESK_SMTP_ 各项设置和邮件服务器；每次检查都再寄"
    return [
        Found(
            f"{_MAIL} {address}",
            "报警邮件",
            Finding(Level.BAD, f"寄不到 {address}：{why}", remedy),
        )
        for address, why in refused.items()
    ]


def _kind(name: str) -> str:
    """A check may find several faults, each with a name of two words: the first is the check's."""
    return name.split(" ", 1)[0]


def _body(bad: Sequence[Found], now: datetime) -> str:
    return "\n".join([f"{write_meta(now)}的检查：", *(one.line for one in bad), ""])
