"""The parts of the content in a store, each packed by itself."""

from __future__ import annotations

import pickle
from typing import Any, Protocol

from portal.content.parts import NAMES, Parts


class Facts(Protocol):
    """Where packed parts are kept by name."""

    def get_bytes(self, key: str) -> bytes:
        """What was kept, or nothing."""

    def put(self, key: str, value: bytes) -> None:
        """Keep something."""


def stored_parts(store: Facts) -> Parts:
    """The parts as a store has them now; each is unpacked when it is first asked for."""
    packed = {name: store.get_bytes(f"parts {name}") for name in NAMES}

    def unpack(name: str) -> Any:
        # Written by this program into its own cache, like a compiled module.
        return pickle.loads(packed[name])  # noqa: S301

    return Parts(unpack)


def put_parts(store: Facts, parts: Parts) -> None:
    """Keep the parts."""
    for name in NAMES:
        store.put(f"parts {name}", pickle.dumps(parts.part(name)))
