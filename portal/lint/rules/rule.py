"""Rule: a function with a code; its docstring is what `portal lint --explain CODE` prints."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from portal.content.files.fault_collector import START, Place
from portal.errors import Repair, Severity, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WRAP = re.compile(r"(?<!\n)\n(?!\n)")

Examined = TypeVar("Examined")

Proviso = tuple[str, ...]
"""The name of a question of `Context` and its arguments; empty where a finding simply stands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found; the rule's code is added to make it an Issue."""

    path: str
    at: Place = START
    message: str = ""
    remedy: str = ""
    severity: Severity = Severity.ERROR
    repair: Repair | None = None
    proviso: Proviso = ()

    def mended(self, old: str, new: str) -> Finding:
        """The same with a repair; `old` stands on the line of the place, at it or after it."""
        return replace(self, repair=Repair(old, new))

    def unless(self, *proviso: str) -> Finding:
        """The same, but none where the proviso holds: a question of `Context` by its name.

        So what one text says is judged once, and only the question is asked again when other
        notices have changed.
        """
        return replace(self, proviso=proviso)


@dataclass(frozen=True, slots=True)
class Rule(Generic[Examined]):
    """A check of one subject: a notice, a text, or the whole tree; from `stage` on."""

    code: str
    check: Callable[[Examined], Iterable[Finding]]
    stage: Stage

    @property
    def explanation(self) -> str:
        """The check's docstring, its wrapped lines joined as Chinese is, without a space."""
        return _WRAP.sub("", inspect.getdoc(self.check) or "")


def rule(
    code: str, stage: Stage = Stage.DRAFT
) -> Callable[[Callable[[Examined], Iterable[Finding]]], Rule[Examined]]:
    """Make a rule of a check."""

    def made(check: Callable[[Examined], Iterable[Finding]]) -> Rule[Examined]:
        return Rule(code, check, stage)

    return made
