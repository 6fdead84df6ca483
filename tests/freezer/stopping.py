"""Builds that are stopped at a chosen one of the instants at which they touch the disk."""

import os
import signal
import sys
from collections.abc import Callable

from portal.errors import BuildError

# What Python tells of a process before it does it, as far as the disk is another afterwards.
_EVENTS = frozenset(
    {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.utime"}
)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_NEVER = sys.maxsize


def _touches(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        _, mode, flags = arguments
        return mode is None or not isinstance(flags, int) or bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in _EVENTS


def run(act: Callable[[], object], stop: int = _NEVER, number: int = signal.SIGKILL) -> int:
    """Run an act in a forked process, stop it at its n-th touch of the disk, count its touches.

    A forked helper of the act counts by itself and is stopped with its parent.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            count = len(pipe.read())
        os.waitpid(child, 0)
        return count
    try:
        _run(act, stop, number, theirs)
    finally:
        os._exit(0)


def _run(act: Callable[[], object], stop: int, number: int, pipe: int) -> None:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if _touches(event, arguments):
            count += 1
            os.write(pipe, b".")
            if count == stop:
                os.killpg(0, number)

    sys.addaudithook(hook)
    try:
        act()
    except BuildError:
        return  # a helper process was stopped a moment before its parent
