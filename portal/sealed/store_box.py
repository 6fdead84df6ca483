"""The drop box in an object store, so that any number of public hosts may share it.

<prefix>/inbox/<lookup>/<name>.sealed     an envelope; its SHA-256 stands in its metadata
<prefix>/cases/<lookup>/<name>.json       what is kept of an envelope that the desk has taken
<prefix>/outbox/<lookup>/<name>           answers, looks, copies, deletions
<prefix>/outbox/audit.head                head of the desk's audit trail

The names are those of the folders (docs/objection-protocol.md §4), each case's in a folder of its
own, since stores list by folder. An object appears whole or not at all: there is no tmp.
"""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from portal.errors import SealError
from portal.sealed.case_records import RECORD_LIMIT, read_record
from portal.sealed.dropbox import LOOK_LENGTH, SEALED, SEALED_NAME, Sum
from portal.sealed.envelope import HEADER_LIMIT, Header, parse_header, read_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from portal.sealed.object_store import ObjectStore

INBOX, OUTBOX, CASES = "inbox", "outbox", "cases"
_HEAD_BYTES = 2 * HEADER_LIMIT
_IN_MEMORY = 1 << 20
_ANSWER = re.compile(r"[0-9a-f]{32}\.([0-9]{4})\.sealed")


def place(folder: str, name: str) -> str:
    """The whole name of what is called `name` in a folder of the box."""
    return f"{folder}/{name.partition('.')[0]}/{name}"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A small sealed object."""

    store: ObjectStore
    name: str

    def read(self, most: int) -> bytes:
        """All of it; SealError beyond `most` bytes, FileNotFoundError where it is gone."""
        return self.store.read(self.name, most)


@dataclass(frozen=True, slots=True)
class StoreBox:
    """The public side's drop box in a bucket; `tmp` holds large envelopes, sealed, until sent."""

    store: ObjectStore
    tmp: Path

    def put(self, header: Header, write: Callable[[BinaryIO], object]) -> Sum:
        """As `Box.put`: written whole beside the store first, then put under a fresh name."""
        return self._put(place(INBOX, f"{header.name}{SEALED}"), write)

    def put_copy(self, header: Header, write: Callable[[BinaryIO], object]) -> None:
        """As `Box.put_copy`."""
        self._put(place(OUTBOX, f"{header.name}{SEALED}"), write)

    def _put(self, name: str, write: Callable[[BinaryIO], object]) -> Sum:
        with SpooledTemporaryFile(_IN_MEMORY, dir=str(self.tmp)) as file:
            stream = cast("BinaryIO", file)
            write(stream)
            return self.store.put(name, stream)

    def sum(self, header: Header) -> Sum:
        """As `Box.sum`; what has no digest beside it was not put by this program."""
        found = self.store.find(place(INBOX, f"{header.name}{SEALED}"), 0)
        if not found.sha256:
            raise SealError("信封旁边没有记载校验值")
        return Sum(found.size, found.sha256)

    def header(self, lookup: str) -> Header | None:
        """As `Box.header`: what is settled stands in cases/ before it leaves inbox/."""
        try:
            return self.inbox_header(f"{lookup}{SEALED}")
        except FileNotFoundError:
            pass
        try:
            return parse_header(self.store.read(place(CASES, f"{lookup}.json"), HEADER_LIMIT))
        except FileNotFoundError:
            return None

    def inbox_header(self, name: str) -> Header:
        """Header of an envelope that waits; SealError, FileNotFoundError."""
        found = self.store.find(place(INBOX, name), _HEAD_BYTES)
        return read_header(io.BytesIO(found.data))

    def messages(self, lookup: str) -> tuple[Header, ...]:
        """As `Box.messages`."""
        return tuple(self._messages(lookup))

    def _messages(self, lookup: str) -> Iterator[Header]:
        for name in sorted(self._of_case(INBOX, lookup)):
            if name != f"{lookup}{SEALED}":
                try:
                    yield self.inbox_header(name)
                except (FileNotFoundError, SealError):
                    continue

    def message(self, header: Header) -> tuple[Header, str] | None:
        """As `Box.message`."""
        with suppress(FileNotFoundError):
            return self.inbox_header(f"{header.name}{SEALED}"), self.sum(header).sha256
        with suppress(FileNotFoundError):
            return read_record(self.store.read(place(CASES, f"{header.name}.json"), RECORD_LIMIT))
        return None

    def answers(self, lookup: str) -> Sequence[StoredObject]:
        """As `Box.answers`."""
        names = sorted(name for name in self._of_case(OUTBOX, lookup) if _ANSWER.fullmatch(name))
        whole = [name for seq, name in enumerate(names, 1) if int(name.split(".")[1]) == seq]
        return [StoredObject(self.store, place(OUTBOX, name)) for name in whole]

    def looks(self, lookup: str) -> Sequence[StoredObject]:
        """As `Box.looks`."""
        names = [name for name in self._of_case(OUTBOX, lookup) if len(name) == LOOK_LENGTH]
        return [StoredObject(self.store, place(OUTBOX, name)) for name in names]

    def _of_case(self, folder: str, lookup: str) -> list[str]:
        found = self.store.names(f"{folder}/{lookup}")
        return [n for n in found if SEALED_NAME.fullmatch(n) and n.split(".")[0] == lookup]

    def arrivals(self) -> Sequence[float]:
        """As `Box.arrivals`."""
        found = self.store.names(INBOX)
        return [at for name, at in found.items() if SEALED_NAME.fullmatch(name)]
