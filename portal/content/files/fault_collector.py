"""Faults: collects the issues of one file as it is read, so that all of them are told at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.domain.identifiers import SLUG
from portal.errors import Issue, Severity

Place = tuple[int, int]
"""Line and column, both from 1."""

ADDRESS_MOST = 60
"""Characters of a part of an address; some systems take 255 bytes for a whole name."""

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

    def address_of(self, slug: str, what: str, at: Place = START, most: int = ADDRESS_MOST) -> str:
        """The part of an address that a file or table is named by, noted where it is none."""
        if not SLUG.fullmatch(slug) or len(slug) > most:
            remedy = f"只用小写字母、数字和单个连字符，最多{most}个，如 third-edition"
            self.add("F008", f"{what}“{slug}”不能作为网址的一部分", remedy, at)
        return slug

    @property
    def fatal(self) -> bool:
        """Whether any of them stops the file from being used."""
        return any(issue.severity is Severity.ERROR for issue in self.issues)
