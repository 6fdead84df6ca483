"""Publications as people see them: what waits for its time, runs, failed or is late; alarms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.casework.mail import queue_for
from portal.editorial.dossiers import open_dossiers, with_right
from portal.editorial.draft_acts import DraftState
from portal.editorial.draft_desk import LATE
from portal.editorial.journal import Did, Stage, journals, stages_of
from portal.editorial.site_due import site_due
from portal.machine.file_lock import lock

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from portal.editorial.journal import Entry, Journal
    from portal.editorial.review import Reviews


class Progress(StrEnum):
    """How a publication stands."""

    SCHEDULED = "scheduled"
    DUE = "due"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    GIVEN_BACK = "given-back"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self]

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self not in (Progress.GIVEN_BACK, Progress.PUBLISHED)


_LABELS = {
    Progress.SCHEDULED: "等待发布时间",
    Progress.DUE: "等待开始",
    Progress.RUNNING: "正在发布",
    Progress.STOPPED: "中断，将接着做",
    Progress.FAILED: "没有完成，将再试",
    Progress.GIVEN_BACK: "没有发布，已退回",
    Progress.PUBLISHED: "已发布",
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of a publication; `state` is None before it was begun."""

    step: Stage
    state: Did | None = None
    at: datetime | None = None
    seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication; `trouble` is why it stopped and what to do, `act` the sign-off's number."""

    slug: str
    act: int
    progress: Progress
    due: datetime
    steps: tuple[StepLine, ...] = ()
    trouble: str = ""
    late: bool = False


def publications(reviews: Reviews, root: Path, at: datetime) -> tuple[Publication, ...]:
    """Every publication, those that wait for their time too; the newest sign-off last."""
    running = _running(root)
    found = [_of(journal, at, running=running) for journal in journals(root)]
    known = [one for one in found if one is not None]
    taken = {one.slug for one in known if one.progress.open}
    with reviews.register.read() as session:
        slugs = [dossier.slug for dossier in open_dossiers(session)]
    for slug in slugs:
        standing = reviews.standing(slug, at)
        signed = standing.signed
        if signed is None or slug in taken or not standing.state.frozen:
            continue
        due = signed.due or signed.at
        waits = Progress.SCHEDULED if due > at else Progress.DUE
        known.append(
            Publication(slug, signed.id, waits, due, _steps(slug, ()), late=at > due + LATE)
        )
    return tuple(sorted(known, key=lambda one: one.act))


def _of(journal: Journal, at: datetime, *, running: bool) -> Publication | None:
    job = journal.job()
    if job is None:
        return None
    steps = _steps(job.slug, entries := journal.entries())
    last = entries[-1] if entries else None
    ended = journal.ended
    if ended is not None:
        done = ended is Did.DONE
        progress = Progress.PUBLISHED if done else Progress.GIVEN_BACK
    elif last is not None and last.state is Did.FAILED:
        progress = Progress.FAILED
    else:
        progress = Progress.RUNNING if running else Progress.STOPPED
    told = last is not None and last.state in {Did.FAILED, Did.GIVEN_BACK}
    trouble = last.detail if last is not None and told else ""
    late = progress.open and at > job.due + LATE
    return Publication(job.slug, job.act, progress, job.due, steps, trouble, late)


def _steps(slug: str, entries: tuple[Entry, ...]) -> tuple[StepLine, ...]:
    newest = {entry.step: entry for entry in entries}
    return tuple(
        StepLine(step, entry.state, entry.at, entry.seconds, entry.detail)
        if (entry := newest.get(step))
        else StepLine(step)
        for step in stages_of(slug)
    )


def _running(root: Path) -> bool:
    """Whether some process is at work: it holds the lock until it ends, however it ends."""
    try:
        with (root / ".lock").open("r") as file:
            lock(file, shared=True, wait=False)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def work_due(reviews: Reviews, root: Path, at: datetime) -> bool:
    """Whether there is something to be done now: a time that has come, a job that was stopped."""
    return bool(site_due(root)) or any(
        one.progress in {Progress.DUE, Progress.STOPPED, Progress.FAILED}
        for one in publications(reviews, root, at)
    )


def tell_late(reviews: Reviews, root: Path, at: datetime) -> int:
    """Mail to who sent, signed or may sign what is late, once for each; how many are late."""
    late = {one.slug for one in publications(reviews, root, at) if one.late}
    with reviews.register.write() as session:
        signers = with_right(session, "sign-off")
        for dossier in open_dossiers(session) if late else ():
            if dossier.slug in late and dossier.alarmed_at is None:
                dossier.alarmed_at = at
                people = {act.username for act in dossier.acts} | signers
                queue_for(session, people, at, "有公告到了时间还没有发布")
    return len(late)


def tell_lapses(reviews: Reviews, at: datetime) -> int:
    """Mail to whose review or sign-off a change took back, once for each act; how many."""
    told = 0
    with reviews.register.write() as session:
        for dossier in open_dossiers(session):
            standing = reviews.standing_in(session, dossier.slug, at)
            for lapse in standing.lapsed:
                if lapse.act.told_at is None and standing.state is DraftState.DRAFTING:
                    lapse.act.told_at = at
                    told += 1
                    what = "有一份文本在您办理之后被改动，您的审核或者签发已失效"
                    queue_for(session, {lapse.act.username}, at, what)
    return told
