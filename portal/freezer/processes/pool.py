"""Pool: a function over batches, in this process or in forked ones; results as they come."""

from __future__ import annotations

import gc
import mmap
import os
from collections import deque
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from portal.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_NAME_SIZE = 1024
_PR_SET_PDEATHSIG = 1


class Work(Protocol[T_contra, R_co]):
    """Works on one batch; calls `tell` with each item's name before it starts on the item."""

    def __call__(self, batch: Sequence[T_contra], tell: Callable[[str], None]) -> R_co:
        """The batch's result."""


def batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items cut into batches, in order."""
    return [items[i : i + size] for i in range(0, len(items), size)]


def _die_with_parent() -> None:
    """Ask Linux to end this process with its parent: nobody would read its pages any more."""
    import ctypes
    import signal

    call = getattr(ctypes.CDLL(None), "prctl", None)
    if call is not None:
        call(_PR_SET_PDEATHSIG, signal.SIGKILL)


class _Raised(NamedTuple):
    """What a worker raised."""

    error: Exception


class _Hand(Generic[T, R]):
    """One forked worker: its process, its pipe, and a page of memory with the item it is at."""

    def __init__(self, make: Callable[[], Work[T, R]]) -> None:
        self._name = mmap.mmap(-1, _NAME_SIZE)
        self.pipe, inner = get_context("fork").Pipe()
        self.process = get_context("fork").Process(
            target=self._serve, args=(make, inner), daemon=True
        )
        self.process.start()
        inner.close()

    def _serve(self, make: Callable[[], Work[T, R]], pipe: connection.Connection) -> None:
        self.pipe.close()
        parent = os.getppid()
        _die_with_parent()
        function = make()
        try:
            # Without that call an orphan still stops before its next batch; until then it holds
            # the build's lock, so no other build can be using the folder it writes to.
            while (batch := pipe.recv()) is not None and os.getppid() == parent:
                pipe.send(self._done(function, batch))
        except (EOFError, KeyboardInterrupt, BrokenPipeError):
            pass

    def _done(self, function: Work[T, R], batch: Sequence[T]) -> R | _Raised:
        try:
            return function(batch, self._tell)
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
            return _Raised(error)

    def _tell(self, name: str) -> None:
        data = name.encode()[: _NAME_SIZE - 1] + b"\0"
        self._name[: len(data)] = data

    @property
    def current(self) -> str:
        """The item it was last at."""
        return self._name[:].partition(b"\0")[0].decode(errors="ignore")


class Pool(Generic[T, R]):
    """Forked workers that take a batch whenever they are free."""

    def __init__(self, make: Callable[[], Work[T, R]], jobs: int) -> None:
        # What stands now is shared with the workers and never collected, so it is not copied.
        gc.collect()
        gc.freeze()
        self._hands = [_Hand(make) for _ in range(jobs)]

    def __enter__(self) -> Pool[T, R]:
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self._hands:
            if hand.process.is_alive():
                hand.process.terminate()
            hand.process.join()
            hand.pipe.close()
        gc.unfreeze()

    def run(self, todo: deque[Sequence[T]]) -> Iterator[R]:
        """Hand out the batches and give back results until all are done."""
        busy = {}
        for hand in self._hands:
            if todo:
                hand.pipe.send(todo.popleft())
                busy[hand.pipe] = hand
        while busy:
            for pipe in connection.wait(list(busy)):
                hand = busy.pop(pipe)  # type: ignore[call-overload]
                try:
                    result = hand.pipe.recv()
                except (EOFError, ConnectionResetError):
                    at = f"，停在 {hand.current}" if hand.current else ""
                    raise BuildError(f"构建进程意外退出{at}；原有网站未改动") from None
                if isinstance(result, _Raised):
                    raise result.error
                if todo:
                    hand.pipe.send(todo.popleft())
                    busy[hand.pipe] = hand
                yield result


def run(make: Callable[[], Work[T, R]], work: Iterable[Sequence[T]], jobs: int) -> Iterator[R]:
    """Each batch's result, in the order of completion.

    `make` sets a worker up and runs inside its process, so that no connection or cache is shared.
    BuildError names the item at which a worker died.
    """
    todo = deque(work)
    if jobs == 1 or len(todo) <= 1 or not hasattr(os, "fork"):
        function = make()
        while todo:
            yield function(todo.popleft(), _tell_nobody)
        return
    with Pool(make, min(jobs, len(todo))) as pool:
        yield from pool.run(todo)


def _tell_nobody(name: str) -> None:
    del name
