"""紧急撤下 at the desk: one officer takes leaked data out at once, the site follows, two approve.

Who did it, of which notice and why stands in the audit trail before anything is touched; what
leaked stands nowhere.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.casework.audit import Action, record
from portal.editorial.later_acts import take_up
from portal.editorial.redacting import (
    Redaction,
    hits,
    recorded_sums,
    redact,
    refuse_reason,
    still_holding,
)
from portal.editorial.site_due import ask_for_site, settled
from portal.errors import RequestError
from portal.machine.file_lock import lock
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from portal.casework.people import CodeProof, Person
    from portal.editorial.drafts import Draft
    from portal.editorial.redacting import Hit
    from portal.editorial.review import Reviews


@dataclass(frozen=True)
class Emergencies:
    """The act of one desk; `root` is the folder of its publications."""

    reviews: Reviews
    notices: tuple[Path, ...]
    root: Path

    def folder(self, slug: str) -> Path:
        """Where a published notice lies; RequestError where it is gone."""
        for root in self.notices:
            if (root / slug).is_dir():
                return root / slug
        raise RequestError(f"找不到“{slug}”的文件夹，请从备份恢复")

    def look(self, slug: str, leaked: str, reason: str) -> list[Hit]:
        """Every place of a notice that would be struck out; RequestError for what cannot be."""
        refuse_reason(leaked, reason)
        return hits(self.folder(slug), leaked)

    def others(self, slug: str, leaked: str) -> list[str]:
        """Further notices whose texts hold it."""
        found = {name for root in self.notices for name in still_holding(root, leaked)}
        return sorted(found - {slug})

    def drafts_holding(self, leaked: str) -> list[str]:
        """Drafts whose texts hold it: nothing is struck out of what somebody is writing."""
        root = self.reviews.drafts.root
        known = self.reviews.drafts.slugs()
        return [slug for slug in still_holding(root, leaked) if slug in known]

    def act(
        self, person: Person, proof: CodeProof, slug: str, leaked: str, reason: str
    ) -> Redaction:
        """Take it out of a notice now and ask for the site; RequestError where it stands nowhere.

        `proof` says that this person has just given a one-time code, and when.
        """
        if proof.username != person.username:
            raise RequestError("动态口令不是您的")
        at, folder = proof.at, self.folder(slug)
        if not self.look(slug, leaked, reason):
            raise RequestError("这份公告的各稿、名单和附件中没有这项内容")
        with self._alone():
            with self.reviews.register.write() as session:
                detail = {"draft": slug, "reason": reason.strip()}
                record(session, at, person.username, Action.REDACT, detail=detail)
            before = ask_for_site(self.root, slug, at)  # killed in between, the site still follows
            try:
                done = redact(folder, recorded_sums(folder), leaked, reason, at)
            except RequestError:
                settled([before])
                raise
        return done

    def take_up(self, person: Person, slug: str, at: datetime) -> Draft:
        """Make the text that is left a draft, which then goes the way of the three acts."""
        draft = take_up(self.reviews.drafts, self.folder(slug))
        self.reviews.writing(person, draft.slug, at)
        return draft

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Not while a publication places texts or builds with them."""
        closed_folder(self.root)
        with (self.root / ".lock").open("a") as file:
            try:
                lock(file, wait=False)
            except BlockingIOError as error:
                raise RequestError("正在发布公告，还没有撤下；过一两分钟再按一次") from error
            yield
