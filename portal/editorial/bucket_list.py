"""What stands in a version of a site in a bucket, and the list of it.

{"format": "portal-site-list/2",
"files": {"index.html": [SHA-256, bytes, {header: value}, the store's tag, Unix time]}}
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.domain.served import served_as
from portal.sealed.object_store import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_FORMAT = "portal-site-list/2"
_AT_ONCE = 16


class Kept(NamedTuple):
    """SHA-256, bytes and headers: what has the same is the same object."""

    sha256: str
    size: int
    headers: tuple[tuple[str, str], ...]


class Noted(NamedTuple):
    """A file of a version, with what the store's list said of it once it was there."""

    kept: Kept
    listed: Listed


def files_of(site: Path) -> dict[str, Kept]:
    """Every file that is public; hidden ones are not."""
    found = {}
    for root, names, files in os.walk(site):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                path = Path(root) / name
                found[path.relative_to(site).as_posix()] = path
    kept = together(lambda path: _kept(path, found[path]), found)
    return dict(zip(found, kept, strict=True))


def _kept(path: str, place: Path) -> Kept:
    with place.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Kept(sha256, file.tell(), tuple(sorted(served_as(path).items())))


def md5_of(place: Path) -> str:
    """The MD5 of a file in hexadecimal, which most stores give as the tag of an object."""
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        return digest.hexdigest()


def written_list(files: Mapping[str, Kept], there: Mapping[str, Listed]) -> bytes:
    """The list of a version, as it lies in the bucket."""
    noted = {
        path: [kept.sha256, kept.size, dict(kept.headers), there[path].tag, there[path].at]
        for path, kept in files.items()
    }
    return json.dumps({"format": _FORMAT, "files": noted}, ensure_ascii=False).encode()


def read_list(data: bytes) -> dict[str, Noted]:
    """The files of a list; none where it cannot be read, so that all are sent again."""
    try:
        files = json.loads(data)["files"]
        return {
            path: Noted(
                Kept(sha256, size, tuple(sorted(headers.items()))), Listed(size, tag, float(at))
            )
            for path, (sha256, size, headers, tag, at) in files.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def together(act: Callable[[str], Any], names: Iterable[str]) -> list[Any]:
    """Do it for all of them, several at once; the first failure ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as several:
        try:
            return list(several.map(act, names))
        except BaseException:
            several.shutdown(cancel_futures=True)
            raise
