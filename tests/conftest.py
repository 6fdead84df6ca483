"""Fixtures that every part of the tests uses."""

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from tests.sites import MINIMAL, SiteTree

# The machine may be busy: time is measured in the benchmarks, not in examples. Half of what
# Hypothesis takes by itself keeps the whole suite within its twenty minutes on two cores;
# HYPOTHESIS_PROFILE=thorough takes ten times as many.
settings.register_profile("portal", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "portal"))


class Compiled(BytecodeCache):
    """The code of templates, for all apps of a process: a server makes one app, tests thousands.

    Compiling them anew was a quarter of the tests of the desk. A template with another source, or
    of another file, has code of its own; the freezer keeps what it compiled in files as always.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Compiled()}
_compiled = Rule._compile_builder
_builders: dict[tuple[object, ...], object] = {}


def _compiled_once(self: Rule, append_unknown: bool = True) -> object:
    """What a route's addresses are built with: for each of thousands of apps the same code again.

    Werkzeug compiles it from nothing but the rule's text, where it has no defaults.
    """
    if self.defaults:
        return _compiled(self, append_unknown)
    key = (self.rule, tuple(self._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compiled(self, append_unknown)
    return _builders[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign, assignment]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is neither looked through again nor copied to children.

    Apps, pages and trees are made and dropped by the thousand. Looking for cycles after every 700
    objects was a tenth of the time of the desk's tests; what a cycle keeps open is found all the
    same, some tests later or at the end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """A search index is written to its end before its folder goes and the next test begins.

    Its thread would else fail in nobody's test, or draw from the random numbers of another.
    """
    for thread in threading.enumerate():
        if thread.name == "search-index":
            thread.join(30)


@pytest.fixture
def site_from(tmp_path: Path) -> Callable[..., SiteTree]:
    """Write files given as a string over a minimal valid site: `site_from("-- path --\\n…")`."""

    def build(text: str = "") -> SiteTree:
        (tmp_path / "notices").mkdir(exist_ok=True)
        return SiteTree(tmp_path).write(MINIMAL).write(text)

    return build


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes give no name to a test: those of an archive hold the second in which it was made.

    Two workers that collect in different seconds would refuse to run at all.
    """
    return argname if isinstance(val, bytes) else None
