"""What a build is asked for, what it knows before it reads, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from portal.content.record.changes import Changes, Folders
    from portal.domain.unrecorded import LeftOut
    from portal.freezer.processes.aside import Aside
    from portal.freezer.record.store import Store
    from portal.freezer.report import Reporter

CORE_CHANGED = "站点设置、工作日历或届次有变化，全部重建"


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build, where to, and how; `formats` None stands for all of them."""

    folders: Folders
    out: Path
    cache: Path
    formats: frozenset[str] | None = None
    objections_url: str | None = None
    jobs: int = 1
    clean: bool = False

    @property
    def fingerprint(self) -> str:
        """What a page may depend on, besides the content."""
        formats = sorted(self.formats) if self.formats is not None else None
        return repr((self.folders, self.objections_url, formats))


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did. `left_out` has the texts that nobody recorded.

    `rendered` pages were asked of the app, `written` came out different.
    """

    pages: int
    rendered: int = 0
    written: int = 0
    removed: int = 0
    full: str = ""
    next_change: datetime | None = None
    left_out: tuple[LeftOut, ...] = ()


class Task(NamedTuple):
    """What a build was asked for, and where it tells and keeps things."""

    options: BuildOptions
    at: datetime
    reporter: Reporter
    store: Store


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known before anything is read.

    `program` is the stamp of the program, `full` says why everything has to be rendered, empty as
    long as there is no reason. Two forked processes compare the files with the record: `sources`
    finds what was edited, `output` what was changed in the published folder; it is None where the
    answer makes no difference.
    """

    program: str
    full: str
    sources: Aside[str | Changes]
    output: Aside[str] | None

    def close(self) -> None:
        """End the processes."""
        for aside in (self.sources, self.output):
            if aside is not None:
                aside.close()
