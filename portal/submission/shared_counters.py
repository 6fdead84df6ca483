"""The form's quotas in the database that public hosts share; `portal.submission.counters` says how.

The check and the count of a scope are one statement, so that hosts cannot both pass; scopes are
taken in one order, so that two requests never wait for each other, the busiest last.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.submission.counters import (
    DAY,
    HOUR,
    Limit,
    Refusal,
    key_of_address,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.submission.form_database import Connection, FormDatabase

_USED = "SELECT count FROM form_counts WHERE scope = %s AND hour = %s"
_TAKE = """
INSERT INTO form_counts AS known VALUES (%s, %s, 1)
ON CONFLICT (scope, hour) DO UPDATE SET count = known.count + 1 WHERE known.count < %s
RETURNING count
"""
_FORGET = "DELETE FROM form_counts WHERE hour < %s"


class _SpentError(Exception):
    """Rolls back what was counted so far."""


@dataclass(frozen=True, slots=True)
class SharedQuotas:
    """`Counters` that any number of hosts share."""

    database: FormDatabase

    def take(self, limits: Sequence[Limit], now: datetime) -> Refusal | None:
        """As `Counters.take`."""
        second = int(now.timestamp())
        hour = second // HOUR

        def count(connection: Connection) -> None:
            for limit in sorted(limits, key=lambda one: (one.scope == "all", one.scope)):
                values = (limit.scope, hour, limit.count)
                if not limit.count or connection.execute(_TAKE, values).fetchone() is None:
                    raise _SpentError
            connection.execute(_FORGET, (hour - 1,))

        try:
            self.database.run(count)
        except _SpentError:
            return Refusal(self._spent(limits, hour), HOUR - second % HOUR)
        return None

    def _spent(self, limits: Sequence[Limit], hour: int) -> Limit:
        used = {limit.scope: self._used(limit.scope, hour) for limit in limits}
        return next((one for one in limits if used[one.scope] >= one.count), limits[-1])

    def used(self, scope: str, now: datetime) -> int:
        """As `Counters.used`."""
        return self._used(scope, int(now.timestamp()) // HOUR)

    def _used(self, scope: str, hour: int) -> int:
        row = self.database.run(lambda db: db.execute(_USED, (scope, hour)).fetchone())
        return int(row[0]) if row else 0

    def address_key(self, address: str, now: datetime) -> str:
        """As `Counters.address_key`."""
        day = int(now.timestamp()) // DAY
        return key_of_address(self.database.run(lambda db: _salt(db, day)), address)


def _salt(connection: Connection, day: int) -> bytes:
    asked = "SELECT salt FROM form_salts WHERE day = %s"
    row = connection.execute(asked, (day,)).fetchone()
    if row is None:
        connection.execute("DELETE FROM form_salts WHERE day <> %s", (day,))
        fresh = (day, secrets.token_bytes(32))
        connection.execute("INSERT INTO form_salts VALUES (%s, %s) ON CONFLICT DO NOTHING", fresh)
        row = connection.execute(asked, (day,)).fetchone()
    assert row is not None
    return bytes(row[0])
