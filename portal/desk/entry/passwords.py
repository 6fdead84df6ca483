"""Staff passwords: Argon2id, the only door to argon2.

A sign-in costs 64 MiB for a third of a second; a semaphore keeps many at once from taking the
machine down, and an unknown user name costs the same as a known one.
"""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import RequestError

MINIMUM = 12
MAXIMUM = 128
_AT_ONCE = 2
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4


class Passwords:
    """Hashes and checks passwords, at most two at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(_AT_ONCE)
        self._nobody = ""

    def hash(self, password: str) -> str:
        """The hash to keep."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password is right; None stands for an unknown user and takes as long."""
        with self._turn:
            if not self._nobody:
                self._nobody = self._hasher.hash(secrets.token_hex())
            try:
                self._hasher.verify(kept or self._nobody, password[:MAXIMUM])
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None


def check_strength(password: str, username: str) -> None:
    """Refuse what is short or made of the user name (ASVS 6.2.1); no composition rules."""
    if not MINIMUM <= len(password) <= MAXIMUM:
        raise RequestError(f"密码应为{MINIMUM}至{MAXIMUM}个字符，可以是一句话")
    if username.lower() in password.lower() or len(set(password)) < MINIMUM // 2:
        raise RequestError("密码过于简单：不要包含用户名，也不要只用少数几个字符重复")


def generate() -> str:
    """A password to hand over once: 20 characters, 100 bits, without look-alikes."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
