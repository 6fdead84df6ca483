"""Work of background threads that a fork must not cut in two.

A process that is forked while another thread is inside SQLite inherits that library's lock with
nobody to give it back: its first query waits for ever. Forks therefore wait for such work to end,
as they wait for a line of `logging`.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_quiet = Condition()
_at_work = 0


@contextmanager
def uncut() -> Iterator[None]:
    """What a background thread does here is whole before the process is forked."""
    global _at_work  # noqa: PLW0603 - one count a process, since a fork is of the whole process
    with _quiet:
        _at_work += 1
    try:
        yield
    finally:
        with _quiet:
            _at_work -= 1
            _quiet.notify_all()


def _before() -> None:
    _quiet.acquire()
    _quiet.wait_for(lambda: not _at_work)


if hasattr(os, "register_at_fork"):  # where there is no fork, nothing is cut
    os.register_at_fork(
        before=_before, after_in_parent=_quiet.release, after_in_child=_quiet.release
    )
