"""What public hosts share while a form is filled in: counters, drafts, pages shown again.

A PostgreSQL database of its own, never the desk's. Its tables, made on first use:

form_counts, form_salts   the quotas. UNLOGGED: what names an address for a day must not outlive it
                          in the archive of the write-ahead log, and after a crash counting begins
                          anew, as with the file of one machine
form_drafts, form_pages   sealed under keys that only the citizen's page holds; committed without
                          waiting for the disk, since a draft promises nothing
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

import psycopg

from portal.errors import UnreachableError
from portal.submission.idle_connections import IdleConnections

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Connection = psycopg.Connection[tuple[Any, ...]]

T = TypeVar("T")

_AWAY = "存放填写内容的数据库现在连不上"
_MAKING = 0x706F7274616C  # "portal": hosts that start at once make the tables one after another
_SCHEMA = """
CREATE UNLOGGED TABLE IF NOT EXISTS form_counts (
    scope text NOT NULL, hour bigint NOT NULL, count integer NOT NULL, PRIMARY KEY (scope, hour));
CREATE UNLOGGED TABLE IF NOT EXISTS form_salts (day bigint PRIMARY KEY, salt bytea NOT NULL);
CREATE TABLE IF NOT EXISTS form_drafts (
    draft text NOT NULL, name text NOT NULL, part integer NOT NULL, data bytea NOT NULL,
    touched timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (draft, name, part));
CREATE INDEX IF NOT EXISTS form_drafts_touched ON form_drafts (touched);
CREATE TABLE IF NOT EXISTS form_pages (
    turn bigint NOT NULL, place text NOT NULL, data bytea NOT NULL, PRIMARY KEY (turn, place));
"""


class FormDatabase:
    """The database by its URL. A connection is used by one request at a time and kept for the next.

    They are closed with this object; those of a process that forked are not touched by its child.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._idle = IdleConnections(partial(_connected, url), psycopg.OperationalError)

    def run(self, act: Callable[[Connection], T]) -> T:
        """Do something in one transaction; UnreachableError where the database is away.

        What a restarted server has cut off is done once more from its beginning.
        """
        for last in (False, True):
            try:
                with self._idle.one() as connection, connection.transaction():
                    return act(connection)
            except psycopg.OperationalError as error:
                if last:
                    raise UnreachableError(_AWAY) from error
        raise AssertionError


def _connected(url: str) -> Connection:
    connection = psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=3,
        tcp_user_timeout=10_000,
        options="-c synchronous_commit=off -c statement_timeout=20s -c lock_timeout=10s",
    )
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MAKING,))
        connection.execute(_SCHEMA)
    return connection
