"""A lock on an open file, given back when it is closed; between processes, on every system."""

from __future__ import annotations

import time
from importlib import import_module
from typing import IO, Any

_PLACE = 1 << 30
"""Windows locks bytes and keeps others from reading them: one far behind every file's end."""
_PAUSE = 0.05


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


_posix, _windows = _module("fcntl"), _module("msvcrt")


def lock(file: IO[Any], *, shared: bool = False, wait: bool = True) -> None:
    """Take the lock; BlockingIOError where somebody else has it and `wait` is false.

    Windows knows no shared locks through Python: there one reader waits for the other.
    """
    if _posix:
        kind = _posix.LOCK_SH if shared else _posix.LOCK_EX
        _posix.flock(file, kind if wait else kind | _posix.LOCK_NB)
        return
    while not _taken(file):
        if not wait:
            raise BlockingIOError
        time.sleep(_PAUSE)


def _taken(file: IO[Any]) -> bool:
    at = file.tell()
    file.seek(_PLACE)
    try:
        _windows.locking(file.fileno(), _windows.LK_NBLCK, 1)
    except OSError:
        return False
    finally:
        file.seek(at)
    return True
