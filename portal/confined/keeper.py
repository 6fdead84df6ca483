"""Keeper: a clean process that forks one confined process for each job and throws it away after.

It never looks into the bytes itself, and no two files meet in one process. It is started by
`portal.confined.examining` and ends with it: its standard input is the pool's pipe.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from portal.confined import fences
from portal.confined.frames import ANSWER, Code, Job, read_job

if TYPE_CHECKING:
    from collections.abc import Callable

START = (
    "import sys; sys.path[:] = sys.argv[3].split(sys.argv[2]); "
    "from portal.confined.keeper import main; main()"
)
"""What `python -c` runs, with stage, separator, sys.path and the readable places as arguments."""

_CHUNK = 64 * 1024
_DESCRIPTORS = 4096
_GRACE = 2  # seconds: the limit of one core's time comes first


class _GoneError(Exception):
    """The pool has ended."""


def main() -> None:
    """Put up the fences and work until nobody sends any more."""
    stage, separator, paths, places, packages = sys.argv[1:6]
    if stage == "outside" and fences.leave_network():
        # Started anew, it has no rights in its own namespaces either.
        flags = [sys.executable, "-I", "-B", "-X", "utf8", "-c", START]
        os.execv(sys.executable, [*flags, "inside", separator, paths, places, packages])  # noqa: S606
    for package in packages.split(separator):
        importlib.import_module(package)
    nothing = os.open(os.devnull, os.O_RDWR)
    fences.read_only(places.split(separator))
    forking = hasattr(os, "fork")
    with contextlib.suppress(_GoneError, BrokenPipeError):
        while (job := read_job(sys.stdin.buffer)) is not None:
            code, payload = _forked(job, nothing) if forking else _worked(job)
            sys.stdout.buffer.write(ANSWER.pack(code.encode(), len(payload)) + payload)
            sys.stdout.buffer.flush()
            if not forking:
                return


def _worked(job: Job) -> tuple[Code, bytes]:
    """Do the job in this process."""
    try:
        value = _function(job.target)(job.data)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return Code.RESULT, text.encode("utf-8", "replace")
    except MemoryError:
        return Code.MEMORY, b""
    except Exception as error:  # noqa: BLE001 - a damaged file raises whatever its parser meets
        return Code.FAILED, type(error).__name__.encode()


def _function(target: str) -> Callable[[Any], Any]:
    module, _, name = target.partition(":")
    found: Callable[[Any], Any] = getattr(importlib.import_module(module), name)
    return found


def _forked(job: Job, nothing: int) -> tuple[Code, bytes]:
    try:
        _function(job.target)  # what the task needs is imported here, once for all jobs
    except Exception as error:  # noqa: BLE001 - told like a failure of the task
        return Code.FAILED, type(error).__name__.encode()
    inner, outer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inner)
        _confined(job, outer, nothing)
    os.close(outer)
    try:
        code, payload = _collected(inner, job)
    finally:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(inner)
    if payload:
        return code, payload
    return (_ending(status) if code is Code.DIED else code), b""


def _confined(job: Job, outer: int, nothing: int) -> None:
    """The forked process: nothing of the keeper's stays open but the pipe for the answer."""
    try:
        for standard in (0, 1):
            os.dup2(nothing, standard)
        # Libraries keep files open as well: libffi, from 3.5 on, its own.
        os.closerange(3, outer)
        os.closerange(outer + 1, _DESCRIPTORS)
        fences.limit(job.limits)
        fences.forbid_calls()
        code, payload = _worked(job)
        answer = memoryview(code.encode() + payload)
        while answer:
            answer = answer[os.write(outer, answer) :]
        os._exit(0)
    finally:
        os._exit(1)


def _collected(inner: int, job: Job) -> tuple[Code, bytes]:
    """The child's answer, as far as time and size allow; ends when the pool is gone."""
    deadline = time.monotonic() + job.limits.seconds + _GRACE
    parts: list[bytes] = []
    left = job.limits.output + 1
    while True:
        ready, _, _ = select.select([inner, 0], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return Code.TIME, b""
        if 0 in ready:  # the pool never sends ahead: this is its end
            raise _GoneError
        part = os.read(inner, min(_CHUNK, left + 1))
        left -= len(part)
        if left < 0:
            return Code.OUTPUT, b""
        if not part:
            return _split(b"".join(parts))
        parts.append(part)


def _split(answer: bytes) -> tuple[Code, bytes]:
    try:
        return Code(answer[:1].decode("ascii")), answer[1:]
    except ValueError:
        return Code.DIED, b""


def _ending(status: int) -> Code:
    """Why a child left no answer: its limit of time, or something worse."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return Code.TIME
    return Code.DIED
