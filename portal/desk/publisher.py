"""The desk's side of publications: the key that is held, the child process that does the work.

The job runs in a process of its own (`portal publications --run`): a build takes all cores and
forks, and whatever becomes of it the desk stays. The key goes to it over a pipe, never to a disk.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from portal.editorial.under_way import (
    Progress,
    Publication,
    publications,
    tell_lapses,
    tell_late,
    work_due,
)
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from portal.editorial.held_key import HeldKey
    from portal.editorial.review import Reviews
    from portal.ledger.signing import SigningKey

_log = logging.getLogger("portal.desk")
_WARM_FOR = timedelta(minutes=10)
_HELD_FOR = timedelta(hours=8)
"""How long the key is held at least: a working day, as a session lasts."""
_DONE_WITHIN = timedelta(hours=1)
"""After the time of a scheduled publication: what failed was tried several times by then."""


@dataclass
class Publisher:
    """Publications of one desk, with journals below `root`.

    `environment` tells the process where this desk has its files.
    """

    reviews: Reviews
    root: Path
    held: HeldKey
    environment: Mapping[str, str] = field(default_factory=dict)
    _child: subprocess.Popen[bytes] | None = None
    _former: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _warm: subprocess.Popen[bytes] | None = None
    _warm_until: datetime | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    def all(self, at: datetime) -> tuple[Publication, ...]:
        """Every publication, the newest sign-off last."""
        return publications(self.reviews, self.root, at)

    def wants_key(self, at: datetime) -> bool:
        """Whether something waits for the ledger's key to be unlocked."""
        return self.held.key(at) is None and work_due(self.reviews, self.root, at)

    def will_want_key(self, at: datetime) -> datetime | None:
        """The earliest time of a publication at which the key will not be held any more."""
        waits = (one.due for one in self.all(at) if one.progress is Progress.SCHEDULED)
        return min((due for due in waits if not self.held.lasts(at, due)), default=None)

    def unlock(self, passphrase: str, at: datetime) -> None:
        """Hold the key for a working day, or until what is scheduled now is done; RequestError."""
        waits = [one.due for one in self.all(at) if one.progress is Progress.SCHEDULED]
        until = max([at + _HELD_FOR, *(due + _DONE_WITHIN for due in waits)])
        self.held.unlock(passphrase, until)

    def warm(self, at: datetime) -> None:
        """Load a process that waits for its key: call it when the page of the sign-off opens.

        Loading takes longer than most of what is then to be done. It ends after ten minutes.
        """
        if not self.held.path.exists():
            return
        with self._lock:
            if self._warm is None or self._warm.poll() is not None:
                self._warm = self._begin()
            self._warm_until = at + _WARM_FOR

    def start(self, at: datetime, *, patient: bool = False) -> bool:
        """Begin what is due, in a process beside the desk; False while the key is locked.

        A process at work goes on; the one begun now waits for it and then looks what is left.
        """
        key = self.held.key(at)
        if key is None:
            return False
        with self._lock:
            if self._child is not None and self._child.poll() is None and patient:
                return True
            self._former = [one for one in (*self._former, self._child) if one and _runs(one)]
            ready, self._warm = self._warm, None
            fresh = ready is None or ready.poll() is not None or patient
            self._child = self._begin(patient=patient) if fresh or ready is None else ready
            _hand_over(self._child, key)
        return True

    def wait(self, seconds: float) -> int | None:
        """Wait for every process begun; the exit status of the last, None while one runs."""
        status = 0
        for child in (*self._former, self._child):
            try:
                status = child.wait(seconds) if child else status
            except subprocess.TimeoutExpired:
                return None
        return status

    def _begin(self, *, patient: bool = False) -> subprocess.Popen[bytes]:
        closed_folder(self.root)
        command = [sys.executable, "-m", "portal", "publications", "--run", "--key-stdin"]
        command += ["--patient"] if patient else []
        path = os.pathsep.join(filter(None, sys.path))
        with (self.root / "last.log").open("wb") as told:
            return subprocess.Popen(  # noqa: S603 - a fixed command, without a shell
                command,
                stdin=subprocess.PIPE,
                stdout=told,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment | {"PYTHONPATH": path},
                start_new_session=True,  # Ctrl+C at the desk stops no publication half-way
            )

    def close(self) -> None:
        """End a process that waits for a key; one at work goes on without the desk."""
        with self._lock:
            if self._warm is not None:
                assert self._warm.stdin is not None
                self._warm.stdin.close()
                self._warm.wait()
                self._warm = None

    def _cool(self, at: datetime) -> None:
        """End a process that waited in vain: without a key it does nothing."""
        if self._warm_until is not None and at > self._warm_until:
            self._warm_until = None
            self.close()

    def round(self, at: datetime) -> None:
        """What the desk does every few seconds: begin what is due, tell what is late or lapsed."""
        self._cool(at)
        tell_lapses(self.reviews, at)
        tell_late(self.reviews, self.root, at)
        if work_due(self.reviews, self.root, at):
            self.start(at, patient=True)


def _runs(child: subprocess.Popen[bytes]) -> bool:
    return child.poll() is None


def _hand_over(child: subprocess.Popen[bytes], key: SigningKey) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(key.private.private_bytes_raw().hex().encode())
        child.stdin.close()
    except BrokenPipeError:
        _log.warning("a publication process ended at once; its log says why")
