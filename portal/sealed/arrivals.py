"""Whether the desk takes an envelope that arrived, and where it goes.

It may have the name already, with other bytes. What a page sent once more after it was taken, to a
server that did not remember it, has another time of receipt alone: it is the same message. Any
other later message is kept beside the first, under a name that follows from what it says: it was
acknowledged, so nothing of it may be lost or wait for ever. A second objection under one lookup is
refused, for a person to look at.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from portal.errors import SealError
from portal.sealed.dropbox import SEALED, noted_sum, publish, publish_bytes, sum_of, sum_path
from portal.sealed.envelope import SIZE_LIMIT, read_header

if TYPE_CHECKING:
    from pathlib import Path

    from portal.sealed.dropbox import Sum

_CHUNK = 1 << 20
_ID = 16


def copy_file(tmp: Path, source: Path, target: Path) -> None:
    """Copy by the writing rule."""
    with source.open("rb") as stream:
        publish(tmp, target, lambda out: shutil.copyfileobj(stream, out, 256 * 1024))


def require_whole(path: Path) -> Sum:
    """Size and digest of an envelope that arrived whole, under its own name; else SealError."""
    if path.stat().st_size > SIZE_LIMIT:
        raise SealError("信封超过允许的大小，没有收取")
    with path.open("rb") as stream:
        if f"{read_header(stream).name}{SEALED}" != path.name:
            raise SealError("文件名与信封头部不一致")
    found, noted = sum_of(path), noted_sum(path)
    if noted is not None and noted != found:
        raise SealError("文件不完整，与旁边记载的大小和校验值不符；下次搬运会重新拷贝")
    return found


def place_for(target: Path, arrived: Path, wanted: Sum) -> Path | None:
    """Where an arrived envelope goes, `target` by its name; None for a message that is there.

    SealError for another objection of one lookup.
    """
    if _is_free(target, wanted):
        return target
    with arrived.open("rb") as stream:
        header = read_header(stream)
        if header.kind != "message":
            raise SealError("与已收取的同名信封内容不同")
        said = hashlib.sha256(header.bound.encode())  # without the time of what a page sealed
        while chunk := stream.read(_CHUNK):
            said.update(chunk)
    beside = target.with_name(f"{header.lookup}.{said.hexdigest()[:_ID]}{SEALED}")
    if _is_repeated(target, arrived) or (beside.exists() and _is_repeated(beside, arrived)):
        return None
    return beside


def _is_free(place: Path, wanted: Sum) -> bool:
    """Whether nothing else lies there."""
    return not place.exists() or noted_sum(place) == wanted or sum_of(place) == wanted


def _is_repeated(known: Path, arrived: Path) -> bool:
    """Whether two envelopes are one that a page sealed, received at two times."""
    with known.open("rb") as one, arrived.open("rb") as other:
        header = read_header(other)
        try:
            alike = replace(read_header(one), received=header.received) == header
        except SealError:  # the desk's own is damaged: what arrived is kept beside it
            return False
        if not header.sealed or not alike:
            return False
        while chunk := one.read(_CHUNK):
            if other.read(_CHUNK) != chunk:
                return False
        return not other.read(1)


def keep(tmp: Path, arrived: Path, place: Path, wanted: Sum) -> bool:
    """Copy what is not there, or was cut, with its sum; whether it is new. SealError."""
    fresh = not place.exists()
    if fresh or (noted_sum(place) == wanted and sum_of(place) != wanted):
        copy_file(tmp, arrived, place)
    if sum_of(place) != wanted:
        raise SealError("与已收取的同名信封内容不同")
    if noted_sum(place) != wanted:
        publish_bytes(tmp, sum_path(place), wanted.line())
    return fresh
