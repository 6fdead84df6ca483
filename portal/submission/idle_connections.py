"""Connections that are kept open between requests, as many as were used at once."""

from __future__ import annotations

import os
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Closable(Protocol):
    """A connection of any database."""

    def close(self) -> None:
        """End it."""


C = TypeVar("C", bound=Closable)


class IdleConnections(Generic[C]):
    """Each connection is used by one request at a time; those left over are closed with this.

    A process that was forked opens its own, and touches none of its parent's. `opened` must not
    hold what holds this, or nothing is closed before the garbage is collected.
    """

    def __init__(self, opened: Callable[[], C], broken: type[Exception] | tuple[()] = ()) -> None:
        """After an error of the kind `broken` all are closed: what cut off one has cut off all."""
        self._opened, self._broken = opened, broken
        self._idle: list[tuple[int, C]] = []
        weakref.finalize(self, _close, self._idle)

    @contextmanager
    def one(self) -> Iterator[C]:
        """A connection for one use."""
        connection, whole = self._taken() or self._opened(), True
        try:
            yield connection
        except self._broken:
            whole = False
            connection.close()
            _close(self._idle)
            raise
        finally:
            if whole:
                self._idle.append((os.getpid(), connection))

    def _taken(self) -> C | None:
        try:
            process, connection = self._idle.pop()
        except IndexError:
            return None
        return connection if process == os.getpid() else None


def _close(idle: list[tuple[int, C]]) -> None:
    while idle:
        process, connection = idle.pop()
        if process == os.getpid():
            connection.close()
