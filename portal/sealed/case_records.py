"""What the public side keeps of an envelope that the desk has taken: `cases/<name>.json`.

Of an objection its header line, so that a look-up still knows the case. Of a later message also the
SHA-256 of the whole envelope, so that the same sent once more is known for what it is.
"""

from __future__ import annotations

from portal.errors import SealError
from portal.sealed.envelope import HEADER_LIMIT, Header, parse_header

_DIGITS = 64
RECORD_LIMIT = HEADER_LIMIT + 1 + _DIGITS
"""Bytes of a header line, a line end and a digest."""


def record_of(header: Header, sha256: str) -> bytes:
    """What is kept of an envelope."""
    return header.line() if header.kind == "objection" else header.line() + f"\n{sha256}".encode()


def read_record(data: bytes) -> tuple[Header, str]:
    """Header and SHA-256 of a later message that was taken; SealError."""
    line, _, sha256 = data.partition(b"\n")
    if len(sha256) != _DIGITS:
        raise SealError("已收取内容的记录无法识别")
    return parse_header(line), sha256.decode("ascii", "replace")
