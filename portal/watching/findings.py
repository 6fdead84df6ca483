"""A check, what it found, and the list of them as one answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

from portal.errors import ContentError, PortalError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime


class Level(StrEnum):
    """Fine; to be seen to soon; at fault now, which stops what the portal is for."""

    GOOD = "good"
    SOON = "soon"
    BAD = "bad"

    @property
    def label(self) -> str:
        """As the report says it."""
        return {Level.GOOD: "正常", Level.SOON: "留意", Level.BAD: "故障"}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: words without any personal data, and the remedy where there is one.

    `figures` are what it counted or measured, each under a name that never changes.
    """

    level: Level
    words: str
    remedy: str = ""
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One question about an installation; `name` is for machines and never changes."""

    name: str
    title: str
    look: Callable[[datetime], Finding]

    def at(self, now: datetime) -> Found:
        """Look; whatever goes wrong in looking is itself a finding."""
        try:
            finding = self.look(now)
        except ContentError as error:
            finding = _unusable(error)
        except PortalError as error:
            finding = Finding(Level.BAD, str(error))
        except Exception as error:  # noqa: BLE001 - one check hides no other
            finding = _unlooked(error)
        return Found(self.name, self.title, finding)


@dataclass(frozen=True, slots=True)
class Found:
    """A check with what it found."""

    name: str
    title: str
    finding: Finding

    @property
    def line(self) -> str:
        """One line of the report."""
        finding = self.finding
        remedy = f"。{finding.remedy}" if finding.remedy else ""
        return f"{finding.level.label}  {self.title}：{finding.words}{remedy}"


def _unusable(error: ContentError) -> Finding:
    """Content with faults: where they lie, and not what stands there."""
    places = dict.fromkeys(f"{one.path}:{one.line} {one.code}" for one in error.issues)
    shown = "、".join(list(places)[:_PLACES])
    words = f"{error}：{shown}" if shown else str(error)
    return Finding(Level.BAD, words, "运行 portal lint，照它说的改；文件损坏的，从备份恢复")


def _unlooked(error: Exception) -> Finding:
    """What is told of a check that failed: the file, where the system names one, and a remedy."""
    file = (error.filename2 or error.filename) if isinstance(error, OSError) else None
    if file is None:
        remedy = "请把这一行交给软件的维护人员；刚换过、恢复过文件的，先核对那些文件"
        return Finding(Level.BAD, f"不能检查：{reason_of(error)}", remedy)
    remedy = "请改正它的权限、属主，或者从备份恢复（docs/operation.md）"
    return Finding(Level.BAD, f"不能检查：{file} {reason_of(error)}", remedy)


def good(words: str, *figures: tuple[str, float]) -> Finding:
    """Nothing is wrong."""
    return Finding(Level.GOOD, words, figures=figures)


def examine(checks: Sequence[Check], now: datetime) -> list[Found]:
    """Every check, in order."""
    return [check.at(now) for check in checks]


def ready(found: Sequence[Found]) -> bool:
    """Whether nothing is at fault now."""
    return all(one.finding.level is not Level.BAD for one in found)


def as_json(found: Sequence[Found]) -> bytes:
    """The answer of /readyz."""
    checks = [
        {
            "name": one.name,
            "title": one.title,
            "level": one.finding.level.value,
            "words": one.finding.words,
            "remedy": one.finding.remedy,
        }
        for one in found
    ]
    return json.dumps({"ready": ready(found), "checks": checks}, ensure_ascii=False).encode()


class Remembered:
    """The checks with their last answer, which stands for some seconds however often one asks."""

    def __init__(
        self, checks: Sequence[Check], clock: Callable[[], datetime], ticks: Callable[[], float]
    ) -> None:
        self._checks, self._clock, self._ticks = checks, clock, ticks
        self._lock = Lock()
        self._found: list[Found] = []
        self._until = float("-inf")

    def found(self) -> list[Found]:
        """What was found, at most ten seconds ago."""
        with self._lock:
            if self._ticks() >= self._until:
                self._found = examine(self._checks, self._clock())
                self._until = self._ticks() + _SECONDS
            return self._found


_PLACES = 3
_SECONDS = 10.0
