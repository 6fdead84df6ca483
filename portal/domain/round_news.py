"""Round news: how far the steps of a round are, how a publicity ended, who is no longer in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from portal.domain.dates import write_date
from portal.domain.names import name_key
from portal.domain.objection import CaseState, NonAcceptance, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class _Listed(Protocol):
    """An entry as a list has it."""

    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def county(self) -> str: ...
    @property
    def apart(self) -> str: ...


class Reached(StrEnum):
    """How far a step is."""

    BEGUN = "begun"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """As a title says it: 材料评审开始, 材料评审结束."""
        return {"begun": "开始", "ended": "结束"}[self.value]


@dataclass(frozen=True, slots=True)
class StepReached:
    """A step of the edition, by its name, and how far it is."""

    step: str
    reached: Reached

    @property
    def label(self) -> str:
        """材料评审开始."""
        return f"{self.step}{self.reached.label}"


class Cause(StrEnum):
    """Why somebody is no longer in the round."""

    WITHDREW = "withdrew"
    UPHELD = "upheld"
    FAILED = "failed"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The cause in Chinese."""
        return _CAUSES[self]


_CAUSES = {
    Cause.WITHDREW: "自愿退出",
    Cause.UPHELD: "因异议取消",
    Cause.FAILED: "审查未通过",
    Cause.REVOKED: "撤销奖项",
}


@dataclass(frozen=True, slots=True)
class Departure:
    """Who is no longer in the round: no later list may hold it, and its place and cap are free.

    `county` is the name that lists write; `employer` tells namesakes apart, empty where not needed.
    """

    name: str
    category: str
    why: Cause
    reason: str = ""
    county: str = ""
    employer: str = ""

    def means(self, entry: _Listed, county: str = "") -> bool:
        """Whether an entry is the one; `county` is that of a list without the column."""
        place = entry.county or county
        return (
            name_key(self.name) == name_key(entry.name)
            and self.category == entry.category
            and (not (self.county and place) or place == self.county)
            and (not self.employer or name_key(self.employer) == name_key(entry.apart))
        )

    @property
    def sentence(self) -> str:
        """As the notice prints it, with the reason if there is one: 自愿退出：甲公司（东山区）."""
        where = "，".join(filter(None, (self.county, self.employer)))
        who = f"{self.name}（{where}）" if where else self.name
        reason = f"原因：{self.reason.rstrip('。')}。" if self.reason else ""
        return f"{self.why.label}：{who}。{reason}"


WHOLE_LIST = "名单整体或者程序"
"""What an objection is about that names no entry, or the list besides."""
PENDING_OUTCOME = "办理中，所涉条目暂缓"
"""The outcome of an objection that is still open."""
OUTCOMES = (
    *(outcome.label for outcome in Outcome),
    CaseState.NOT_ACCEPTED.label,
    *(f"{CaseState.NOT_ACCEPTED.label}（{reason.label}）" for reason in NonAcceptance),
    CaseState.WITHDRAWN.label,
    PENDING_OUTCOME,
)
"""How an objection can have ended, as a result prints it."""


@dataclass(frozen=True, slots=True)
class ObjectionResult:
    """An objection as a result prints it: nothing of who raised it.

    `about` names an entry of the list, masked or not, or `WHOLE_LIST`.
    """

    received: date
    about: str
    grounds: tuple[str, ...]
    outcome: str

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of a table under `RESULT_COLUMNS`."""
        return (write_date(self.received), self.about, "、".join(self.grounds), self.outcome)


RESULT_COLUMNS = ("收到日期", "所涉条目", "事由", "办理结果")


def result_sentences(objections: Iterable[ObjectionResult]) -> tuple[str, ...]:
    """How the objections ended, where there is no table; that there was none is said too."""
    objections = tuple(objections)
    if not objections:
        return ("公示期内没有收到异议。",)
    rows = (f"{n}. {'；'.join(filter(None, one.row))}。" for n, one in enumerate(objections, 1))
    return (f"公示期内共收到异议{len(objections)}件，办理结果如下。", *rows)
