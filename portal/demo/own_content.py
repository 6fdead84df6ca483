"""Own content: a copy of the office's content that a demonstration's desk may change.

What is published in a demonstration goes into the copy. It carries a mark, without which the desk
of a demonstration writes nothing into a folder of content: the office's own is never touched.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from portal.editorial.surroundings import DEMONSTRATION

if TYPE_CHECKING:
    from pathlib import Path


def own_content(office: Path, copy: Path) -> Path:
    """The copy as the office's content stands now; a file that is the same keeps its time."""
    wanted = {path.relative_to(office): path for path in office.rglob("*") if path.is_file()}
    for path in sorted(copy.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and path.relative_to(copy) not in wanted:
            path.unlink()
    for name, source in wanted.items():
        target = copy / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    copy.mkdir(parents=True, exist_ok=True)
    (copy / DEMONSTRATION).touch()
    return copy
