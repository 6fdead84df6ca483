"""Benchmark of the static build against Hugo: `make bench`; not part of the tests."""
