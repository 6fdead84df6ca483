"""What becomes of a setting that is wrong: refused at once, or noted by whoever gathers them."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

_noted: ContextVar[dict[str, str] | None] = ContextVar("noted", default=None)


def refuse(name: str, words: str, instead: T) -> T:
    """RequestError for the variable `name`; where settings are gathered, `instead` of its value."""
    noted = _noted.get()
    if noted is None:
        raise RequestError(f"环境变量 {name} {words}")
    noted[name] = words
    return instead


@contextmanager
def gathered() -> Iterator[dict[str, str]]:
    """Read settings each on its own: what is wrong is noted by its name and read as if not set.

    For what must work however wrong a setting is: the alarm tells which.
    """
    faults: dict[str, str] = {}
    before = _noted.set(faults)
    try:
        yield faults
    finally:
        _noted.reset(before)
