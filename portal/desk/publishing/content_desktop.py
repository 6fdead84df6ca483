"""What stands round each step of a content draft, and the lines that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import session, url_for

from portal.desk.entry.gate import person
from portal.desk.publishing.desktop import TONES, acts_of, desktop, following, others_at
from portal.desk.publishing.draft_contexts import Desktop, Passage, Said, Tab
from portal.domain.differences import paragraph_pairs
from portal.editorial.content_drafts import ContentDraft
from portal.editorial.draft_acts import Standing, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.desk.publishing.draft_room import DraftRoom, Paper

STEPS = (
    ("text", "改文字", "content.edit"),
    ("preview", "预览", "content.preview"),
    ("send", "送审", "draft_send.page"),
)


def desktop_of(room: DraftRoom, draft: Paper, step: str) -> Desktop:
    """The surroundings of a step of a draft of either kind."""
    if not isinstance(draft, ContentDraft):
        return desktop(room, draft, step)
    standing = room.reviews.standing(draft.slug, room.now)
    remarks = room.remarks(draft)
    errors = sum(remark.error for remark in remarks)
    names = [name for name, _, _ in steps_of(draft)]
    following_step = following(names, step)
    labels = {name: label for name, label, _ in STEPS}
    done = {"text": draft.changed and not errors, "send": standing.sent is not None}
    return Desktop(
        slug=draft.slug,
        title=draft.title,
        kind="网站内容",
        state=standing.state.label,
        tone=TONES.get(standing.state, ""),
        seen=draft.digest,
        tabs=tuple(
            Tab(label, url_for(end, slug=draft.slug), name == step, done.get(name, False))
            for name, label, end in steps_of(draft)
        ),
        remarks=remarks,
        errors=errors,
        compared=(),
        acts=tuple(acts_of(standing)),
        before=Said("网站内容", "", url_for("content.page")),
        content=draft.file.address,
        frozen=room.reviews.refusals(person(), draft.slug, room.now)[Step.WRITE],
        others=others_at(room.reviews.opened(person(), draft.slug, room.now)),
        step=step,
        next_label="" if following_step == step else labels[following_step],
        saved=session.pop("saved", ""),
    )


def steps_of(draft: ContentDraft) -> list[tuple[str, str, str]]:
    """The steps of a draft; what no page shows has no preview."""
    return [step for step in STEPS if draft.file.address or step[0] != "preview"]


def changed_lines(draft: ContentDraft, standing: Standing) -> Iterator[Passage]:
    """Every line that differs from what stood there, in order, with the comments on it."""
    before = (draft.before or "").splitlines()
    for pair in paragraph_pairs(before, draft.text.splitlines()):
        if pair.same or not any(part.text.strip() for part in (*pair.before, *pair.after)):
            continue
        place = f"第{pair.new}行" if pair.new else f"原第{pair.old}行"
        comments = [comment for comment in standing.comments if comment.place == place]
        text = "".join(part.text for part in pair.after)
        yield Passage(place, text, comments, pair.before, pair.after)
