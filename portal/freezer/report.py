"""Reporters: what a build tells while it runs; builders never print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class Reporter(Protocol):
    """Receives the events of a build."""

    def note(self, message: str) -> None:
        """Say one line."""

    def start(self, stage: str, total: int) -> None:
        """Begin a stage of `total` steps."""

    def advance(self, steps: int = 1) -> None:
        """Count steps of the stage as done."""

    def finish(self) -> None:
        """End the stage."""


class NullReporter:
    """Says nothing."""

    def note(self, message: str) -> None:
        """Drop the line."""

    def start(self, stage: str, total: int) -> None:
        """Drop the stage."""

    def advance(self, steps: int = 1) -> None:
        """Drop the steps."""

    def finish(self) -> None:
        """Drop the end."""


@dataclass
class BufferReporter:
    """Keeps everything, for tests."""

    notes: list[str] = field(default_factory=list)
    stages: dict[str, int] = field(default_factory=dict)
    done: int = 0

    def note(self, message: str) -> None:
        """Keep the line."""
        self.notes.append(message)

    def start(self, stage: str, total: int) -> None:
        """Keep the stage and its length."""
        self.stages[stage] = total

    def advance(self, steps: int = 1) -> None:
        """Add up steps over all stages."""
        self.done += steps

    def finish(self) -> None:
        """Nothing to keep."""
