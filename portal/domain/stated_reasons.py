"""Stated reasons: why a list differs from those before it or exceeds a cap, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ListChange(StrEnum):
    """What a list may change against an earlier one."""

    NEW = "new"
    LEFT_OUT = "left-out"
    RENAMED = "renamed"
    STRUCK_OFF = "struck-off"
    MOVED = "moved"
    VACANT = "vacant"

    @property
    def label(self) -> str:
        """The change in Chinese."""
        return _LABELS[self]


_LABELS = {
    ListChange.NEW: "新增",
    ListChange.LEFT_OUT: "未列入",
    ListChange.RENAMED: "名称变更",
    ListChange.STRUCK_OFF: "因异议取消",
    ListChange.MOVED: "类别或奖项变更",
    ListChange.VACANT: "名额空缺",
}


@dataclass(frozen=True, slots=True)
class StatedReason:
    """Why a list differs: for one entry, or without a name for all of a kind that have none."""

    about: ListChange
    reason: str
    entry: str = ""

    @property
    def sentence(self) -> str:
        """The reason as it is printed: 未列入（甲公司）：本人放弃."""
        who = f"（{self.entry}）" if self.entry else ""
        return f"{self.about.label}{who}：{self.reason.rstrip('。')}。"


@dataclass(frozen=True, slots=True)
class CapException:
    """More than a cap in principle (原则上): up to `most`, why, and who agreed."""

    category: str
    most: int
    reason: str
    agreed: str

    @property
    def sentence(self) -> str:
        """As the notice prints it."""
        allowed = f"超出原则上的限额：{self.category}推荐至{self.most}个。"
        return f"{allowed}原因：{self.reason}。同意：{self.agreed}。"
