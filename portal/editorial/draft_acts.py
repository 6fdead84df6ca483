"""What can be done about a draft, how it stands after what was done, and what lapsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.domain.dates import write_meta

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.casework.models import Dossier, DraftAct, DraftComment, DraftHand


class Step(StrEnum):
    """What a person does about a draft; the recorded ones are acts of the register."""

    WRITE = "write"
    SEND = "send"
    RECALL = "recall"
    COMMENT = "comment"
    PASS = "pass"  # noqa: S105 - the name of an act
    RETURN = "return"
    SIGN_OFF = "sign-off"
    DISCARD = "discard"
    FAIL = "fail"
    """Recorded by the publication job: the text was refused at the publish stage."""

    @property
    def label(self) -> str:
        """The act's Chinese name."""
        return _STEP_LABELS[self]


_STEP_LABELS = {
    Step.WRITE: "修改",
    Step.SEND: "送审",
    Step.RECALL: "撤回送审",
    Step.COMMENT: "提意见",
    Step.PASS: "审核通过",
    Step.RETURN: "退回",
    Step.SIGN_OFF: "签发",
    Step.DISCARD: "放弃",
    Step.FAIL: "没有发布",
}


class DraftState(StrEnum):
    """How a draft stands: it follows from the acts and the files, nobody sets it."""

    DRAFTING = "drafting"
    IN_REVIEW = "in-review"
    PASSED = "passed"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    RETURNED = "returned"
    PUBLISHED = "published"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """The state's Chinese name."""
        return _STATE_LABELS[self]

    @property
    def frozen(self) -> bool:
        """Whether the text was signed off: it is not written to before the sign-off is recalled."""
        return self in (DraftState.APPROVED, DraftState.SCHEDULED, DraftState.PUBLISHING)


_STATE_LABELS = {
    DraftState.DRAFTING: "起草中",
    DraftState.IN_REVIEW: "待审核",
    DraftState.PASSED: "待签发",
    DraftState.APPROVED: "已签发，等待发布",
    DraftState.SCHEDULED: "已签发，定时发布",
    DraftState.PUBLISHING: "正在发布",
    DraftState.RETURNED: "已退回",
    DraftState.PUBLISHED: "已发布",
    DraftState.DISCARDED: "已放弃",
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """An act that counts no more, and why."""

    act: DraftAct
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a draft stands. `seen` is the sum of its files now; `sent`, `passed` and `signed` hold.

    `returned` is the act that sent it back, with its reason; `lapsed` are the acts since the last
    sending in that the text has left behind. `due` is when it goes up, once signed off.
    """

    slug: str
    state: DraftState
    seen: str = ""
    sent: DraftAct | None = None
    passed: DraftAct | None = None
    signed: DraftAct | None = None
    returned: DraftAct | None = None
    lapsed: tuple[Lapse, ...] = ()
    history: tuple[DraftAct, ...] = ()
    hands: tuple[DraftHand, ...] = ()
    comments: tuple[DraftComment, ...] = ()
    writers: frozenset[str] = field(default_factory=frozenset)

    @property
    def due(self) -> datetime | None:
        """When it goes up, once signed off."""
        return self.signed.due if self.signed else None

    @property
    def unsettled(self) -> tuple[DraftComment, ...]:
        """Comments that nobody has settled."""
        return tuple(comment for comment in self.comments if comment.settled_at is None)


def standing_of(slug: str, dossier: Dossier | None, seen: str | None, at: datetime) -> Standing:
    """How a draft stands by its dossier; `seen` is the sum of its files, None where it is gone."""
    if dossier is None or (dossier.closed and seen is not None):  # or a further draft of the slug
        state = DraftState.DRAFTING if seen is not None else DraftState.DISCARDED
        return Standing(slug, state, seen or "")
    held = _Held(dossier.acts, seen)
    return Standing(
        slug,
        held.state(dossier, at),
        seen or "",
        sent=held.of(Step.SEND),
        passed=held.of(Step.PASS),
        signed=held.of(Step.SIGN_OFF),
        returned=held.ended if held.ended and held.ended.act in _SENT_BACK else None,
        lapsed=tuple(Lapse(act, _why(act, dossier.hands)) for act in held.lapsed),
        history=tuple(dossier.acts),
        hands=tuple(dossier.hands),
        comments=tuple(dossier.comments),
        writers=frozenset(
            [hand.username for hand in dossier.hands if hand.saved_at]
            + [act.username for act in dossier.acts if act.act == Step.SEND]
        ),
    )


_SENT_BACK = (Step.RETURN, Step.FAIL)
_ENDS = (*_SENT_BACK, Step.RECALL)


class _Held:
    """The acts since the last sending in, parted into those that hold and those that lapsed."""

    def __init__(self, acts: Iterable[DraftAct], seen: str | None) -> None:
        self.ended: DraftAct | None = None
        self._seen = seen
        round_: list[DraftAct] = []
        for act in acts:
            if act.act == Step.SEND:
                round_, self.ended = [act], None
            elif act.act in _ENDS:
                round_, self.ended = [], act
            else:
                round_.append(act)
        # A folder that was taken by the publication job is told by the acts alone.
        self.holding = [act for act in round_ if seen is None or act.seen == seen]
        self.lapsed = [act for act in round_ if act not in self.holding]

    def of(self, step: Step) -> DraftAct | None:
        return next((act for act in self.holding if act.act == step), None)

    def state(self, dossier: Dossier, at: datetime) -> DraftState:
        if dossier.ending:
            return DraftState(dossier.ending)
        if self.ended is not None:
            back = self.ended.act in _SENT_BACK
            return DraftState.RETURNED if back else DraftState.DRAFTING
        if not self.of(Step.SEND):
            return DraftState.DRAFTING if self._seen is not None else DraftState.DISCARDED
        signed = self.of(Step.SIGN_OFF)
        if self._seen is None:
            return DraftState.PUBLISHING if signed else DraftState.DISCARDED
        if signed is not None:
            late = signed.due is not None and signed.due > at
            return DraftState.SCHEDULED if late else DraftState.APPROVED
        return DraftState.PASSED if self.of(Step.PASS) else DraftState.IN_REVIEW


def _why(act: DraftAct, hands: Iterable[DraftHand]) -> str:
    """What became of the text after an act that does not hold."""
    did = f"{act.name}于{write_meta(act.at)}{Step(act.act).label}"
    later = [hand for hand in hands if hand.saved_at and hand.saved_at >= act.at]
    if not later:
        return f"{did}，此后文件在工作台之外有改动，已失效"
    last = max(later, key=lambda hand: hand.saved_at or act.at)
    assert last.saved_at is not None
    return f"{did}，此后{last.name}于{write_meta(last.saved_at)}改动过文本，已失效"
