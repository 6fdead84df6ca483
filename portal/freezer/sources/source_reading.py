"""Reading: the work of reading folders of notices into what the store keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from portal.content.heads import Head, head_of
from portal.content.notice.notice_reader import Windows, read_notice
from portal.content.notice.references import with_references
from portal.content.record.packing import Packer
from portal.errors import ContentError
from portal.freezer.groups import HTML
from portal.render.notice.formats import formats_of, notice_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from portal.content.parts import Parts
    from portal.domain.notice import Notice
    from portal.freezer.processes.pool import Work


class Read(NamedTuple):
    """A notice as it was read, ready for the store."""

    head: Head
    listed: bytes
    data: bytes


def reader(parts: Parts, slugs: Collection[str]) -> Callable[[], Work[str, list[Read]]]:
    """Work that reads folders of notices; one that has errors is missing from the result."""

    def make() -> Work[str, list[Read]]:
        windows, packer = Windows(parts.calendar), Packer()

        def work(batch: Sequence[str], tell: Callable[[str], None]) -> list[Read]:
            found = []
            for folder in batch:
                tell(folder)
                found.append(_read(Path(folder), parts, windows, slugs, packer))
            return [read for read in found if read is not None]

        return work

    return make


def _read(
    folder: Path, parts: Parts, windows: Windows, slugs: Collection[str], packer: Packer
) -> Read | None:
    try:
        source = read_notice(folder, windows)
    except (ContentError, OSError):
        return None
    source = with_references(source, parts.site, parts.editions, slugs)
    if source.notice is None:
        return None
    notice = source.notice
    head = head_of(notice, str(folder), _own_paths(notice))
    return Read(head, packer.pack_listed(notice), packer.pack(notice))


def _own_paths(notice: Notice) -> str:
    """What a notice is published as besides its page, in the form that its head keeps."""
    groups = {fmt.filename: fmt.group for fmt in formats_of(notice)}
    base = f"/notices/{notice.slug}/"
    below = (unquote(path).removeprefix(base) for path in notice_paths(notice) if path != base)
    return "\n".join(f"{groups.get(path, HTML)} {path}" for path in below)
