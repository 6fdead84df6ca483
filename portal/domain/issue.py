"""Issue: one fault found in content, with its place, its code and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """When a rule applies: to every draft, or only before publishing."""

    DRAFT = "draft"
    PUBLISH = "publish"


class Severity(StrEnum):
    """Errors stop publishing; warnings are printed and let pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One fault. `path` is relative to the tree that was linted; line and column count from 1."""

    path: str
    line: int
    column: int
    code: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        remedy = f"（{self.remedy}）" if self.remedy else ""
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}{remedy}"
