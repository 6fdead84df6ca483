"""Publication as a job: from the signed-off draft to the page that the public fetches.

take → lint → place → enter → build → sign → deliver → compare → notify → close

Whether a step was done is decided by looking at the files, never by the journal, so that a job that
was killed at any instant goes on where it was. Until the text is placed a refusal gives the draft
back; from the ledger's line on there is only forward, and the old site stays until the new one is
whole. See docs/publishing.md.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portal.casework.audit import SYSTEM, Action, record
from portal.casework.models import Dossier, DraftAct
from portal.editorial.dossiers import close, open_dossier, open_dossiers
from portal.editorial.draft_acts import DraftState, Step
from portal.editorial.journal import Did, Job, Journal, Stage, journal_of, journals, next_try
from portal.editorial.placing import Refused, ledger_line, place, put_text, settle_place, target_of
from portal.editorial.site_due import failed, settled, site_due, too_soon
from portal.errors import ContentError, PortalError, RequestError, Severity, reason_of
from portal.errors import Stage as LintStage
from portal.ledger.chain import refuse_early
from portal.ledger.ledger_lines import LEDGER_NAME
from portal.ledger.noted_heads import note_heads, refuse_shortened
from portal.ledger.rotation import refuse_interrupted, refuse_lost_key
from portal.ledger.siteproof import sign_site
from portal.proof.publishing import publish_folder
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from portal.content.catalogue import Catalogue
    from portal.editorial.delivery import Delivery
    from portal.editorial.draft_checks import LintedTree
    from portal.editorial.review import Reviews
    from portal.ledger.ledger_lines import LedgerLine
    from portal.ledger.signing import SigningKey

_log = logging.getLogger(__name__)
_TOLD = 5


class KeyWantedError(RequestError):
    """The ledger's key has to be unlocked first; nothing is lost meanwhile."""


@dataclass(frozen=True)
class Publishing:
    """What a job works with. `catalogue` gives all texts of the tree, entered or not, as they are.

    `build` brings the site at `site` up to date with the ledger as of an instant; `ping` tells
    subscribers, and says what it told; `forget` removes what the build keeps of the former site.
    """

    reviews: Reviews
    root: Path
    around: LintedTree
    catalogue: Callable[[], Catalogue]
    build: Callable[[datetime], str]
    site: Path
    delivery: Delivery
    ping: Callable[[], str]
    key_path: Path
    clock: Callable[[], datetime]
    sums: Path | None = None
    forget: Callable[[], None] = lambda: None
    key: SigningKey | None = field(default=None, repr=False)

    def ledgers(self) -> list[Path]:
        """The ledger of each folder of notices."""
        return [folder / LEDGER_NAME for folder in self.around.notices]

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

    def _renew(self, *, patient: bool) -> list[str]:
        """Make the site anew where personal data was taken out; why not, in words."""
        due, now = site_due(self.root), self.clock()
        if not due or (patient and too_soon(due, now)):
            return []
        try:
            self.build(now)
            self.forget()
            sign_site(self.site, self.held_key(), now, self.sums)
            self.delivery.deliver(self.site)
        except (PortalError, OSError, ValueError) as error:
            failed(due, in_words(error), now)
            return [f"网站没有换下：{in_words(error)}"]
        settled(due)
        return []

    def held_key(self) -> SigningKey:
        """The key; KeyWantedError while it is locked."""
        if self.key is None:
            raise KeyWantedError("台账的签名密钥没有解锁：请有签发权限的人在工作台输入密钥口令")
        return self.key

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One job at a time; who comes meanwhile waits and then looks what is left."""
        with (self.root / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
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

    def __init__(self, desk: Publishing, journal: Journal, job: Job) -> None:
        self._desk, self._journal, self._job = desk, journal, job
        self._known: LedgerLine | None = None

    def to_end(self) -> str:
        """Do what is left; why it stopped, or nothing."""
        if not self._journal.draft.is_dir() and not self._entered:
            # Killed before it took the draft: whoever wrote to it or recalled it since was right.
            shutil.rmtree(self._journal.folder)
            return ""
        steps: dict[Stage, Callable[[], str]] = {
            Stage.TAKE: self._take,
            Stage.LINT: self._lint,
            Stage.PLACE: self._place,
            Stage.ENTER: self._enter,
            Stage.BUILD: self._build,
            Stage.SIGN: self._sign,
            Stage.DELIVER: self._deliver,
            Stage.COMPARE: self._compare,
            Stage.NOTIFY: self._notify,
            Stage.CLOSE: self._close,
        }
        for step, do in steps.items():
            trouble = self._step(step, do)
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

    @property
    def _line(self) -> LedgerLine | None:
        """The line of the text, once there is one: a line that was written stays."""
        self._known = self._known or ledger_line(self._desk.around.notices, self._job)
        return self._known

    @property
    def _entered(self) -> bool:
        return self._line is not None

    def _take(self) -> str:
        if self._entered:
            return ""
        with self._desk.reviews.register.read() as session:
            dossier = open_dossier(session, self._job.slug)
            last = dossier.acts[-1].id if dossier and dossier.acts else 0
        if last != self._job.act:  # killed while it gave the draft back
            raise Refused("签发已经撤回或者退回，没有发布")
        put_text(self._journal, self._job)
        return ""

    def _lint(self) -> str:
        if self._entered:
            return ""
        text = self._journal.text(self._job.slug)
        # Without what is kept of other notices: who may write there could give a list its standing.
        around = replace(self._desk.around, kept=None)
        issues = around.lint(text, self._desk.clock(), LintStage.PUBLISH)
        errors = [issue for issue in issues if issue.severity is Severity.ERROR]
        if errors:
            places = [i.path.removeprefix(f"{text}/") for i in errors[:_TOLD]]
            told = "；".join(
                f"{place}第{issue.line}行 {issue.code} {issue.message}"
                for place, issue in zip(places, errors[:_TOLD], strict=True)
            )
            raise Refused(f"发布前检查发现{len(errors)}处错误：{told}。改正后重新送审")
        return ""

    def _place(self) -> str:
        if not self._entered:
            place(self._desk.around.notices, self._journal, self._job)
        return ""

    def _enter(self) -> str:
        desk, ledgers = self._desk, self._desk.ledgers()
        if not self._entered:
            now, key = desk.clock(), self._desk.held_key()
            refuse_interrupted(desk.key_path)
            refuse_lost_key(desk.key_path, ledgers)
            refuse_shortened(desk.key_path, ledgers)
            refuse_early(ledgers, now)
            folder = target_of(desk.around.notices, self._job.slug).parent
            publish_folder(desk.catalogue(), folder, key, now, only={self._job.slug})
            if not self._entered:
                raise RequestError("没有登记上：放入的文本与签发的不同，请检查公告文件夹")
        note_heads(desk.key_path, ledgers)
        settle_place(desk.around.notices, self._job)
        return ""

    def _build(self) -> str:
        return self._desk.build(self._desk.clock())

    def _sign(self) -> str:
        count = sign_site(
            self._desk.site, self._desk.held_key(), self._desk.clock(), self._desk.sums
        )
        return f"{count}个文件"

    def _deliver(self) -> str:
        return self._desk.delivery.deliver(self._desk.site)

    def _compare(self) -> str:
        line = self._line
        assert line is not None
        page = f"notices/{self._job.slug}"
        files = [f"{page}/{name}" for name in line.outputs]
        there = [name for name in files if (self._desk.site / name).exists()]
        return self._desk.delivery.compare(self._desk.site, [f"{page}/index.html", *there])

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
    return "\n".join([told, *lines[:_TOLD]])
