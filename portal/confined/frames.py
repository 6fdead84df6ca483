"""Frames: what goes between a pool and its keepers; lengths first, then JSON and the bytes."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import BinaryIO

_REQUEST = struct.Struct("!II")
ANSWER = struct.Struct("!cI")


class Code(StrEnum):
    """How a job ended."""

    RESULT = "R"
    TIME = "T"
    MEMORY = "M"
    OUTPUT = "O"
    DIED = "D"
    FAILED = "F"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use: seconds (also of one core's time), bytes of memory and of answer."""

    seconds: int = 20
    memory: int = 768 * 1024 * 1024
    output: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Job:
    """A function as `module:name`, the bytes to give it, and its limits."""

    target: str
    data: bytes
    limits: Limits


def named(name: str, data: bytes) -> bytes:
    """Bytes with their file's name before them, for a task that speaks of it."""
    return b"".join((json.dumps(name).encode(), b"\n", data))


def name_and_data(content: bytes) -> tuple[str, bytes]:
    """What `named` put together."""
    name, _, data = content.partition(b"\n")
    return str(json.loads(name)), data


def write_job(target: BinaryIO, job: Job) -> None:
    """Send a job to a keeper."""
    head = json.dumps({"target": job.target, **asdict(job.limits)}).encode()
    target.write(_REQUEST.pack(len(head), len(job.data)))
    target.write(head)
    target.write(job.data)
    target.flush()


def read_job(source: BinaryIO) -> Job | None:
    """The next job; None when nobody sends any more."""
    start = source.read(_REQUEST.size)
    if len(start) < _REQUEST.size:
        return None
    head_size, size = _REQUEST.unpack(start)
    head = source.read(head_size)
    data = source.read(size)
    if len(data) < size:
        return None
    values = json.loads(head)
    return Job(values.pop("target"), data, Limits(**values))
