"""The journal of a publication: what its job set out to do and did, one JSON object a line.

    <state>/publications/2026-dongshan-publicity.17/journal.jsonl
    {"step":"enter","state":"done","at":"2026-03-04T10:00:01+08:00","seconds":0.31,"detail":""}

A line is on the disk before a step begins and after it has ended. What a step has done is decided
by looking at the files; the journal tells people, and when to try again. Half a last line, which a
killed process leaves, is nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portal.content.content_files import CONTENT_NAME
from portal.editorial.drafts import write_whole
from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from pathlib import Path

NAME = "journal.jsonl"
JOB = "job.json"
_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))


class Stage(StrEnum):
    """The steps of a publication, in their order."""

    TAKE = "take"
    LINT = "lint"
    PLACE = "place"
    ENTER = "enter"
    BUILD = "build"
    SIGN = "sign"
    DELIVER = "deliver"
    COMPARE = "compare"
    NOTIFY = "notify"
    CLOSE = "close"

    @property
    def label(self) -> str:
        """The step's Chinese name."""
        return _LABELS[self]


_LABELS = {
    Stage.TAKE: "取出签发的文本",
    Stage.LINT: "发布前检查",
    Stage.PLACE: "放入网站内容",
    Stage.ENTER: "登记台账",
    Stage.BUILD: "生成网站",
    Stage.SIGN: "签名网站",
    Stage.DELIVER: "送到公开网站",
    Stage.COMPARE: "核对公开页面",
    Stage.NOTIFY: "通知订阅",
    Stage.CLOSE: "归档",
}


def stages_of(slug: str) -> tuple[Stage, ...]:
    """The steps of a publication by the name of what it publishes: content is in no ledger."""
    notices_own = (Stage.ENTER, Stage.NOTIFY) if CONTENT_NAME.fullmatch(slug) else ()
    return tuple(stage for stage in Stage if stage not in notices_own)


class Did(StrEnum):
    """What a line says of its step; given back ends a publication that never was one."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    GIVEN_BACK = "given-back"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line."""

    step: Stage
    state: Did
    at: datetime
    seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What was signed off: `act` is the number of the sign-off in the register."""

    slug: str
    act: int
    seen: str
    digest: str
    drafted: str
    reviewed: str
    approved: str
    due: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The folder of one publication: its job, its journal, the draft and the text it took."""

    folder: Path

    @property
    def draft(self) -> Path:
        """The draft as it was taken."""
        return self.folder / "draft"

    def text(self, slug: str) -> Path:
        """The text with its three names, as the ledger will sign it."""
        return self.folder / "text" / slug

    def job(self) -> Job | None:
        """What was signed off; None in a folder that a killed process did not come to fill."""
        try:
            values = json.loads((self.folder / JOB).read_bytes())
            return Job(**{**values, "due": datetime.fromisoformat(values["due"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def begin(self, job: Job) -> None:
        """Make the folder, with the job in it."""
        closed_folder(self.folder)
        values = {name: getattr(job, name) for name in Job.__slots__}
        text = json.dumps({**values, "due": job.due.isoformat()}, ensure_ascii=False)
        write_whole(self.folder / JOB, text.encode())

    def entries(self) -> tuple[Entry, ...]:
        """Every whole line."""
        try:
            lines = (self.folder / NAME).read_bytes().decode("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return ()
        return tuple(entry for entry in map(_entry, lines) if entry is not None)

    def add(
        self, step: Stage, state: Did, at: datetime, seconds: float = 0.0, detail: str = ""
    ) -> None:
        """Write a line, and wait until it is on the disk."""
        values: dict[str, Any] = {"step": step, "state": state, "at": at.isoformat()}
        values |= {"seconds": round(seconds, 3), "detail": detail} if state != Did.BEGUN else {}
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        path = self.folder / NAME
        try:
            with path.open("ab+") as file:
                file.seek(max(file.seek(0, os.SEEK_END) - 1, 0))
                cut = file.read(1) not in {b"", b"\n"}
                file.write(b"\n" * cut + line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError as error:
            raise RequestError(f"{path.parent} 被移走了，发布没有完成；请从备份恢复") from error

    @property
    def ended(self) -> Did | None:
        """Whether it is over, and how."""
        for entry in self.entries():
            if entry.step is Stage.CLOSE and entry.state is Did.DONE:
                return Did.DONE
            if entry.state is Did.GIVEN_BACK:
                return Did.GIVEN_BACK
        return None


def _entry(line: str) -> Entry | None:
    try:
        row = json.loads(line)
        at = datetime.fromisoformat(row["at"])
        seconds, detail = float(row.get("seconds", 0)), str(row.get("detail", ""))
        return Entry(Stage(row["step"]), Did(row["state"]), at, seconds, detail)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def journals(root: Path) -> tuple[Journal, ...]:
    """Every publication below a folder, in the order of the sign-offs."""
    if not root.is_dir():
        return ()
    folders = [path for path in root.iterdir() if path.is_dir() and _number(path) is not None]
    return tuple(Journal(path) for path in sorted(folders, key=lambda path: _number(path) or 0))


def _number(path: Path) -> int | None:
    slug, _, number = path.name.rpartition(".")
    return int(number) if slug and number.isascii() and number.isdigit() else None


def journal_of(root: Path, slug: str, act: int) -> Journal:
    """The publication of a sign-off."""
    return Journal(root / f"{slug}.{act}")


def next_try(journal: Journal) -> datetime | None:
    """When a publication that failed is tried again, after pauses that grow; None: at once."""
    failed = [entry for entry in journal.entries() if entry.state is Did.FAILED]
    return failed[-1].at + _PAUSES[min(len(failed), len(_PAUSES)) - 1] if failed else None
