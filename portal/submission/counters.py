"""Quotas: counters by hour, of one machine in a SQLite file that its worker processes share.

Several hosts share a database instead: `portal.submission.shared_counters`.

Addresses are counted under a keyed hash whose key is made anew each day and then deleted, IPv6 by
its /64 network; nothing in the file names a person or a case.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from portal.content.record.transactions import immediate
from portal.sealed.dropbox import closed_folder
from portal.submission.idle_connections import IdleConnections

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

_PATIENCE = 15.0
HOUR = 3600
DAY = 24 * HOUR
_IPV6_NETWORK = 64
_SCHEMA = """
CREATE TABLE IF NOT EXISTS counts (
    scope TEXT NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (scope, hour)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS salts (day INTEGER PRIMARY KEY, salt BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` uses of a scope in each clock hour; `what` says in Chinese what ran out."""

    scope: str
    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A quota that is used up, and the seconds until it starts anew."""

    limit: Limit
    wait: int


class Counters(Protocol):
    """What the form asks of its counters, wherever they are; UnreachableError where they are away.

    Every `take` counts all of its scopes or none, also for two that come at once.
    """

    def take(self, limits: Sequence[Limit], now: datetime) -> Refusal | None:
        """Count one use of every scope, or of none: the first quota that is used up is returned."""

    def used(self, scope: str, now: datetime) -> int:
        """Uses of a scope in the running hour."""

    def address_key(self, address: str, now: datetime) -> str:
        """The name under which an address is counted today."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """`Counters` in a file: each question one write transaction, so that workers cannot both pass.

    Nothing is synced to the disk: after a power cut counts may be lost, and a damaged file is made
    anew. Connections stay open, as many as were used at once, until this object goes: closing the
    last one writes the log back.
    """

    path: Path
    _idle: IdleConnections[sqlite3.Connection] = field(init=False, repr=False, compare=False)
    _salts: dict[int, bytes] = field(default_factory=dict, repr=False, compare=False)
    _swept: set[int] = field(default_factory=set, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_idle", IdleConnections(partial(_opened, self.path)))

    def prepare(self) -> Quotas:
        """Create the file; a damaged one is replaced."""
        closed_folder(self.path.parent)
        try:
            self._create()
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self._create()
        return self

    def _create(self) -> None:
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            connection.execute("SELECT count(*) FROM counts").fetchone()

    def take(self, limits: Sequence[Limit], now: datetime) -> Refusal | None:
        """Count one use of every scope, or of none: the first quota that is used up is returned."""
        second = int(now.timestamp())
        hour = second // HOUR
        with self._idle.one() as connection, immediate(connection):
            spent = self._spent(connection, limits, hour)
            if spent is not None:
                return Refusal(spent, HOUR - second % HOUR)
            connection.executemany(
                "INSERT INTO counts VALUES (?, ?, 1)"
                " ON CONFLICT (scope, hour) DO UPDATE SET count = count + 1",
                [(limit.scope, hour) for limit in limits],
            )
            if hour not in self._swept:  # once an hour: the whole table is looked at
                connection.execute("DELETE FROM counts WHERE hour < ?", (hour - 1,))
        self._swept.intersection_update({hour})
        self._swept.add(hour)
        return None

    @staticmethod
    def _spent(connection: sqlite3.Connection, limits: Sequence[Limit], hour: int) -> Limit | None:
        for limit in limits:
            row = connection.execute(
                "SELECT count FROM counts WHERE scope = ? AND hour = ?", (limit.scope, hour)
            ).fetchone()
            if (row[0] if row else 0) >= limit.count:
                return limit
        return None

    def used(self, scope: str, now: datetime) -> int:
        """Uses of a scope in the running hour."""
        hour = int(now.timestamp()) // HOUR
        asked = "SELECT count FROM counts WHERE scope = ? AND hour = ?"
        with self._idle.one() as connection:
            row = connection.execute(asked, (scope, hour)).fetchone()
        return int(row[0]) if row else 0

    def address_key(self, address: str, now: datetime) -> str:
        """The name under which an address is counted today."""
        day = int(now.timestamp()) // DAY
        salt = self._salts.get(day)
        if salt is None:
            with self._idle.one() as connection:
                salt = _salt(connection, day)
            self._salts.clear()
            self._salts[day] = salt
        return key_of_address(salt, address)


def _salt(connection: sqlite3.Connection, day: int) -> bytes:
    asked = "SELECT salt FROM salts WHERE day = ?"
    row = connection.execute(asked, (day,)).fetchone()
    if row is None:
        with immediate(connection):
            connection.execute("DELETE FROM salts WHERE day <> ?", (day,))
            connection.execute(
                "INSERT OR IGNORE INTO salts VALUES (?, ?)", (day, secrets.token_bytes(32))
            )
        row = connection.execute(asked, (day,)).fetchone()
    return bytes(row[0])


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def key_of_address(salt: bytes, address: str) -> str:
    """The name under which an address is counted on the day of a salt."""
    return hmac.digest(salt, network_of(address).encode(), "sha256").hex()[:32]


def network_of(address: str) -> str:
    """An IPv4 address itself, the /64 network of an IPv6 one (a household holds a whole /64)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
    return str(parsed)


def free_bytes(path: Path) -> int:
    """Free space of the file system that holds a path."""
    return shutil.disk_usage(path).free
