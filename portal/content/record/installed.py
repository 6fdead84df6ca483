"""Which packages the program stands on, by name and version: read without importing any."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OURS = "quality-award-portal"
_NEEDS = re.compile(rb"^Requires-Dist: *([\w.-]+)(?!.*\bextra *==)", re.MULTILINE)
_APART = re.compile(r"[-_.]+")


def installed(paths: Iterable[str] | None = None) -> tuple[str, ...]:
    """Names with versions of all that ours needs, however indirectly; optional extras are left out.

    What else is installed beside it changes no page. Where ours itself is not installed nobody
    knows what it needs: then every package there is counts. `importlib.metadata` says the same in
    0.2 s, which is most of what a build with nothing to do takes.
    """
    found: dict[str, tuple[str, Path]] = {}
    needed: set[str] = set()
    for folder in sys.path if paths is None else paths:
        for path in Path(folder).glob("*.dist-info") if folder.endswith("-packages") else ():
            name, _, version = path.stem.partition("-")
            found.setdefault(_plain(name), (version, path))
    wanted = [OURS] if OURS in found else [*found]
    while wanted:
        name = wanted.pop()
        needed.add(name)
        wanted += {_plain(one) for one in _needs(found[name][1])} & {*found} - needed - {*wanted}
    return tuple(sorted(f"{name} {found[name][0]}" for name in needed))


def _needs(folder: Path) -> list[str]:
    try:
        data = (folder / "METADATA").read_bytes()
    except OSError:
        return []
    return [name.decode() for name in _NEEDS.findall(data.partition(b"\n\n")[0])]


def _plain(name: str) -> str:
    """A name as packages are compared by (PEP 503)."""
    return _APART.sub("-", name).lower()
