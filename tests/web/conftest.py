"""A store for what nginx serves from a bucket."""

from tests.objectstore import store_server

__all__ = ["store_server"]
