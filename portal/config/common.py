"""Settings every root needs: where the content, the notices and the local state live."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


def _paths(name: str, default: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in os.environ.get(name, default).split(os.pathsep) if part)


@dataclass(frozen=True)
class Paths:
    """Folders. The first content folder holds the site; further ones only add editions.

    Environment: PORTAL_CONTENT and PORTAL_NOTICES (several, separated by ":"), PORTAL_STATE.
    """

    content: tuple[Path, ...] = field(default_factory=lambda: _paths("PORTAL_CONTENT", "content"))
    notices: tuple[Path, ...] = field(default_factory=lambda: _paths("PORTAL_NOTICES", "notices"))
    state: Path = field(default_factory=lambda: Path(os.environ.get("PORTAL_STATE", "var")))
