"""Publication as a job: from the signed-off draft to the page that the public fetches.

take → lint → place → enter → build → sign → deliver → compare → notify → close

Whether a step was done is decided by looking at the files, never by the journal, so that a job that
was killed at any instant goes on where it was. Until the text is placed a refusal gives the draft
back; from the ledger's line on there is only forward, and the old site stays until the new one is
whole. See docs/publishing.md.
"""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal.casework.audit import SYSTEM, Action, record
from portal.casework.models import Dossier, DraftAct
from portal.content.content_files import CONTENT_NAME
from portal.editorial.content_publication import ContentPublication
from portal.editorial.dossiers import close, open_dossier, open_dossiers
from portal.editorial.draft_acts import DraftState, Step
from portal.editorial.journal import (
    Did,
    Job,
    Journal,
    Stage,
    journal_of,
    journals,
    next_try,
    stages_of,
)
from portal.editorial.notice_publication import TOLD, NoticePublication
from portal.editorial.placing import Refused
from portal.editorial.publishing_tools import Tools
from portal.editorial.site_due import failed, settled, site_due, too_soon
from portal.errors import ContentError, PortalError, reason_of
from portal.ledger.siteproof import sign_site, signed_site
from portal.machine.file_lock import lock
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


class Publishing(Tools):
    """The job: what is due is done, one after another."""

    def run(self, *, patient: bool = False) -> list[str]:
        """Do all that is due, one after another; what went wrong, in words.

        With `patient`, what failed before is tried again only after a pause that grows.
        """
        closed_folder(self.root)
        troubles: list[str] = []
        with self._alone():
            troubles += self._renew(patient=patient)
            self._take_due()
            for journal in journals(self.root):
                job = journal.job()
                if job is None and not journal.draft.is_dir():  # killed before it took anything
                    shutil.rmtree(journal.folder)
                if journal.ended or job is None:
                    continue
                again = next_try(journal)
                if patient and again and self.clock() < again:
                    continue
                trouble = _Run(self, journal, job).to_end()
                troubles += [f"{job.slug}：{trouble}"] if trouble else []
        return troubles

    def deliver_again(self) -> str:
        """Bring the site as it is built to its place once more, whole; what to tell about it.

        One that was built since it was signed is signed first. RequestError, KeyWantedError.
        """
        closed_folder(self.root)
        with self._alone():
            if not signed_site(self.site, self.sums):
                sign_site(self.site, self.held_key(), self.clock(), self.sums)
            return self.bring(thorough=True)

    def _renew(self, *, patient: bool) -> list[str]:
        """Make the site anew where personal data was taken out; why not, in words."""
        due, now = site_due(self.root), self.clock()
        if not due or (patient and too_soon(due, now)):
            return []
        try:
            self.build(now)
            self.forget()
            sign_site(self.site, self.held_key(), now, self.sums)
            self.bring()
        except (PortalError, OSError, ValueError) as error:
            failed(due, in_words(error), now)
            return [f"网站没有换下：{in_words(error)}"]
        settled(due)
        return []

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One job at a time; who comes meanwhile waits and then looks what is left."""
        with (self.root / ".lock").open("w") as file:
            lock(file)
            yield

    def _take_due(self) -> None:
        """Take every draft that is signed off and whose time has come; a lapsed one never."""
        now = self.clock()
        with self.reviews.register.read() as session:
            slugs = [dossier.slug for dossier in open_dossiers(session)]
        for slug in slugs:
            with self.reviews.drafts.hold():  # nobody writes, recalls or signs meanwhile
                standing = self.reviews.standing(slug, now)
                if standing.state is not DraftState.APPROVED:
                    continue
                sent, passed, signed = standing.sent, standing.passed, standing.signed
                assert sent is not None
                assert passed is not None
                assert signed is not None
                journal = journal_of(self.root, slug, signed.id)
                job = Job(
                    *(slug, signed.id, signed.seen, signed.digest),
                    *(sent.name, passed.name, signed.name),
                    *(signed.due or signed.at, signed.username),
                )
                journal.begin(job)
                journal.add(Stage.TAKE, Did.BEGUN, now)
                shutil.rmtree(journal.draft, ignore_errors=True)
                self.reviews.drafts.folder(slug).rename(journal.draft)


class _Run:
    """One publication, from wherever it stands."""

    def __init__(self, desk: Tools, journal: Journal, job: Job) -> None:
        self._desk, self._journal, self._job = desk, journal, job
        content = CONTENT_NAME.fullmatch(job.slug)
        self._paper = (ContentPublication if content else NoticePublication)(desk, journal, job)

    def to_end(self) -> str:
        """Do what is left; why it stopped, or nothing."""
        if not self._journal.draft.is_dir() and not self._paper.entered:
            # Killed before it took the draft: whoever wrote to it or recalled it since was right.
            shutil.rmtree(self._journal.folder)
            return ""
        steps: dict[Stage, Callable[[], str]] = {
            Stage.TAKE: self._take,
            Stage.LINT: self._paper.lint,
            Stage.PLACE: self._paper.place,
            Stage.ENTER: self._paper.enter,
            Stage.BUILD: self._paper.build,
            Stage.SIGN: self._sign,
            Stage.DELIVER: self._deliver,
            Stage.COMPARE: self._compare,
            Stage.NOTIFY: self._notify,
            Stage.CLOSE: self._close,
        }
        for step in stages_of(self._job.slug):
            trouble = self._step(step, steps[step])
            if trouble:
                return trouble
        return ""

    def _step(self, step: Stage, do: Callable[[], str]) -> str:
        begun = time.monotonic()
        self._journal.add(step, Did.BEGUN, self._desk.clock())
        try:
            detail = do()
        except Refused as error:
            self._give_back(step, str(error))
            return str(error)
        except (PortalError, OSError, ValueError) as error:
            why = in_words(error)
            self._journal.add(step, Did.FAILED, self._desk.clock(), time.monotonic() - begun, why)
            return why
        self._journal.add(step, Did.DONE, self._desk.clock(), time.monotonic() - begun, detail)
        return ""

    def _take(self) -> str:
        if self._paper.entered:
            return ""
        with self._desk.reviews.register.read() as session:
            dossier = open_dossier(session, self._job.slug)
            last = dossier.acts[-1].id if dossier and dossier.acts else 0
        if last != self._job.act:  # killed while it gave the draft back
            raise Refused("签发已经撤回或者退回，没有发布")
        self._paper.put()
        return ""

    def _sign(self) -> str:
        count = sign_site(
            self._desk.site, self._desk.held_key(), self._desk.clock(), self._desk.sums
        )
        return f"{count}个文件"

    def _deliver(self) -> str:
        return self._desk.bring()

    def _compare(self) -> str:
        return self._desk.delivery.compare(self._desk.site, self._paper.pages())

    def _notify(self) -> str:
        try:
            return self._desk.ping()
        except PortalError as error:  # a hub that is down keeps nobody from reading the page
            return f"没有通知到：{error}"

    def _close(self) -> str:
        now, job = self._desk.clock(), self._job
        with self._desk.reviews.register.write() as session:
            dossier = open_dossier(session, job.slug, lock=True)
            if dossier is not None and _signed(dossier, job.act):
                close(dossier, DraftState.PUBLISHED.value, now)
                detail = {"draft": job.slug, "seen": job.seen, "digest": job.digest}
                record(session, now, SYSTEM, Action.PUBLISH, detail=detail)
        for taken in (self._journal.draft, self._journal.folder / "text"):
            shutil.rmtree(taken, ignore_errors=True)
        return ""

    def _give_back(self, step: Stage, why: str) -> None:
        """End a publication that never was one: the draft is where it was, returned with why."""
        now, job, drafts = self._desk.clock(), self._job, self._desk.reviews.drafts
        self._journal.add(step, Did.FAILED, now, detail=why)
        with drafts.hold():
            with self._desk.reviews.register.write() as session:
                dossier = open_dossier(session, job.slug, lock=True)
                if dossier is not None and dossier.acts and dossier.acts[-1].id == job.act:
                    _fail(dossier, job, why, now)
                    detail = {"draft": job.slug, "seen": job.seen, "step": step.value}
                    record(session, now, SYSTEM, Action.PUBLISH_FAILED, detail=detail)
            drafts.take_back(job.slug, self._journal.draft)
        self._journal.add(step, Did.GIVEN_BACK, now, detail=why)
        shutil.rmtree(self._journal.folder / "text", ignore_errors=True)


def _signed(dossier: Dossier, act: int) -> bool:
    return any(one.id == act for one in dossier.acts)


def _fail(dossier: Dossier, job: Job, why: str, now: datetime) -> None:
    act = DraftAct(dossier_id=dossier.id, act=Step.FAIL.value, at=now, seen=job.seen, reason=why)
    act.username, act.name = "", SYSTEM
    dossier.acts.append(act)


def in_words(error: BaseException) -> str:
    """Why a step did not come to its end, with the first places at fault."""
    told = reason_of(error)
    lines = list(getattr(error, "failures", ()))
    if isinstance(error, ContentError):
        lines = [str(issue) for issue in error.issues]
    return "\n".join([told, *lines[:TOLD]])
