"""Reporters: what a build tells while it runs; builders never print."""

from __future__ import annotations

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
