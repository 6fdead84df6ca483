"""A site that has to follow at once, without a sign-off: personal data was taken out of its texts.

    <state>/publications/.site-due/county-list.1772589600000000.json

One small file for each request, so that one that comes while a build runs outlasts it: only those
that stood there before the build go away with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.editorial.drafts import write_whole
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FOLDER = ".site-due"
_PAUSE = timedelta(minutes=1)
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class SiteDue:
    """A request; `trouble` is why the last attempt, at `tried`, failed."""

    path: Path
    slug: str
    trouble: str = ""
    tried: datetime | None = None


def ask_for_site(root: Path, slug: str, at: datetime) -> SiteDue:
    """Ask for the site to be made anew; `root` is the folder of the publications."""
    folder = closed_folder(root / _FOLDER)
    due = SiteDue(folder / f"{slug}.{int(at.timestamp() * _MICRO)}.json", slug)
    _write(due)
    return due


def site_due(root: Path) -> tuple[SiteDue, ...]:
    """What was asked for and not done yet; a file that cannot be read asks all the same."""
    folder = root / _FOLDER
    found = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return tuple(_read(path) for path in found if not path.name.startswith("."))


def settled(due: Iterable[SiteDue]) -> None:
    """The site was made and delivered since."""
    for one in due:
        one.path.unlink(missing_ok=True)


def failed(due: Iterable[SiteDue], why: str, at: datetime) -> None:
    """Note why it was not."""
    for one in due:
        _write(SiteDue(one.path, one.slug, why, at))


def too_soon(due: Iterable[SiteDue], at: datetime) -> bool:
    """Whether all of it failed only a moment ago."""
    return all(one.tried is not None and at < one.tried + _PAUSE for one in due)


def _read(path: Path) -> SiteDue:
    slug = path.name.split(".", 1)[0]
    try:
        trouble, tried = json.loads(path.read_bytes())
        return SiteDue(path, slug, str(trouble), datetime.fromisoformat(tried) if tried else None)
    except (OSError, ValueError, TypeError):
        return SiteDue(path, slug)


def _write(due: SiteDue) -> None:
    content = [due.trouble, due.tried.isoformat() if due.tried else ""]
    write_whole(due.path, json.dumps(content, ensure_ascii=False).encode())
