"""Aside: work in a forked process while this one goes on; its results come as they are found.

For the few things a small build can do at the same time. Large builds have `workers`.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from typing import TYPE_CHECKING, Generic, TypeVar

from portal.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

R = TypeVar("R")

_END = "end"


class Aside(Generic[R]):
    """Runs a function in a forked process; iterating gives what it yields, once and in order.

    Connections must be opened by the function itself. BuildError when the process dies. With a
    `niceness` above 0 it leaves the processor to who is less nice, as its parent is.
    """

    def __init__(self, function: Callable[[], Iterable[R]], *, niceness: int = 0) -> None:
        self._found: list[R] = []
        self._ended = not hasattr(os, "fork")
        if self._ended:  # Windows: beside nothing, at once
            self._found += function()
            return
        ours, theirs = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(ours)
            os.nice(niceness)
            _serve(function, theirs)
        os.close(theirs)
        self._pipe = os.fdopen(ours, "rb")

    def __iter__(self) -> Iterator[R]:
        yield from self._found
        while self._receive():
            yield self._found[-1]

    def __bool__(self) -> bool:
        """Whether it finds anything; waits for the first finding or the end."""
        return bool(self._found) or self._receive()

    def _receive(self) -> bool:
        if self._ended:
            return False
        try:
            # Written by this very program a moment ago.
            kind, value = pickle.load(self._pipe)  # noqa: S301
        except EOFError:
            kind, value = "died", BuildError("构建的一个进程意外退出；原有网站未改动")
        if kind == "found":
            self._found.append(value)
            return True
        self.close()
        if kind != _END:
            raise value
        return False

    def close(self) -> None:
        """Wait for the process; one that still works notices that nobody listens, and ends."""
        if not self._ended:
            self._ended = True
            self._pipe.close()
            os.waitpid(self._pid, 0)


def _serve(function: Callable[[], Iterable[R]], descriptor: int) -> None:
    """The whole life of the forked process; it leaves without tidying up what is its parent's."""
    with contextlib.suppress(BaseException), os.fdopen(descriptor, "wb") as pipe:

        def send(kind: str, value: object) -> None:
            pipe.write(pickle.dumps((kind, value)))  # whole or not at all
            pipe.flush()

        try:
            for item in function():
                send("found", item)
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
            send("failed", error)
        else:
            send(_END, None)
    os._exit(0)
