"""Reading folders of notices into what a store keeps of them: each text that is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from portal.content.notice.basis import Basis
from portal.content.notice.recorded import (
    Around,
    left_out,
    recorded_texts,
    shown_texts,
    source_of,
)
from portal.content.notice.references import with_references
from portal.content.record.packing import Packer
from portal.domain.unrecorded import Unrecorded
from portal.errors import ContentError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from portal.content.heads import Head
    from portal.content.parts import Parts
    from portal.content.record.changes import Folders
    from portal.domain.notice import Notice
    from portal.domain.unrecorded import LeftOut
    from portal.errors import Issue


class Read(NamedTuple):
    """A text of a notice, ready for the store: its head, without and with its body and list."""

    head: Head
    listed: bytes
    data: bytes


class FolderRead(NamedTuple):
    """What a folder gives: the texts that are shown, what is not and why, and its faults."""

    folder: str
    texts: tuple[Read, ...] = ()
    left_out: LeftOut | None = None
    issues: tuple[Issue, ...] = ()


def _nothing(notice: Notice) -> str:
    del notice
    return ""


class NoticeReading:
    """Reads folders one after another; `slugs` are all there are, `own` gives a head's field.

    Windows that several notices share are computed and packed once.
    """

    def __init__(
        self,
        parts: Parts,
        folders: Folders,
        slugs: Collection[str],
        own: Callable[[Notice], str] = _nothing,
    ) -> None:
        self._own, self._unrecorded = own, folders.unrecorded
        basis = Basis(parts.calendar, parts.editions)
        self._around = Around(parts.site, parts.editions, slugs, basis, folders.notices)
        self._ledger = parts.ledger
        self._packer = Packer()

    def read(self, folder: str) -> FolderRead:
        """A folder's texts. Raises OSError when the folder goes while it is read."""
        around, path = self._around, Path(folder)
        try:
            source = source_of(path, around.basis)
        except ContentError as error:
            return FolderRead(folder, issues=error.issues)
        source = with_references(source, around.site, around.editions, around.slugs)
        recorded = recorded_texts(source, self._ledger.of(path.name), around)
        hidden = self._unrecorded is Unrecorded.LEFT_OUT
        faults = recorded.faults if hidden else source.issues
        shown = shown_texts(source, recorded.versions, self._unrecorded, self._own)
        return FolderRead(
            folder,
            tuple(self._packed(head, notice) for head, notice in shown),
            left_out(source, recorded.versions) if hidden else None,
            tuple(issue for issue in faults if issue.severity is Severity.ERROR),
        )

    def _packed(self, head: Head, notice: Notice) -> Read:
        return Read(head, self._packer.pack_listed(notice), self._packer.pack(notice))


def doubled(heads: Iterable[Head]) -> bool:
    """Whether two folders have notices of one name."""
    folders: dict[str, str] = {}
    return any(folders.setdefault(head.slug, head.folder) != head.folder for head in heads)


def dangling(heads: Iterable[Head], slugs: Collection[str]) -> bool:
    """Whether a notice amends one that is no more."""
    return any(head.amends and head.amends not in slugs for head in heads)
