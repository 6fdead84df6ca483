"""The object store, which is started once for all tests of a worker."""

from tests.objectstore import store_server  # noqa: F401 - fixture
