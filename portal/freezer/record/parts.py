"""Parts: the content besides the notices, kept in the store part by part.

A small build shows few of them, and unpacking the self-check or the forms takes more modules and
time than the page of a notice.
"""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from portal.content.catalogue import Catalogue

if TYPE_CHECKING:
    from portal.freezer.record.store import Store

_NONE = pickle.dumps(None)
_NAMES = frozenset(field.name for field in fields(Catalogue)) - {"notices"}


class StoredParts(Catalogue):
    """The parts as a store has them; each is unpacked when it is first asked for."""

    def __init__(self, store: Store) -> None:
        packed = {name: store.get_bytes(f"parts {name}") for name in _NAMES}
        self.__dict__.update(notices=(), _packed=packed)

    def __getattribute__(self, name: str) -> Any:
        if name in _NAMES:
            found = super().__getattribute__("__dict__")
            if name not in found:
                # Written by this program into its own cache, like a compiled module.
                found[name] = pickle.loads(found["_packed"].pop(name))  # noqa: S301
        return super().__getattribute__(name)

    @property
    def has_self_check(self) -> bool:
        """Whether the site has a self-check: every page asks, so it is not unpacked for that."""
        found = self.__dict__
        if "self_check" in found:
            return found["self_check"] is not None
        return bool(found["_packed"]["self_check"] != _NONE)


def put_parts(store: Store, parts: Catalogue) -> None:
    """Keep the parts."""
    for name in _NAMES:
        store.put(f"parts {name}", pickle.dumps(getattr(parts, name)))
