"""What stands round each step of a draft: its title and state, the steps, the checks, the acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import session, url_for

from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.draft_contexts import Desktop, Said, Tab
from portal.desk.publishing.draft_room import kind_of
from portal.domain.dates import write_clock, write_meta
from portal.editorial.draft_acts import DraftState, Standing, Step
from portal.editorial.list_differences import compare
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.casework.models import DraftHand
    from portal.desk.publishing.draft_room import DraftRoom, Paper
    from portal.editorial.draft_checks import Remark
    from portal.editorial.drafts import Draft
    from portal.web.page import PageHead

STEPS = (
    ("list", "名单", "draft_list.page"),
    ("text", "文字", "draft_text.page"),
    ("time", "公示期和发布", "draft_time.page"),
    ("preview", "预览", "draft_preview.page"),
    ("send", "送审", "draft_send.page"),
)
_FIELDS = {
    "list": ("list", "reasons", "order"),
    "text": (
        *("title", "body", "file", "note", "amends", "examined"),
        *("number", "issued", "copied-to", "printed-by", "printed"),
    ),
    "time": ("window", "published", "updated"),
}
TONES = {
    DraftState.RETURNED: "mine",
    DraftState.PASSED: "good",
    DraftState.APPROVED: "good",
    DraftState.SCHEDULED: "good",
    DraftState.PUBLISHED: "good",
}
_TYPED = ("text", "time")
_MOST_COMPARED = 12


def desktop(room: DraftRoom, draft: Draft, step: str) -> Desktop:
    """The surroundings of a step, as who is signed in sees them now."""
    kind = kind_of(room, draft)
    remarks = room.remarks(draft)
    standing = room.reviews.standing(draft.slug, room.now)
    hands = room.reviews.opened(person(), draft.slug, room.now)
    steps = [s for s in STEPS if s[0] != "list" or (kind is not None and kind.has_list)]
    return Desktop(
        slug=draft.slug,
        title=draft.title,
        kind=kind.label if kind else "",
        state=standing.state.label,
        tone=TONES.get(standing.state, ""),
        seen=draft.digest,
        tabs=tuple(_tab(draft, remarks, standing, step, *one) for one in steps),
        remarks=remarks,
        errors=sum(remark.error for remark in remarks),
        compared=tuple(compared(room, draft)),
        acts=tuple(acts_of(standing)),
        before=Said("种类", "（已选）", url_for("publishing.kind", slug=draft.slug)),
        frozen=room.reviews.refusals(person(), draft.slug, room.now)[Step.WRITE],
        others=others_at(hands),
        step=step,
        next_label=_next([name for name, _, _ in steps], step),
        saved=session.pop("saved", ""),
        form="save" if step in _TYPED else "mend",
    )


def head_of(room: DraftRoom, draft: Paper, *, error: bool = False) -> PageHead:
    """Head of the pages of a draft."""
    return page_head(room.desk, draft.title, Crumb(draft.title), error=error)


def note_saved(room: DraftRoom, told: Sequence[str] = ()) -> None:
    """Say on the next page that it was saved, and what was noticed."""
    session["saved"] = "。".join((f"{write_clock(room.now)}已保存", *told[:5]))


def following(steps: Sequence[str], step: str) -> str:
    """The step after one; the last stays, and so does what is none."""
    at = steps.index(step) if step in steps else len(steps)
    return step if at + 1 >= len(steps) else steps[at + 1]


def _next(steps: list[str], step: str) -> str:
    labels = {name: label for name, label, _ in STEPS}
    after = following(steps, step)
    return "" if after == step else labels[after]


def others_at(hands: Sequence[DraftHand]) -> list[str]:
    """Who else is at a draft, in words."""
    return [
        f"{hand.name}也打开了这份草稿"
        + (f"，{write_clock(hand.saved_at)}保存过" if hand.saved_at else "")
        for hand in hands
    ]


def _tab(  # noqa: PLR0917 - one call
    draft: Draft,
    remarks: Sequence[Remark],
    standing: Standing,
    current: str,
    name: str,
    label: str,
    endpoint: str,
) -> Tab:
    faulty = {remark.field for remark in remarks if remark.error}
    begun = {
        "list": draft.list_bytes is not None,
        "text": bool(draft.body.strip()) and "（待填）" not in draft.body,
        "time": True,
        "send": standing.sent is not None,
    }
    done = begun.get(name, False) and not faulty.intersection(_FIELDS.get(name, ()))
    return Tab(label, url_for(endpoint, slug=draft.slug), name == current, done)


def compared(room: DraftRoom, draft: Draft) -> list[Said]:
    """What changed against the earlier lists, in lines."""
    kind = kind_of(room, draft)
    if kind is None or not kind.has_list:
        return []
    found = compare(room.catalogue, draft, room.now, room.holds(str(draft.values.get("edition"))))
    if not found:
        return [Said("", "没有可比的名单，或没有变化。")]
    shown = [
        Said(
            one.about.label,
            one.changed.name + (f"（{one.reason}）" if one.reason else "，还没有写原因"),
        )
        for one in found[:_MOST_COMPARED]
    ]
    if len(found) > _MOST_COMPARED:
        shown.append(Said("", f"共{len(found)}处。"))
    return shown


def acts_of(standing: Standing) -> list[Said]:
    """The three acts as they hold now, and what lapsed."""
    three = (("拟稿", standing.sent), ("审核", standing.passed), ("签发", standing.signed))
    lines = [
        Said(label, f"{act.name}，{write_meta(act.at)}" if act else "待办理")
        for label, act in three
    ]
    if standing.sent is None and standing.hands:
        writers = "、".join(hand.name for hand in standing.hands if hand.saved_at)
        lines[0] = Said("拟稿", writers or "待办理")
    return lines + [Said("失效", lapse.why) for lapse in standing.lapsed]
