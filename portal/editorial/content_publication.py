"""What of a publication is a content file's own: the file in its place, or the one before it.

Content stands in no ledger. The file is put in its place only while what stands there is what the
draft began with; where the site cannot be built with it, what stood there is put back.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from portal.content.site_facts import NAME as SITE
from portal.editorial.approved_text import seen_digest
from portal.editorial.content_checks import faults_of_tree
from portal.editorial.content_drafts import taken_draft
from portal.editorial.drafts import write_whole
from portal.editorial.journal import Did, Stage
from portal.editorial.notice_publication import refuse_faults
from portal.editorial.placing import Refused
from portal.errors import ContentError, PortalError, RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from portal.editorial.content_drafts import ContentDraft
    from portal.editorial.journal import Job, Journal
    from portal.editorial.publishing_tools import Tools


class ContentPublication:
    """One file of content/ on its way; what stood there comes back until the site is built."""

    def __init__(self, tools: Tools, journal: Journal, job: Job) -> None:
        self._tools, self._journal, self._job = tools, journal, job
        self._home = tools.around.content[0]

    @property
    def entered(self) -> bool:
        """Whether this job has put the file in its place, and it stands there."""
        done = any(
            entry.step is Stage.PLACE and entry.state is Did.DONE
            for entry in self._journal.entries()
        )
        # Without the draft it was being closed when it was killed.
        return done and (not self._journal.draft.is_dir() or self._stands())

    def put(self) -> None:
        """Refuse a draft that is not what was signed."""
        if seen_digest(self._journal.draft) != self._job.seen:
            raise Refused("草稿在签发之后有改动，没有发布；请重新送审")
        if hashlib.sha256(self._draft().text.encode()).hexdigest() != self._job.digest:
            raise Refused("草稿的文字与签发时看到的不同，没有发布；请重新送审")

    def lint(self) -> str:
        """Refuse a file with which the site would have faults that it has not now."""
        if not self.entered and not self._stands():
            refuse_faults(faults_of_tree(self._draft(), self._tools.around, self._tools.clock()))
        return ""

    def place(self) -> str:
        """Put it there; Refused where something else stands there than what was approved."""
        if self.entered or self._stands():
            return ""
        self._tools.held_key()  # before anything is touched: without it the site cannot follow
        draft = self._draft()
        if draft.overtaken:
            raise Refused(f"{draft.file.path} 在起草以后有改动，没有覆盖；请接着新的文件改")
        for path, data in draft.outcome().items():
            target = self._home / path
            if target != self._home / draft.file.path and target.exists():
                if target.read_bytes() == data:
                    continue
                raise Refused(f"{path} 已经有了，版本号要比以前的都高")
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, data, self._home / SITE)
        return ""

    def enter(self) -> str:
        """Nothing: the ledger is the notices'."""
        return ""

    def build(self) -> str:
        """Bring the site up to date; what stood there comes back where that cannot be."""
        try:
            return self._tools.build(self._tools.clock())
        except (PortalError, OSError, ValueError) as error:
            self._restore()
            if isinstance(error, ContentError):
                places = "；".join(str(issue) for issue in error.issues[:3])
                raise Refused(f"网站不能照它生成，原来的文件已放回：{places or error}") from error
            raise

    def pages(self) -> list[str]:
        """Files of the site by which the public one is compared."""
        address = self._tools.reviews.contents.find(self._job.slug).address
        names = ("index.html", f"{address.strip('/')}/index.html".lstrip("/"))
        return [name for name in dict.fromkeys(names) if (self._tools.site / name).exists()]

    def _restore(self) -> None:
        if not self._journal.draft.is_dir() or not self._stands():
            return
        draft = self._draft()
        target = self._home / draft.file.path
        if draft.before is None:
            target.unlink(missing_ok=True)
        else:
            write_whole(target, draft.before.encode(), self._home / SITE)
        for path, data in draft.outcome().items():
            kept = self._home / path
            if kept != target and kept.is_file() and kept.read_bytes() == data:
                kept.unlink()
                _leave_no_empty(kept.parent, self._home)

    def _stands(self) -> bool:
        draft = self._draft()
        return draft.present == draft.text

    def _draft(self) -> ContentDraft:
        file = self._tools.reviews.contents.find(self._job.slug)
        found = taken_draft(file, self._journal.draft, self._home)
        if found is None:
            raise RequestError("取出的草稿不见了，请从备份恢复")
        return found


def _leave_no_empty(folder: Path, home: Path) -> None:
    """Remove folders that nothing is left in, up to the content folder: each is an edition."""
    while folder != home and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
