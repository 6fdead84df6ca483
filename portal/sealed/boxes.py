"""What the public side asks of a drop box, wherever it lies: in a folder or in an object store.

Both keep the same promises: what `put` returned for is there whole and stays, a name is never
given twice, and a box that cannot be reached says so and has taken nothing that was acknowledged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portal.sealed.dropbox import Sum
    from portal.sealed.envelope import Header


class Stored(Protocol):
    """A small sealed file that lies in the box."""

    def read(self, most: int) -> bytes:
        """All of it; SealError beyond `most` bytes, FileNotFoundError where it is gone."""


class Box(Protocol):
    """The public side's end of the exchange. UnreachableError, an OSError, where it is away."""

    def put(self, header: Header, write: Callable[[BinaryIO], object]) -> Sum:
        """Store an envelope durably; only after this returns may anyone be told it arrived.

        Raises FileExistsError where the envelope has been stored before.
        """

    def put_copy(self, header: Header, write: Callable[[BinaryIO], object]) -> None:
        """Keep what only the holder of the code can open, beside the answers."""

    def sum(self, header: Header) -> Sum:
        """Size and digest of an envelope; FileNotFoundError where the desk has it meanwhile."""

    def header(self, lookup: str) -> Header | None:
        """Header of a case's objection, taken or not; None where there is no such case."""

    def messages(self, lookup: str) -> tuple[Header, ...]:
        """Headers of later messages that still wait for the desk."""

    def message(self, header: Header) -> tuple[Header, str] | None:
        """A later message of this name, taken or not: its header as stored, and its SHA-256."""

    def answers(self, lookup: str) -> Sequence[Stored]:
        """Answers in order of `seq`, up to the first gap."""

    def looks(self, lookup: str) -> Sequence[Stored]:
        """What stands beside the answers: who has looked, copies of the own words; in no order."""

    def arrivals(self) -> Sequence[float]:
        """Unix times at which the envelopes came that wait for the desk."""
