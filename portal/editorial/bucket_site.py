"""The public site in a bucket: each version under a prefix of its own, and one pointer.

versions/<number>-<random>/<path>     a whole site, every file with its type and its caching
lists/<number>-<random>.json          what stands there: digest, bytes and headers of every file
current                               the pointer, with the version once more as its metadata

Who serves it (deploy/nginx-bucket.conf) reads the pointer, then files of that version only. What
did not change is copied within the bucket, what did is sent; then the pointer is exchanged, unless
another delivery exchanged it meanwhile (If-Match). A delivery that ends half-way leaves a version
that nothing points to; the next one that succeeds removes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.domain.served import served_as
from portal.errors import RequestError, SealError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portal.sealed.object_store import ObjectStore

CURRENT, VERSIONS, LISTS = "current", "versions", "lists"
_POINTER_FORMAT = "portal-site-pointer/1"
_LIST_FORMAT = "portal-site-list/1"
_KEPT = 2
"""Versions kept beside the current one, for readers and servers that are a moment behind."""
_AT_ONCE = 16
_POINTER_BYTES = 1 << 16
_LIST_BYTES = 1 << 28
_NAME = re.compile(r"([0-9]{8,12})-[0-9a-f]{16}")


class Kept(NamedTuple):
    """SHA-256, bytes and headers: what has the same is the same object."""

    sha256: str
    size: int
    headers: tuple[tuple[str, str], ...]


class UnansweredError(UnreachableError):
    """Whether the pointer was exchanged is not known: the store gave no answer."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """The version that is public, those before it, and the pointer's tag in the store."""

    version: str = ""
    before: tuple[str, ...] = ()
    tag: str = ""

    @property
    def number(self) -> int:
        """How many versions were public until now."""
        return _number(self.version)


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery did: files sent, files copied within the bucket, files that went."""

    version: str
    sent: int = 0
    copied: int = 0
    gone: int = 0
    left_over: bool = False

    def __str__(self) -> str:
        if not self.sent + self.copied + self.gone:
            return f"没有改动，公开的仍是 {self.version}"
        told = (
            f"已换上 {self.version}：送出{self.sent}个文件，"
            f"其余{self.copied}个没有改动，少了{self.gone}个"
        )
        return f"{told}；旧的版本没有清完，下次再清" if self.left_over else told


@dataclass(frozen=True, slots=True)
class BucketSite:
    """The site below a prefix of a bucket."""

    store: ObjectStore

    def deliver(self, site: Path) -> Told:
        """Make what was built public, at one stroke; RequestError, UnreachableError.

        Whatever goes wrong before the stroke, the former version stays as it was.
        """
        self.store.require_swaps()
        before = self.pointer()
        former = self._standing(before.version)
        here = _of(site)
        if here == former:
            return Told(before.version)
        version = f"{before.number + 1:08d}-{secrets.token_hex(8)}"
        try:
            sent = self._fill(site, version, here, before.version, former)
            self._exchange(before, version)
        except UnansweredError:
            raise  # it may still be exchanged
        except BaseException:
            with suppress(UnreachableError, FileNotFoundError):
                self._remove(version)
            raise
        gone = len(former.keys() - here.keys())
        return Told(version, sent, len(here) - sent, gone, left_over=not self._swept(version))

    def pointer(self) -> Pointer:
        """The pointer; without a version where nothing is public yet."""
        try:
            # In this order: a tag that is older than what is read is refused in the exchange.
            tag = self.store.find(CURRENT, 0).tag
            data = self.store.read(CURRENT, _POINTER_BYTES)
        except FileNotFoundError:
            return Pointer()
        except SealError:
            data = b""  # larger than any of ours
        try:
            known = json.loads(data)
            names = [known["version"], *known["before"]]
            ours = known["format"] == _POINTER_FORMAT and all(map(_NAME.fullmatch, names))
        except (ValueError, KeyError, TypeError, RecursionError):
            ours = False
        if not ours:
            raise RequestError(
                f"桶里的 {CURRENT} 不是这一版程序写的，没有动它；"
                "程序较旧时请先升级，否则请检查 PORTAL_DELIVERY_TARGET 的前缀"
            )
        return Pointer(names[0], tuple(names[1:]), tag)

    def read(self, path: str) -> bytes:
        """A public file, from the store itself; FileNotFoundError."""
        version = self.pointer().version
        if not version:
            raise FileNotFoundError(path)
        return b"".join(self.store.chunks(f"{VERSIONS}/{version}/{path}"))

    def _standing(self, version: str) -> dict[str, Kept]:
        """What its list says of a version, as far as the objects are there."""
        if not version:
            return {}
        try:
            data = self.store.read(f"{LISTS}/{version}.json", _LIST_BYTES)
        except (FileNotFoundError, SealError):
            return {}
        sizes = self.store.sizes(f"{VERSIONS}/{version}")
        return {
            path: kept
            for path, kept in _listed(data).items()
            if sizes.get(f"{VERSIONS}/{version}/{path}") == kept.size
        }

    def _fill(
        self,
        site: Path,
        version: str,
        here: dict[str, Kept],
        older: str,
        former: dict[str, Kept],
    ) -> int:
        """Put a whole version beside the others; how many files had to be sent."""
        same = {kept: path for path, kept in former.items()}

        def place(path: str) -> bool:
            target, kept = f"{VERSIONS}/{version}/{path}", here[path]
            if kept in same:
                with suppress(FileNotFoundError):  # removed meanwhile: it is sent as well
                    self.store.copy(f"{VERSIONS}/{older}/{same[kept]}", target)
                    return False
            with (site / path).open("rb") as file:
                stored = self.store.put(target, file, headers=dict(kept.headers))
            if stored.sha256 != kept.sha256:
                raise RequestError(f"送出时 {path} 变了，没有换上；网站可能正在重新生成，稍后再试")
            return True

        sent = sum(one is True for one in _together(place, here))
        files = {path: [kept.sha256, kept.size, dict(kept.headers)] for path, kept in here.items()}
        listed = json.dumps({"format": _LIST_FORMAT, "files": files}, ensure_ascii=False)
        self.store.put(f"{LISTS}/{version}.json", listed.encode())
        return sent

    def _exchange(self, before: Pointer, version: str) -> None:
        """The stroke; RequestError where another delivery was quicker, UnansweredError."""
        older = [name for name in (before.version, *before.before) if name][:_KEPT]
        data = json.dumps({"format": _POINTER_FORMAT, "version": version, "before": older}).encode()
        headers = {
            "Content-Type": "application/json",
            "Cache-Control": "no-cache",
            "version": version,
        }
        try:
            self.store.swap(CURRENT, data, before.tag, headers)
        except FileExistsError as error:
            # The answer to the first of two tries may have been lost on the way.
            now = self.pointer().version
            if now != version:
                raise RequestError(
                    f"另一次送出先换上了 {now}，这一次没有换上；请确认只有一台机器在送出，再送一次"
                ) from error
        except UnreachableError as error:
            raise UnansweredError(str(error)) from error

    def _swept(self, version: str) -> bool:
        """Remove what nobody can need any more; whether all of it went.

        A delivery under way has a higher number than the version it began from. Those of this
        number and below have lost, since their pointer would have to take this one's place.
        """
        try:
            now = self.pointer()
            kept = {version, now.version, *now.before}
            there = {name.removesuffix(".json") for name in self.store.names(LISTS)}
            for name in sorted(there.union(self.store.folders(VERSIONS)) - kept):
                if _NAME.fullmatch(name) and _number(name) <= _number(version):
                    self._remove(name)
        except (UnreachableError, FileNotFoundError):
            return False
        return True

    def _remove(self, version: str) -> None:
        self.store.remove(f"{LISTS}/{version}.json")
        self.store.remove_all([*self.store.sizes(f"{VERSIONS}/{version}")])


def _number(version: str) -> int:
    return int(version.partition("-")[0] or 0)


def _of(site: Path) -> dict[str, Kept]:
    """Every file that is public; hidden ones are not."""
    found = {}
    for root, names, files in os.walk(site):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                path = Path(root) / name
                found[path.relative_to(site).as_posix()] = path
    kept = _together(lambda path: _kept(path, found[path]), found)
    return dict(zip(found, kept, strict=True))


def _kept(path: str, place: Path) -> Kept:
    with place.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Kept(sha256, file.tell(), tuple(sorted(served_as(path).items())))


def _listed(data: bytes) -> dict[str, Kept]:
    """The files of a list; none where it cannot be read, so that all are sent again."""
    try:
        files = json.loads(data)["files"]
        return {
            path: Kept(sha256, size, tuple(sorted(headers.items())))
            for path, (sha256, size, headers) in files.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _together(act: Callable[[str], Any], names: Iterable[str]) -> list[Any]:
    """Do it for all of them, several at once; the first failure ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as several:
        try:
            return list(several.map(act, names))
        except BaseException:
            several.shutdown(cancel_futures=True)
            raise
