"""Three acts by three accounts: 经办 sends in, 审核 passes or returns, 签发 signs off.

Each act names the sum of what that person had before them and is written with a line of the audit
trail; it holds as long as the files have that sum. See docs/publishing.md.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from portal.casework.audit import Action, record
from portal.casework.models import DraftAct, DraftComment
from portal.casework.people import Right
from portal.content.content_files import CONTENT_NAME
from portal.content.review_checks import read_review_checks
from portal.domain.dates import write_meta
from portal.domain.workdays import SHANGHAI
from portal.editorial.approved_text import Names, digest_with, text_with_names
from portal.editorial.content_drafts import ContentDrafts
from portal.editorial.dossiers import (
    actor,
    begun_dossier,
    close,
    hand_of,
    refuse_unproven,
)
from portal.editorial.draft_acts import DraftState, Standing, Step
from portal.editorial.draft_desk import DraftDesk
from portal.editorial.drafts import Drafts
from portal.editorial.rights import concerns, refusal
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from sqlalchemy.orm import Session

    from portal.casework.models import Dossier
    from portal.casework.people import CodeProof, Person
    from portal.casework.register import Register
    from portal.content.catalogue import Catalogue
    from portal.editorial.content_drafts import ContentDraft
    from portal.editorial.drafts import Draft

LONGEST_REMARK = 2000
STALE = timedelta(hours=24)
"""How long before the sign-off the time may lie that the text states: that of rule R003."""
_PROOF_FOR = timedelta(minutes=5)


class ChangedError(RequestError):
    """The text is no longer the one that this person had before them; nothing was recorded."""


@dataclass(frozen=True, slots=True)
class ToSign:
    """What the signer is shown: the text with three names, its digest, when it will go up."""

    seen: str
    digest: str
    text: str
    names: Names
    due: datetime


@dataclass(frozen=True)
class Reviews(DraftDesk):
    """The acts about the drafts of one desk."""

    @classmethod
    def at(
        cls, register: Register, state: Path, home: Path, catalogue: Callable[[], Catalogue]
    ) -> Self:
        """Those of a state folder, with the check list of a content folder."""
        drafts = Drafts(state / "drafts")
        return cls(
            register,
            drafts,
            catalogue,
            lambda: read_review_checks(home, catalogue().kinds)[0],
            ContentDrafts(drafts, home, lambda: catalogue().kinds),
        )

    def writing(self, person: Person, slug: str, at: datetime) -> None:
        """Before each save: note the writer, who can then neither review nor sign off this draft.

        RequestError where this person may not write to it now.
        """
        with self.register.write() as session:
            dossier = begun_dossier(session, slug, at)
            acting = self._allowed(session, Step.WRITE, person, slug, at)
            hand_of(dossier, acting).saved_at = at

    def begin_content(self, person: Person, name: str, at: datetime) -> ContentDraft:
        """Begin to change a content file, or go on; RequestError for who may not.

        Nor is one begun while the former text goes up: its writer would be forgotten with it.
        """
        if Right.DRAFT not in person.may or not concerns(person, name, {}, self.catalogue()):
            raise RequestError("网站内容由市办公室有“经办”权限的人改")

        def refuse() -> None:
            if self.standing(name, at).state is DraftState.PUBLISHING:
                raise RequestError("这一项正在发布，完成以后再改")

        if name not in self.contents.slugs():
            self.contents.begin(name, refuse)
            self.writing(person, name, at)
        return self.contents.read(name)

    def send(self, person: Person, slug: str, seen: str, at: datetime) -> None:
        """Send in for review, as the page showed it."""
        self._act(Step.SEND, Action.DRAFT_SEND, person, slug, seen, at)

    def recall(self, person: Person, slug: str, reason: str, at: datetime) -> None:
        """Take back what was sent in or signed off; a publication under way goes on."""
        fields = {"reason": _remark(reason, "写明撤回的原因")}
        self._act(Step.RECALL, Action.DRAFT_RECALL, person, slug, None, at, **fields)

    def comment(self, person: Person, slug: str, place: str, text: str, at: datetime) -> int:
        """Remark on a place of the text; the number of the remark."""
        with self.drafts.hold(), self.register.write() as session:
            dossier = begun_dossier(session, slug, at)
            acting = self._allowed(session, Step.COMMENT, person, slug, at)
            comment = DraftComment(
                dossier_id=dossier.id,
                username=acting.username,
                name=acting.name,
                at=at,
                seen=self._seen(slug) or "",
                place=place[:120],
                text=_remark(text, "写明意见"),
            )
            session.add(comment)
            session.flush()
            return comment.id

    def settle(self, person: Person, slug: str, number: int, at: datetime) -> None:
        """Mark a remark as dealt with: its author, or who may write to the draft."""
        with self.register.write() as session:
            dossier = begun_dossier(session, slug, at)
            found = next((one for one in dossier.comments if one.id == number), None)
            if found is None:
                raise RequestError("没有这条意见")
            acting = actor(session, person.username)
            if found.username != acting.username:
                self._allowed(session, Step.WRITE, person, slug, at)
            found.settled_at, found.settled_by = at, acting.username

    def pass_on(
        self, person: Person, slug: str, seen: str, ticked: Collection[str], at: datetime
    ) -> None:
        """Pass a text as the page showed it, every check ticked."""
        required = self.required_checks(slug)
        if not required:
            raise RequestError("没有审核事项清单 content/review-checks.yml，不能通过；请先补上")
        if missing := [check.text for check in required if check.slug not in ticked]:
            raise RequestError(f"还有{len(missing)}项没有核对：{'；'.join(missing)}")
        checks = json.dumps({c.slug: c.text for c in required}, ensure_ascii=False)
        self._act(Step.PASS, Action.DRAFT_PASS, person, slug, seen, at, checks=checks)

    def give_back(self, person: Person, slug: str, seen: str, reason: str, at: datetime) -> None:
        """Return a text with the reason."""
        fields = {"reason": _remark(reason, "写明退回的原因")}
        self._act(Step.RETURN, Action.DRAFT_RETURN, person, slug, seen, at, **fields)

    def to_sign(self, person: Person, slug: str, at: datetime) -> ToSign:
        """What this person would sign; RequestError where that cannot be."""
        with self.drafts.hold(), self.register.read() as session:
            acting = self._allowed(session, Step.SIGN_OFF, person, slug, at)
            return self._to_sign(acting, self.standing_in(session, slug, at), at)

    def sign_off(
        self, person: Person, slug: str, shown: tuple[str, str], proof: CodeProof, at: datetime
    ) -> ToSign:
        """Sign off with a fresh one-time code; `shown` are `seen` and `digest` of the page.

        From here the text is frozen: it goes up at its time, or at once where that has come.
        """
        if not timedelta(0) <= at - proof.at <= _PROOF_FOR:
            raise RequestError("动态口令已过时，请重新输入")
        with self.drafts.hold(), self.register.write() as session:
            dossier = begun_dossier(session, slug, at)
            acting = self._allowed(session, Step.SIGN_OFF, person, slug, at)
            refuse_unproven(session, proof, acting.username)
            signing = self._to_sign(acting, self.standing_in(session, slug, at), at)
            if (signing.seen, signing.digest) != shown:
                raise ChangedError("文本在您打开之后有改动，没有签发；请重新看过再签")
            fields = {"digest": signing.digest, "due": signing.due, "step": proof.step}
            _record(dossier, Step.SIGN_OFF, acting, signing.seen, at, **fields)
            detail = {"digest": signing.digest, "due": signing.due.isoformat()}
            _audit(session, at, acting, Action.DRAFT_SIGN_OFF, slug, signing.seen, **detail)
            return signing

    def discard(self, person: Person, slug: str, seen: str, at: datetime) -> None:
        """Move a draft aside, as the page showed it; `seen` is its `Draft.digest`."""
        with self.register.read() as session:
            acting = self._allowed(session, Step.DISCARD, person, slug, at)
        (self.contents if CONTENT_NAME.fullmatch(slug) else self.drafts).discard(slug, seen)
        with self.register.write() as session:
            close(begun_dossier(session, slug, at), DraftState.DISCARDED.value, at)
            _audit(session, at, acting, Action.DRAFT_DISCARD, slug, seen)

    def _allowed(
        self, session: Session, step: Step, person: Person, slug: str, at: datetime
    ) -> Person:
        acting = actor(session, person.username)
        standing = self.standing_in(session, slug, at)
        if why := refusal(step, acting, standing, self.values(slug), self.catalogue()):
            raise RequestError(why)
        return acting

    def _act(  # noqa: PLR0917 - the acts above say which is which
        self,
        step: Step,
        action: Action,
        person: Person,
        slug: str,
        seen: str | None,
        at: datetime,
        **fields: str,
    ) -> None:
        with self.drafts.hold(), self.register.write() as session:
            dossier = begun_dossier(session, slug, at)
            acting = self._allowed(session, step, person, slug, at)
            present = self._seen(slug) or ""
            if seen is not None and seen != present:
                raise ChangedError(f"文本在您打开之后有改动，没有{step.label}；请重新看过")
            _record(dossier, step, acting, present, at, **fields)
            _audit(session, at, acting, action, slug, present)

    def _to_sign(self, acting: Person, standing: Standing, at: datetime) -> ToSign:
        assert standing.sent is not None
        assert standing.passed is not None
        names = Names(standing.sent.name, standing.passed.name, acting.name)
        if CONTENT_NAME.fullmatch(standing.slug):
            content = self.contents.read(standing.slug)
            digest = hashlib.sha256(content.text.encode()).hexdigest()
            return ToSign(standing.seen, digest, content.text, names, at)
        draft = self.drafts.read(standing.slug)
        text = text_with_names(draft.folder, names)
        stated = _stated_time(draft)
        if stated < at - STALE:
            raise RequestError(
                f"文本写明的发布时间是{write_meta(stated)}，已经过去一天以上；请退回改为实际的时间"
            )
        digest = digest_with(draft.folder, text)
        return ToSign(standing.seen, digest, text, names, max(at, stated))


def _record(
    dossier: Dossier, doing: Step, acting: Person, seen: str, at: datetime, **fields: Any
) -> None:
    act = DraftAct(dossier_id=dossier.id, act=doing.value, at=at, seen=seen, **fields)
    act.username, act.name = acting.username, acting.name
    dossier.acts.append(act)


def _stated_time(draft: Draft) -> datetime:
    """When a text says that it goes up."""
    revised = (draft.values.get("revision") or 1) != 1
    found = draft.values.get("updated" if revised else "published")
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise RequestError("没有写明发布时间，请退回补上")
    return found.astimezone(SHANGHAI)


def _remark(text: str, wanted: str) -> str:
    kept = text.strip()
    if not kept or len(kept) > LONGEST_REMARK:
        raise RequestError(f"请{wanted}，不超过{LONGEST_REMARK}字")
    return kept


def _audit(  # noqa: PLR0917 - one shape for every act
    session: Session,
    at: datetime,
    acting: Person,
    action: Action,
    slug: str,
    seen: str,
    **more: str,
) -> None:
    """What was said about a text stands in the register, not in the trail."""
    record(session, at, acting.username, action, detail={"draft": slug, "seen": seen, **more})
