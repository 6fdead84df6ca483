"""Faults: collects the issues of one file as it is read, so that all of them are told at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.errors import Issue, Severity

Place = tuple[int, int]
"""Line and column, both from 1."""

START: Place = (1, 1)


@dataclass(slots=True)
class Faults:
    """The issues of the file at `path`."""

    path: str
    issues: list[Issue] = field(default_factory=list)

    def add(
        self,
        code: str,
        message: str,
        remedy: str = "",
        at: Place = START,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note one fault at a place."""
        self.issues.append(Issue(self.path, at[0], at[1], code, message, remedy, severity))

    @property
    def fatal(self) -> bool:
        """Whether any of them stops the file from being used."""
        return any(issue.severity is Severity.ERROR for issue in self.issues)
