"""How the program uses SQLite files of its own: all of a block, and closed by who opened them."""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes its turn to write at once, on a connection without isolation level.

    One that reads before it writes would fail where another has written meanwhile.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def closed_with(owner: object, connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, closed at the latest when what holds it goes.

    From Python 3.13 on one that is only forgotten is a warning.
    """
    weakref.finalize(owner, _close, connection).atexit = False
    return connection


def _close(connection: sqlite3.Connection) -> None:
    with contextlib.suppress(sqlite3.ProgrammingError):  # the last to hold it was another thread
        connection.close()
