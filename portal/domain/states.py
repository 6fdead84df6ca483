"""What a reader is told of a notice: the acts done to it later, and the state that follows."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class Act(StrEnum):
    """What can be done to a published notice later, the gravest last (portal.domain.history)."""

    REVISED = "revised"
    EXTENDED = "extended"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The act's Chinese name, as marks have it."""
        return _ACT_LABELS[self]


_ACT_LABELS = {
    Act.REVISED: "已修订",
    Act.EXTENDED: "已延长",
    Act.CORRECTED: "已更正",
    Act.WITHDRAWN: "已撤回",
}


class State(StrEnum):
    """State of a notice at an instant: derived from dates and amendments, never set by hand."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    EXTENDED = "extended"
    REVISED = "revised"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state's Chinese name."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.PUBLISHED: "已发布",
    State.SCHEDULED: "即将公示",
    State.OPEN: "公示中",
    State.CLOSED: "公示期满",
} | {State(act.value): act.label for act in Act}

SOUGHT_STATES = (
    State.OPEN,
    State.SCHEDULED,
    State.CLOSED,
    State.EXTENDED,
    State.REVISED,
    State.CORRECTED,
    State.WITHDRAWN,
)
"""The states that lists and the search offer, in their order."""

STATES_BY_WEIGHT = (
    State.WITHDRAWN,
    State.OPEN,
    State.SCHEDULED,
    State.CORRECTED,
    State.REVISED,
    State.CLOSED,
    State.PUBLISHED,
)
"""The gravest first: what `main_state` chooses by."""


def main_state(states: Collection[str]) -> State:
    """The one of a notice's states that matters most to a reader."""
    return next((state for state in STATES_BY_WEIGHT if state in states), State.PUBLISHED)
