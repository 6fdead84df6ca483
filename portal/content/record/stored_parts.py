"""The parts of the content in a store, each packed by itself."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Protocol

from portal.content.parts import NAMES, Parts

if TYPE_CHECKING:
    from portal.content.record.changes import Changes, Folders


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


def renew_parts(
    store: Facts, folders: Folders, changes: Changes
) -> tuple[Parts | None, Parts, set[str]]:
    """Bring the parts of a store up to date: those before, those now, the names of what differs."""
    before = None if changes.everything else stored_parts(store)
    if before is not None and not (changes.content or changes.ledger):
        return before, before, set()
    now = folders.load_parts(before, content=changes.content)
    names = NAMES if changes.content else ("ledger",)
    differ = {n for n in names if before is None or before.part(n) != now.part(n)}
    for name in differ:
        store.put(f"parts {name}", pickle.dumps(now.part(name)))
    return before, now, differ
