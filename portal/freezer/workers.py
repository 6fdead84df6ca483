"""Workers: a function over batches, in this process or in forked ones; results as they come."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Work(Protocol[R_co]):
    """Works on one batch; calls `tell` with each item's name before it starts on the item."""

    def __call__(self, batch: Sequence[str], tell: Callable[[str], None]) -> R_co:
        """The batch's result."""


def batches(items: Sequence[str], size: int) -> list[Sequence[str]]:
    """The items cut into batches, in order."""
    return [items[i : i + size] for i in range(0, len(items), size)]


def run(make: Callable[[], Work[R]], work: Iterable[Sequence[str]], jobs: int) -> Iterator[R]:
    """Each batch's result, in the order of completion.

    `make` sets a worker up and runs inside its process, so that no connection or cache is shared.
    BuildError names the item at which a worker died.
    """
    todo = deque(work)
    if jobs == 1 or len(todo) <= 1:
        function = make()
        while todo:
            yield function(todo.popleft(), _tell_nobody)
        return
    from portal.freezer.pool import Pool  # a small build works alone

    with Pool(make, min(jobs, len(todo))) as pool:
        yield from pool.run(todo)


def _tell_nobody(name: str) -> None:
    del name
