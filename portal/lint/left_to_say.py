"""To do: every 待填 of a content folder, with its place: what the office must still say itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK = "待填"
_TEXTS = {".md", ".yml", ".yaml", ".toml", ".txt"}
_LONGEST = 60


class Todo(NamedTuple):
    """One place that waits for the office."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def todos(content: Path) -> Iterator[Todo]:
    """What a content folder still asks for; the beginnings of notices are left out."""
    for path in sorted(content.rglob("*")):
        if path.suffix not in _TEXTS or path.parent.name == "texts" or path.is_symlink():
            continue
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            if MARK in line:
                text = line[line.index(MARK) :].strip()
                yield Todo(path, number, text[:_LONGEST])
