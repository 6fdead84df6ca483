"""Without the library of the object store, whatever asks for it says what to install."""

import inspect
import sys

import pytest

from portal.errors import RequestError
from portal.sealed.object_store import ObjectStore

GIVEN = {"source": b"", "data": b"", "first": 1, "most": 1, "headers": {}, "names": ["a"]}
ACTS = sorted(
    name
    for name, act in inspect.getmembers(ObjectStore, inspect.isfunction)
    if not name.startswith("_")
)


@pytest.mark.parametrize("name", ACTS)
def test_a_library_that_is_missing_is_told_by_every_act(monkeypatch, name):
    for module in ("obstore", "obstore.store", "obstore.exceptions"):
        monkeypatch.setitem(sys.modules, module, None)
    store = ObjectStore("bucket", setting="PORTAL_DELIVERY")
    act = getattr(store, name)
    needed = inspect.signature(act).parameters.values()
    given = [GIVEN.get(p.name, "a") for p in needed if p.default is p.empty]

    def use():
        return list(act(*given) or ())  # chunks come one at a time

    with pytest.raises(RequestError, match=r"PORTAL_DELIVERY.*pip install .*\[store\]"):
        use()
