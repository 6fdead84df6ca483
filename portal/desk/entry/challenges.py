"""Challenges for passkeys: each is for one purpose, good for five minutes, and answered once.

They carry their own time and seal, so that asking for many fills nothing. The seal's key lives as
long as the process: after a start no challenge from before is taken, used or not.
"""

from __future__ import annotations

import hmac
import secrets
from threading import Lock

GOOD_FOR = 300  # seconds
_TIME, _NONCE = 8, 16


class Challenges:
    """Makes challenges and takes each back once."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: dict[bytes, int] = {}
        self._lock = Lock()

    def issue(self, purpose: str, now: float) -> bytes:
        """A fresh challenge; `now` in seconds."""
        head = int(now).to_bytes(_TIME, "big") + secrets.token_bytes(_NONCE)
        return head + self._seal(head, purpose)

    def use(self, challenge: bytes, purpose: str, now: float) -> bool:
        """Whether it is ours, for this purpose, not too old, and new; used up with the answer."""
        head, seal = challenge[: _TIME + _NONCE], challenge[_TIME + _NONCE :]
        if not hmac.compare_digest(seal, self._seal(head, purpose)):
            return False
        made = int.from_bytes(head[:_TIME], "big")
        if not 0 <= int(now) - made <= GOOD_FOR:
            return False
        with self._lock:
            self._used = {one: at for one, at in self._used.items() if now - at <= GOOD_FOR}
            if head in self._used:
                return False
            self._used[head] = made
        return True

    def _seal(self, head: bytes, purpose: str) -> bytes:
        return hmac.digest(self._key, head + purpose.encode(), "sha256")
