"""The exception tree, and Issue: one fault in content, with its place.

Messages are Chinese, for the person who can mend the fault.

PortalError
├── ContentError        files under content/ or notices/ are at fault; carries the issues
├── CalendarError       a working-day question outside the calendar's data
├── RequestError        what was asked cannot be done (unknown slug, bad option value)
├── BuildError          the static build failed; the old site is untouched
├── SealError           an envelope cannot be written or opened
│   └── UnreadableError the other side could not read what is about to be sealed
└── VerificationError   a signature, chain or fingerprint does not hold
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


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


class PortalError(Exception):
    """Base of every error this package raises on purpose; its text may be shown to a user."""


class ContentError(PortalError):
    """Content cannot be used; `issues` says where and why."""

    def __init__(self, message: str, issues: Sequence[Issue] = ()) -> None:
        super().__init__(message)
        self.issues = tuple(issues)


class CalendarError(PortalError):
    """A date outside the calendar's data; working days there are refused, never guessed."""


class RequestError(PortalError):
    """The request itself is at fault."""


class BuildError(PortalError):
    """The static build failed as a whole; `failures` names each page and its cause."""

    def __init__(self, message: str, failures: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.failures = tuple(failures)


class SealError(PortalError):
    """Sealing or unsealing failed; nothing was written."""


class UnreadableError(SealError):
    """A document that the other side would refuse; `field` names what is wrong with it."""

    def __init__(self, field: str) -> None:
        super().__init__("有一项的内容不能保存：过长，或者含有不能识别的字符；请修改后再提交")
        self.field = field


class VerificationError(PortalError):
    """A signature, hash chain or fingerprint does not hold."""
