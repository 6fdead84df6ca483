"""Locks on folders: one courier at a time, and no deletion while a backup reads."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from portal.errors import SealError
from portal.machine.file_lock import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = ".lock"
_READING = ".backup.lock"
_PATIENCE = 60.0
_PAUSE = 0.1


@contextmanager
def being_backed_up(folder: Path) -> Iterator[None]:
    """A backup reads the folder: what is decided meanwhile is removed from it afterwards."""
    with _opened(folder / _READING) as file:
        lock(file, shared=True)
        yield


@contextmanager
def removing(folder: Path) -> Iterator[bool]:
    """Whether files may be removed from the folder now; not while a backup reads it."""
    with _opened(folder / _READING) as file:
        try:
            lock(file, wait=False)
        except BlockingIOError:
            yield False
        else:
            yield True


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "wb")


@contextmanager
def collecting(*folders: Path) -> Iterator[None]:
    """Only one courier works on a folder at a time; the lock ends with its process."""
    with ExitStack() as stack:
        until = time.monotonic() + _PATIENCE
        for folder in folders:
            file = stack.enter_context(_opened(folder / _NAME))
            while True:
                try:
                    lock(file, wait=False)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > until:
                        raise SealError("另一次收取还在进行，请稍后再试") from error
                    time.sleep(_PAUSE)
        yield
