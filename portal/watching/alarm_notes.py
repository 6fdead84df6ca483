"""What each address was told last: noted in two places, written over in place.

The note is always of the same size and never moves: once it is there, a full disk does not keep it
from being written. The second place lies elsewhere, for a state folder that is gone or read only.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

_SIZE = 16 * 1024
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_CLOSED = stat.S_IRWXU


@dataclass(frozen=True, slots=True)
class Told:
    """What one address heard last: titles by the names of faults, and when."""

    faults: dict[str, str]
    at: datetime


@dataclass(slots=True)
class Memory:
    """Everything that is noted; `former` is what an earlier version told all addresses alike."""

    turn: int = 0
    told: dict[str, Told] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    former: Told | None = None

    def of(self, address: str) -> Told | None:
        """What an address heard last; None for one that never heard anything."""
        return self.told.get(address, self.former)


def second_place(state: Path, runtime: str) -> Path | None:
    """Where notes are kept besides the state folder: the unit's own folder, else one in /tmp.

    None where that cannot be made, or is somebody else's.
    """
    if not runtime and os.name != "posix":
        return None
    try:
        if runtime:
            folder = Path(runtime.split(":", 1)[0])
        else:
            folder = Path(os.environ.get("TMPDIR") or "/tmp") / f"portal-alarm-{os.getuid()}"  # noqa: S108 - closed below
            folder.mkdir(mode=_CLOSED, exist_ok=True)
        seen = folder.lstat()
        closed = stat.S_ISDIR(seen.st_mode) and not stat.S_IMODE(seen.st_mode) & ~_CLOSED
        if not closed or seen.st_uid != os.getuid():
            return None
    except OSError:
        return None
    name = hashlib.sha256(os.fsencode(state.absolute())).hexdigest()[:16]
    return folder / f"{name}.sent.json"


@dataclass(frozen=True, slots=True)
class AlarmNotes:
    """The same note in each of several places; of those that can be read the latest counts."""

    places: tuple[Path, ...]

    def read(self) -> Memory:
        """The latest note; an empty one where there is none, or none that can be read."""
        return max((_read(place) for place in self.places), key=lambda found: found.turn)

    def keep(self, memory: Memory, now: datetime) -> bool:
        """Note it in every place that takes it; false where none did."""
        memory.turn = max(memory.turn + 1, int(now.timestamp()))  # also where one place was lost
        return sum(_written(place, _packed(memory)) for place in self.places) > 0


def _packed(memory: Memory) -> bytes:
    told = {
        address: {"faults": one.faults, "at": one.at.isoformat()}
        for address, one in memory.told.items()
    }
    kept = {"turn": memory.turn, "told": told, "refused": memory.refused}
    return json.dumps(kept).encode()


def _written(place: Path, data: bytes) -> bool:
    try:
        descriptor = os.open(place, _FLAGS, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            size = max(os.fstat(descriptor).st_size, -(-len(data) // _SIZE) * _SIZE)
            file.write(data.ljust(size))
            file.flush()
            os.fsync(descriptor)
    except OSError:
        return False
    return True


def _read(place: Path) -> Memory:
    try:
        kept = json.loads(place.read_bytes())
        if "told" not in kept:
            names = {str(name): str(name) for name in kept["names"]}
            return Memory(former=Told(names, _moment(kept["at"])))
        told = {
            str(address): Told(dict(one["faults"]), _moment(one["at"]))
            for address, one in kept["told"].items()
        }
        return Memory(int(kept["turn"]), told, dict(kept["refused"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Memory()


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at
