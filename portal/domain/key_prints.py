"""Fingerprints of public keys, as people compare them."""

from __future__ import annotations

import hashlib


def fingerprint(key: str) -> str:
    """A public key as people compare it: 32 hex digits of its SHA-256 in groups of four."""
    digits = hashlib.sha256(key.encode()).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
