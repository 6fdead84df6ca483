"""New files that only their owner may read, never in the place of another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portal.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
"""How a file is opened that must not be there yet; without O_BINARY Windows changes line ends."""


def write_closed(path: Path, data: bytes, taken: str = "") -> None:
    """Write a new file of mode 0600, durably; RequestError, which `taken` words, for one there."""
    try:
        descriptor = os.open(path, NEW_FILE, 0o600)
    except FileExistsError as error:
        raise RequestError(taken or f"{path} 已存在，不会覆盖") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
