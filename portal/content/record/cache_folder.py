"""The folder of the record: what lies in it is unpacked like a module of the program is loaded."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS_WRITE = 0o022


def own_folder(folder: Path) -> None:
    """Make sure that nobody but the program's own user could write what is read from a folder.

    One that belongs to another user, or that others may write to, is dropped and made anew: its
    loss costs one full build. OSError when that cannot be done.
    """
    try:
        found = folder.stat()
    except FileNotFoundError:
        pass
    else:
        if not hasattr(os, "geteuid"):  # Windows: the rights of the folder above hold
            return
        if found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE:
            return
        shutil.rmtree(folder)
    for missing in reversed([one for one in (folder, *folder.parents) if not one.is_dir()]):
        missing.mkdir(mode=0o700, exist_ok=True)  # `parents=True` leaves those above open
