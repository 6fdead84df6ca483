"""Reading folders of notices into what a store keeps of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from portal.content.heads import Head, head_of
from portal.content.notice.notice_reader import Windows, read_notice
from portal.content.notice.references import with_references
from portal.content.record.packing import Packer
from portal.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from portal.content.parts import Parts
    from portal.domain.notice import Notice
    from portal.errors import Issue


class Read(NamedTuple):
    """A notice as it was read, ready for the store: its head, without and with its texts."""

    head: Head
    listed: bytes
    data: bytes


def _nothing(notice: Notice) -> str:
    del notice
    return ""


class NoticeReading:
    """Reads folders one after another; `slugs` are all there are, `own` gives a head's last field.

    Windows that several notices share are computed and packed once.
    """

    def __init__(
        self, parts: Parts, slugs: Collection[str], own: Callable[[Notice], str] = _nothing
    ) -> None:
        self._parts, self._slugs, self._own = parts, slugs, own
        self._windows, self._packer = Windows(parts.calendar), Packer()
        self.issues: list[Issue] = []

    def read(self, folder: str) -> Read | None:
        """A folder's notice; None where it has errors, and its issues are then among `issues`.

        Raises OSError when the folder goes while it is read.
        """
        parts = self._parts
        try:
            source = read_notice(Path(folder), self._windows)
        except ContentError as error:
            self.issues += error.issues
            return None
        source = with_references(source, parts.site, parts.editions, self._slugs)
        notice = source.notice
        if notice is None:
            self.issues += source.issues
            return None
        head = head_of(notice, folder, self._own(notice))
        return Read(head, self._packer.pack_listed(notice), self._packer.pack(notice))
