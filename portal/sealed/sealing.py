"""Sealing: header in the clear, container encrypted to the office's key and the escrow key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from portal.errors import SealError
from portal.sealed.envelope import write_head
from portal.sealed.suites import suite_for

if TYPE_CHECKING:
    from portal.sealed.envelope import Header
    from portal.sealed.suites import Suite


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was written: size in bytes and SHA-256 in hex of the whole envelope."""

    size: int
    sha256: str


class _Counting:
    """A writer that counts and hashes what passes through."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += len(data)
        return self._target.write(data)

    def flush(self) -> None:
        self._target.flush()

    def result(self) -> Sealed:
        return Sealed(self.size, self._digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals to a fixed set of public keys, by the suite that they are of; holds no secret."""

    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.recipients:
            raise SealError("没有收件公钥，不能封装")

    @property
    def suite(self) -> Suite:
        """The suite of the keys; SealError where they are of two."""
        return suite_for(self.recipients)

    def seal(self, header: Header, content: BinaryIO, target: BinaryIO) -> Sealed:
        """Write a whole envelope to `target`; raises SealError, after which `target` is useless."""
        counting = _Counting(target)
        suite = self.suite
        write_head(header, counting, suite.name)  # type: ignore[arg-type]
        suite.seal(content, counting, self.recipients)  # type: ignore[arg-type]
        return counting.result()
