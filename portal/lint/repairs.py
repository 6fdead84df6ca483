"""Repairs: what rules can mend by machine, written into the files, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.errors import Issue

_BOM = "\ufeff"


def repair(issues: Iterable[Issue]) -> list[Issue]:
    """Apply the repairs of issues; those that were applied.

    A place whose text is no longer what the rule saw is left as it is, and so is all that stands
    before a place on its line that another repair took.
    """
    by_file: defaultdict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.repair is not None:
            by_file[issue.path].append(issue)
    return [done for path, found in by_file.items() for done in _repair_file(Path(path), found)]


def _repair_file(path: Path, issues: list[Issue]) -> list[Issue]:
    if path.is_symlink() or not path.is_file():
        return []
    before = path.read_bytes()
    try:
        text = before.decode("utf-8")
    except UnicodeDecodeError:
        return []
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    if "\r" in text.replace("\r\n", "\n"):
        return []  # places would be counted otherwise than the rules did
    lines = text.split("\n")
    taken: dict[int, int] = {}
    # From the end, so that the places before stay where they were.
    issues = sorted(issues, key=lambda issue: (issue.line, issue.column), reverse=True)
    done = [issue for issue in issues if _applied(lines, issue, taken)]
    after = (mark + "\n".join(lines)).encode()
    if done and path.read_bytes() == before:
        _write(path, after)
        return done[::-1]
    return []


def _applied(lines: list[str], issue: Issue, taken: dict[int, int]) -> bool:
    """Put one repair in its line; `taken` says from where on each line was changed."""
    if issue.repair is None or issue.line > len(lines):
        return False
    old, new = issue.repair.old, issue.repair.new
    line = lines[issue.line - 1]
    start = line.find(old, issue.column - 1)
    if start < 0 or not old or start + len(old) > taken.get(issue.line, len(line)):
        return False
    lines[issue.line - 1] = line[:start] + new + line[start + len(old) :]
    taken[issue.line] = start
    return True


def _write(path: Path, data: bytes) -> None:
    """Put a file in the place of another, with its mode; nobody sees half of it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".repair-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
