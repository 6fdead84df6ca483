"""A small sealed file as whoever opens it reads it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.errors import SealError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A small sealed file; who can write to a carried folder can put anything there."""

    path: Path

    def read(self, most: int) -> bytes:
        """All of it; SealError for more than `most` bytes or what is no plain file."""
        found = self.path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise SealError("不是答复的信封")
        return self.path.read_bytes()
