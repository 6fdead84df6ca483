"""Asking for what is typed and never kept; writing what nobody else may read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from portal.config.common import text
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def ask_for(variable: str) -> Callable[[str], str]:
    """What asks at the terminal, unless the environment has the answer."""

    def ask(prompt: str) -> str:
        return text(variable) or str(click.prompt(prompt.rstrip("："), hide_input=True))

    return ask


def write_closed(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600, durably; RequestError where there is one."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise RequestError(f"{path} 已存在，不会覆盖") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
