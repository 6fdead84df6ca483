"""Texts that the ledger does not hold: what becomes of them, and why they are not public."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Unrecorded(StrEnum):
    """What becomes of a text that the ledger does not hold."""

    LEFT_OUT = "left-out"
    """The public sees nothing of it: the rule."""
    MARKED = "marked"
    """A preview shows it, marked 预览."""
    UNMARKED = "unmarked"
    """It stands as it will: for who enters it into the ledger."""


class LeftOut(NamedTuple):
    """A notice whose present text the public does not see, and why."""

    slug: str
    reason: str
