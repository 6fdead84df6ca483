"""Plain tar: an archive of plain files, held in memory; whatever else tar knows is refused.

A library's reader would follow sparse maps: a 3 KB envelope became 6 GB. An envelope holds nothing
but ordinary members with short names, so this reads those, each a piece of what is there.
"""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from portal.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = tarfile.BLOCKSIZE
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_LINK, _PREFIX = slice(157, 257), slice(345, 500)
_FAULT = "信封内容的格式不符"


def plain_members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member, in order; SealError for anything that is no plain file."""
    at = 0
    while head := archive[at : at + _BLOCK].rstrip(b"\0"):
        head = head.ljust(_BLOCK, b"\0")
        name, size = _header(head)
        at += _BLOCK
        content = archive[at : at + size]
        if len(content) < size:
            raise SealError(_FAULT)
        yield name, content
        at += size + -size % _BLOCK


def _header(head: bytes) -> tuple[str, int]:
    try:
        info = tarfile.TarInfo.frombuf(head, "ascii", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise SealError(_FAULT) from error
    plain = info.type in _PLAIN and not any(head[_LINK]) and not any(head[_PREFIX])
    if not plain or info.size < 0 or "\0" in info.name:
        raise SealError(_FAULT)
    return info.name, info.size
