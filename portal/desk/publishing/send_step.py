"""送审, 审核, 签发: the three acts of three people, and then the publication with its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, session, url_for

from portal.desk.entry.code_again import proved
from portal.desk.entry.gate import person
from portal.desk.publishing.content_desktop import changed_lines, desktop_of
from portal.desk.publishing.desktop import head_of
from portal.desk.publishing.draft_contexts import Passage, SendContext
from portal.desk.publishing.draft_room import refuse_demonstration
from portal.desk.publishing.shown_list import shown_list
from portal.desk.publishing.time_step import minute, stated_key, stated_time
from portal.domain.dates import write_clock
from portal.editorial.content_checks import faults_of_tree
from portal.editorial.content_drafts import ContentDraft, dated_now
from portal.editorial.draft_acts import Step
from portal.editorial.notice_publication import refuse_faults
from portal.errors import PortalError, RequestError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom, Paper
    from portal.editorial.draft_acts import Standing
    from portal.editorial.drafts import Draft
    from portal.editorial.review import ToSign

_TITLE, _LIST, _WHOLE = "标题", "名单", "全文"


class SendStep:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> Answer | str:
        """The text to be read, and what this person can do about it now."""
        reviews = self._room.reviews
        if slug not in (*reviews.drafts.slugs(), *reviews.contents.slugs()):  # taken, or published
            return redirect(url_for("draft_run.page", slug=slug))
        return self._page(self._room.paper(slug), "")

    def send(self, slug: str) -> Answer | tuple[str, int]:
        """Send in; a time that has passed while the text was written is made the present one."""
        draft = self._room.paper(slug)
        if isinstance(draft, ContentDraft):
            return self._act(draft, lambda: self._send_content(draft))

        def act() -> None:
            self._refuse_errors(draft)
            seen = self._seen(draft)
            stated = stated_time(draft)
            if draft.digest == request.form.get("seen") and (
                stated is None or stated <= self._room.now
            ):
                values = {**draft.values, stated_key(draft): minute(self._room.now)}
                self._room.save(draft, values, draft.body)
                seen = self._room.reviews.standing(slug, self._room.now).seen
            self._room.reviews.send(person(), slug, seen, self._room.now)

        return self._act(draft, act)

    def _send_content(self, draft: ContentDraft) -> None:
        """Send a content file in, with today as the day of its change."""
        if draft.overtaken:
            raise RequestError("正式的文件在起草以后有改动：先到“改文字”页按“接着新的文件改”")
        if not draft.changed:
            raise RequestError("还没有改动，不用送审")
        self._refuse_errors(draft)
        if draft.file.shapes_notices:
            refuse_faults(faults_of_tree(draft, self._room.against, self._room.now))
        seen, text = self._seen(draft), dated_now(draft, self._room.now.date())
        if text != draft.text and draft.digest == request.form.get("seen"):
            self._room.begin_writing(draft)
            seen = self._room.reviews.contents.save(draft.slug, draft.digest, text).digest
        self._room.reviews.send(person(), draft.slug, seen, self._room.now)

    def recall(self, slug: str) -> Answer | tuple[str, int]:
        """Take it back."""
        draft = self._room.paper(slug)
        reason = request.form.get("reason", "")
        return self._act(
            draft, lambda: self._room.reviews.recall(person(), slug, reason, self._room.now)
        )

    def comment(self, slug: str) -> Answer | tuple[str, int]:
        """Remark on a place."""
        draft = self._room.paper(slug)
        place, text = request.form.get("place", ""), request.form.get("text", "")
        return self._act(
            draft,
            lambda: self._room.reviews.comment(person(), slug, place, text, self._room.now),
        )

    def settle(self, slug: str) -> Answer | tuple[str, int]:
        """Mark a remark as dealt with."""
        draft = self._room.paper(slug)
        number = request.form.get("number", "")
        found = int(number) if number.isdecimal() and len(number) < len("1" * 10) else 0
        return self._act(
            draft, lambda: self._room.reviews.settle(person(), slug, found, self._room.now)
        )

    def pass_on(self, slug: str) -> Answer | tuple[str, int]:
        """Pass it, every check ticked."""
        draft = self._room.paper(slug)
        ticked = request.form.getlist("check")
        seen = request.form.get("state-seen", "")
        return self._act(
            draft,
            lambda: self._room.reviews.pass_on(person(), slug, seen, ticked, self._room.now),
        )

    def give_back(self, slug: str) -> Answer | tuple[str, int]:
        """Return it with the reason."""
        draft = self._room.paper(slug)
        seen, reason = request.form.get("state-seen", ""), request.form.get("reason", "")
        return self._act(
            draft,
            lambda: self._room.reviews.give_back(person(), slug, seen, reason, self._room.now),
        )

    def sign_off(self, slug: str) -> Answer | tuple[str, int]:
        """Sign off with a fresh one-time code."""
        draft = self._room.paper(slug)
        shown = (request.form.get("state-seen", ""), request.form.get("digest", ""))

        def act() -> None:
            now = self._room.now
            if isinstance(draft, ContentDraft):
                refuse_demonstration(self._room)
            proof = proved(self._room.desk)
            self._room.reviews.sign_off(person(), slug, shown, proof, now)
            self._room.desk.publisher.start(now)

        return self._act(draft, act, "draft_run.page")

    def _act(
        self, draft: Paper, act: Callable[[], object], after: str = "draft_send.page"
    ) -> Answer | tuple[str, int]:
        try:
            act()
        except PortalError as error:
            return self._page(draft, str(error)), 422
        session["saved"] = f"{write_clock(self._room.now)}已办理"
        return redirect(url_for(after, slug=draft.slug))

    def _seen(self, draft: Paper) -> str:
        shown = request.form.get("state-seen", "")
        return shown or self._room.reviews.standing(draft.slug, self._room.now).seen

    def _refuse_errors(self, draft: Paper) -> None:
        wrong = sum(remark.error for remark in self._room.remarks(draft))
        if wrong:
            raise RequestError(f"还有{wrong}处要改，改好再送审，见右边的检查")

    def _page(self, draft: Paper, error: str) -> str:
        now, who = self._room.now, person()
        standing = self._room.reviews.standing(draft.slug, now)
        refusals = self._room.reviews.refusals(who, draft.slug, now)
        signing = self._signing(draft) if not refusals[Step.SIGN_OFF] else None
        if isinstance(draft, ContentDraft):
            passages, listed = list(changed_lines(draft, standing)), shown_list(None)
        else:
            passages, listed = list(_passages(draft, standing)), shown_list(draft.list_bytes)
        known = {passage.place for passage in passages}
        return render(
            SendContext(
                head_of(self._room, draft, error=bool(error)),
                desktop_of(self._room, draft, "send"),
                standing,
                {step.value: why for step, why in refusals.items()},
                standing.seen,
                passages,
                listed,
                [comment for comment in standing.comments if comment.place not in known],
                self._room.reviews.required_checks(draft.slug),
                signing,
                request.args.get("place", request.form.get("place", _WHOLE))[:120],
                {"text": request.form.get("text", ""), "reason": request.form.get("reason", "")},
                error,
            )
        )

    def _signing(self, draft: Paper) -> ToSign | None:
        try:
            signing = self._room.reviews.to_sign(person(), draft.slug, self._room.now)
        except RequestError:
            return None
        self._room.desk.publisher.warm(self._room.now)
        return signing


def _passages(draft: Draft, standing: Standing) -> Iterator[Passage]:
    """The title and the paragraphs, each with the comments on it."""
    comments = standing.comments
    paragraphs = [part.strip() for part in draft.body.split("\n\n") if part.strip()]
    named = [(_TITLE, draft.title)]
    named += [(f"正文第{number}段", text) for number, text in enumerate(paragraphs, 1)]
    if draft.list_bytes is not None:
        named.append((_LIST, ""))
    for place, text in named:
        own = [comment for comment in comments if comment.place == place]
        yield Passage(place, text, own)


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the step."""
    blueprint = Blueprint("draft_send", __name__, url_prefix="/publishing/<slug>/send")
    step = SendStep(room)
    blueprint.add_url_rule("", "page", step.page)
    for path, name, view in (
        ("", "send", step.send),
        ("/recall", "recall", step.recall),
        ("/comment", "comment", step.comment),
        ("/settle", "settle", step.settle),
        ("/pass", "pass_on", step.pass_on),
        ("/return", "give_back", step.give_back),
        ("/sign-off", "sign_off", step.sign_off),
    ):
        blueprint.add_url_rule(path, name, view, methods=["POST"])
    return blueprint
