"""What lies in the box for the holder of a code, still sealed: the page opens it.

A stream: a line of JSON, then for each letter a line `<kind> <bytes>` and its bytes, then a last
line, `end 0`, or `cut 0` where there is more than goes into one answer. Kinds: `answer`, in order;
`beside`, who has looked and copies of the own words, in no order.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portal.errors import SealError
from portal.submission.replies import LARGEST, MOST_BESIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portal.sealed.boxes import Stored

MOST = 32 * 1024 * 1024
"""Bytes of letters in one answer; 1,000 ordinary ones."""


def letters(
    told: Mapping[str, Any], answers: Sequence[Stored], beside: Sequence[Stored]
) -> Iterator[bytes]:
    """The stream, one letter in memory at a time.

    As where the server opens them, an answer that cannot be read ends the answers, and what lies
    beside hides nothing.
    """
    yield json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    left = MOST
    for kind, each in (("answer", answers), ("beside", beside[:MOST_BESIDE])):
        for stored in each:
            try:
                data = stored.read(LARGEST)
            except (SealError, FileNotFoundError):
                if kind == "answer":
                    break
                continue
            left -= len(data)
            if left < 0:
                yield b"cut 0\n"
                return
            yield f"{kind} {len(data)}\n".encode() + data
    yield b"end 0\n"
