"""Proof of work, asked only when a quota is used up; the one door to altcha.

The library accepts a solution any number of times, so each challenge is counted once in the quotas.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import altcha

from portal.submission.counters import Limit

if TYPE_CHECKING:
    from portal.submission.counters import Counters

# About two seconds in a browser on an office PC, a fraction of a millisecond to check.
_ITERATIONS = 1000
_LEAST, _MOST = 1000, 2000
_VALID = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Work:
    """Sets and accepts challenges for one purpose each."""

    secret: str

    def _keys(self) -> tuple[str, str]:
        return f"{self.secret} challenge", f"{self.secret} solution"

    def challenge(self, purpose: str, now: datetime, iterations: int = _ITERATIONS) -> str:
        """A challenge as JSON, for the script."""
        signing, solving = self._keys()
        made = altcha.create_challenge(
            "PBKDF2/SHA-256",
            iterations,
            counter=_LEAST + secrets.randbelow(_MOST - _LEAST),
            data={"purpose": purpose, "issued": int(now.timestamp())},
            hmac_secret=signing,
            hmac_key_secret=solving,
        )
        return json.dumps(made.to_dict())

    def accept(self, payload: str, purpose: str, now: datetime, quotas: Counters) -> bool:
        """Whether a solution is right, fresh, for this purpose, and used for the first time."""
        signing, solving = self._keys()
        result = altcha.verify_solution(payload[:8000], signing, hmac_key_secret=solving)
        if not result.verified:
            return False
        parameters = altcha.Payload.from_base64(payload).challenge.parameters
        signed = parameters.data or {}
        issued = datetime.fromtimestamp(signed.get("issued", 0), UTC)
        fresh = timedelta() <= now - issued + timedelta(seconds=1) <= _VALID
        if signed.get("purpose") != purpose or not fresh:
            return False
        name = hashlib.sha256(parameters.nonce.encode()).hexdigest()
        # Counted in the hour of issue, so that the turn of an hour does not allow a second use.
        return quotas.take([Limit(f"work:{name}", 1, "")], issued) is None
