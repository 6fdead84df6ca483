"""One courier at a time: a lock on the folders that it works on."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from portal.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = ".lock"
_PATIENCE = 60.0
_PAUSE = 0.1


@contextmanager
def collecting(*folders: Path) -> Iterator[None]:
    """Only one courier works on a folder at a time; the lock ends with its process."""
    with ExitStack() as stack:
        until = time.monotonic() + _PATIENCE
        for folder in folders:
            descriptor = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
            file = stack.enter_context(os.fdopen(descriptor, "wb"))
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > until:
                        raise SealError("另一次收取还在进行，请稍后再试") from error
                    time.sleep(_PAUSE)
        yield
