"""Reading: the work of reading folders of notices into what the store keeps."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import unquote

from portal.content.record.reading import NoticeReading
from portal.freezer.groups import HTML
from portal.render.notice.formats import formats_of, notice_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from portal.content.parts import Parts
    from portal.content.record.changes import Folders
    from portal.content.record.reading import FolderRead
    from portal.domain.notice import Notice
    from portal.freezer.processes.pool import Work


def reader(
    parts: Parts, folders: Folders, slugs: Collection[str]
) -> Callable[[], Work[str, list[FolderRead]]]:
    """Work that reads folders of notices; one that went meanwhile is missing from the result."""

    def make() -> Work[str, list[FolderRead]]:
        reading = NoticeReading(parts, folders, slugs, _own_paths)

        def work(batch: Sequence[str], tell: Callable[[str], None]) -> list[FolderRead]:
            found = []
            for folder in batch:
                tell(folder)
                with contextlib.suppress(OSError):  # it went while the others were read
                    found.append(reading.read(folder))
            return found

        return work

    return make


def _own_paths(notice: Notice) -> str:
    """What a notice is published as besides its page, in the form that its head keeps."""
    groups = {fmt.filename: fmt.group for fmt in formats_of(notice)}
    base = f"/notices/{notice.slug}/"
    below = (unquote(path).removeprefix(base) for path in notice_paths(notice) if path != base)
    return "\n".join(f"{groups.get(path, HTML)} {path}" for path in below)
