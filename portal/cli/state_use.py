"""What each command has to do with the state folder, asked in one place before it runs.

A newer program's state is left alone by all but those that never touch it; a folder that no service
ever worked in is no state but a disk that is not mounted, or a wrong folder, to what runs from a
timer; and root, whose files would stop the service later, works on no state of another user.
"""

from __future__ import annotations

import os
from contextlib import suppress
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MADE_AGAIN = frozenset({"cache", "error.log"})


class Use(Enum):
    """How a command uses the state folder."""

    NONE = "touches none; the doctor tells of each"
    READS = "reads one that is there, and keeps at most caches in it"
    BEGINS = "may begin one, and then notes its version"
    NEEDS = "works in one that was begun, never begins one"


USES = {
    "annex check": Use.NONE,
    "annex write": Use.NONE,
    "audit restored": Use.NEEDS,
    "audit verify": Use.NEEDS,
    "backup": Use.NEEDS,
    "build": Use.READS,
    "collect": Use.NEEDS,
    "correct": Use.BEGINS,
    "demo": Use.NONE,
    "desk": Use.BEGINS,
    "desk-user add": Use.BEGINS,
    "desk-user allow": Use.NEEDS,
    "desk-user disable": Use.NEEDS,
    "desk-user reset": Use.NEEDS,
    "doctor": Use.NONE,
    "drafts": Use.READS,
    "drill": Use.NONE,
    "edition new": Use.NONE,
    "extend": Use.BEGINS,
    "import": Use.BEGINS,
    "init": Use.NONE,
    "keys backup": Use.NONE,
    "keys destroy": Use.READS,
    "keys escrow": Use.BEGINS,
    "keys list": Use.READS,
    "keys new": Use.BEGINS,
    "keys recover": Use.READS,
    "lint": Use.READS,
    "new": Use.BEGINS,
    "preview": Use.READS,
    "publications": Use.NEEDS,
    "publish": Use.BEGINS,
    "redact": Use.READS,
    "restore": Use.NONE,
    "revise": Use.BEGINS,
    "serve": Use.BEGINS,
    "setup": Use.NONE,
    "verify": Use.READS,
    "window": Use.NONE,
    "withdraw": Use.BEGINS,
}
"""Every command; one that is not named here does not run."""


def watched(command: click.Command, name: str) -> click.Command:
    """The command with its question before it, and with all below it."""
    if isinstance(command, click.Group):
        for below, one in command.commands.items():
            watched(one, f"{name} {below}")
        return command
    callback = command.callback
    if callback is not None and not hasattr(callback, "__wrapped__"):
        command.callback = _asking(callback, USES[name])
    return command


def _asking(callback: Callable[..., Any], use: Use) -> Callable[..., Any]:
    @wraps(callback)
    def asked(*args: object, **given: object) -> object:
        if use is Use.NONE:
            return callback(*args, **given)
        from portal.config.common import Paths
        from portal.config.state_version import is_used, refuse_owner, require_used

        state = Paths().state
        refuse_owner(state, _user())
        (require_used if use is Use.NEEDS else is_used)(state)
        done = callback(*args, **given)
        if use is Use.BEGINS:
            _note(state)
        return done

    return asked


def _user() -> int:
    """Who runs it; Windows has no numbers for that."""
    return os.geteuid() if hasattr(os, "geteuid") else -1


def _note(state: Path) -> None:
    """Note the version where something lies now that cannot be made again."""
    from portal.config.state_version import accept_state

    with suppress(FileNotFoundError):
        if any(path.name not in _MADE_AGAIN for path in state.iterdir()):
            accept_state(state)
