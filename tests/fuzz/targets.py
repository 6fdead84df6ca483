"""What can be fuzzed, by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import contents
from tests.fuzz.apps import Finding, desk_findings, public_findings


@dataclass(frozen=True)
class Target:
    """`run(folder, seed, count)` yields what failed; `batch` is a count that takes some seconds."""

    run: Callable[[Path, int, int], Iterator[Finding]]
    batch: int


TARGETS = {
    "attachments": Target(contents.attachments, 300),
    "desk": Target(desk_findings, 1000),
    "envelopes": Target(contents.envelopes, 300),
    "lists": Target(contents.lists, 200),
    "notices": Target(contents.notices, 100),
    "public": Target(public_findings, 1000),
}
