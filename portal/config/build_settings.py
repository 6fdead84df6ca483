"""Settings of the static build."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from portal.config.common import Paths


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class BuildSettings:
    """What `portal build` takes where the command line says nothing.

    Environment: PORTAL_BUILD (output folder), PORTAL_OBJECTIONS_URL (prefix under which the server
    in front of the static site passes the objection form on; unset: the form is not offered).
    """

    paths: Paths = field(default_factory=Paths)
    out: Path = field(default_factory=lambda: Path(os.environ.get("PORTAL_BUILD", "build")))
    objections_url: str | None = field(
        default_factory=lambda: os.environ.get("PORTAL_OBJECTIONS_URL") or None
    )
    jobs: int = field(default_factory=_cores)

    @property
    def cache(self) -> Path:
        """Where builds keep what can be made again; nobody else may write there."""
        return self.paths.state / "cache" / "build"
