"""Possible acts: what can be done about a published notice, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.domain.dates import write_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


class LaterAct(StrEnum):
    """What an office does about a notice that is published."""

    REVISE = "revise"
    EXTEND = "extend"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    AGAIN = "again"
    RESULT = "result"
    REDACT = "redact"

    @property
    def label(self) -> str:
        """The act in Chinese, as a button has it."""
        return _LABELS[self]

    @property
    def summary(self) -> str:
        """What the act does, in one line."""
        return _SUMMARIES[self]


_LABELS = {
    LaterAct.REVISE: "修订",
    LaterAct.EXTEND: "延长公示期",
    LaterAct.CORRECT: "更正",
    LaterAct.WITHDRAW: "撤回",
    LaterAct.AGAIN: "再次公示",
    LaterAct.RESULT: "公示结果",
    LaterAct.REDACT: "紧急撤下个人信息",
}
_SUMMARIES = {
    LaterAct.REVISE: "同一公告出新的一稿；原文留存，说明随文公布。",
    LaterAct.EXTEND: "公示期加长几天，算法不变；原因随文公布。",
    LaterAct.CORRECT: "另发一份公告，说明原公告哪里不对、应为什么。",
    LaterAct.WITHDRAW: "另发一份公告，原公告不再有效；原文留存。",
    LaterAct.AGAIN: "以新的名单重新公示；没有再列入的条目视为取消。",
    LaterAct.RESULT: "公示期满后，公布异议的办理结果，以及退出和取消的条目。",
    LaterAct.REDACT: "立即从页面、各稿、文件、订阅和搜索中删去误登的个人信息，事后由第二人确认。",
}


@dataclass(frozen=True, slots=True)
class PossibleAct:
    """An act on a notice; `reason` says why it is not possible."""

    act: LaterAct
    reason: str = ""

    @property
    def possible(self) -> bool:
        """Whether it can be begun."""
        return not self.reason


def acts_on(
    catalogue: Catalogue, notice: Notice, offices: Collection[str], at: datetime
) -> tuple[PossibleAct, ...]:
    """What the people of some offices can do about a notice that is public at an instant.

    The issuing office does, and the main office, which lends its people.
    """
    theirs = notice.issuer in offices or catalogue.site.office in offices
    if not theirs:
        reason = f"由{catalogue.site.offices[notice.issuer].name}办理"
        return tuple(PossibleAct(act, reason) for act in LaterAct)
    now = catalogue.as_of(at)
    withdrawn = now.status(notice, at).withdrawn
    found = []
    for act in LaterAct:
        told = [other for other in now.amendments.get(notice.slug, ()) if not other.kind.amends]
        reasons = _hindrances(act, notice, at, withdrawn=withdrawn)
        if act is LaterAct.RESULT:
            reasons = _no_result(now, notice, told, at, withdrawn=withdrawn)
        found.append(PossibleAct(act, next(reasons, "")))
    return tuple(found)


def _no_result(
    now: Catalogue, notice: Notice, told: list[Notice], at: datetime, *, withdrawn: bool
) -> Iterator[str]:
    """Why the result of a publicity cannot be told now."""
    if notice.window is None:
        yield f"{notice.kind.label}没有公示期"
        return
    if withdrawn:
        yield "已经撤回"
    if at < notice.window.closes_at:
        yield f"公示期至{write_date(notice.window.closes)}，还没有满"
    standing = [other for other in told if not now.status(other, at).withdrawn]
    if standing:
        yield f"已有《{standing[0].title}》；有误的，修订或更正那一份"


def _hindrances(act: LaterAct, notice: Notice, at: datetime, *, withdrawn: bool) -> Iterator[str]:
    if act is LaterAct.REDACT:
        return
    if act is LaterAct.AGAIN:
        if notice.window is None:
            yield f"{notice.kind.label}没有公示期"
        elif not withdrawn and at < notice.window.closes_at:
            yield f"公示期至{write_date(notice.window.closes)}，还没有满；要停止的，先撤回"
        return
    if withdrawn:
        yield "已经撤回"
    if act is LaterAct.EXTEND:
        if notice.window is None:
            yield f"{notice.kind.label}没有公示期"
        elif at >= notice.window.closes_at:
            yield "公示期已满，不能再延长；需要的，再次公示"
    if act in (LaterAct.CORRECT, LaterAct.WITHDRAW) and notice.kind.amends:
        yield f"{notice.kind.label}本身不能再{act.label}；有误的，用修订"
