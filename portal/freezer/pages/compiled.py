"""Compiled templates kept between builds: compiling them is 13 % of a build of one notice.

What is read is marshalled code, which crashes the interpreter when a byte of it is another. So each
file begins with a sum over the code and the versions that made it; any other file is made anew.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import jinja2
from jinja2 import BytecodeCache

from portal.content.record.notice_store import DamagedRecord, checked, summed

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

_VERSIONS = f"{jinja2.__version__} {sys.version}".encode()


class CompiledTemplates(BytecodeCache):
    """Templates' code in the files of a folder that only the program's user can write to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, where there is a sound one of these versions."""
        with contextlib.suppress(FileNotFoundError, DamagedRecord):
            data = checked((self._folder / bucket.key).read_bytes())
            if data.startswith(_VERSIONS):
                bucket.bytecode_from_string(data[len(_VERSIONS) :])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code; another process may be doing the same."""
        path = self._folder / bucket.key
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(summed(_VERSIONS + bucket.bytecode_to_string()))
        part.replace(path)
