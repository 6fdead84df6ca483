"""The public site in a bucket: each version under a prefix of its own, and one pointer.

versions/<number>-<random>/<path>     a whole site, every file with its type and its caching
lists/<number>-<random>.json          what stands there (bucket_list)
current                               the pointer, with the version once more as its metadata

Who serves it (deploy/nginx-bucket.conf) reads the pointer, then files of that version only. What
did not change is copied within the bucket, what did is sent; then the pointer is exchanged, unless
another delivery exchanged it meanwhile (If-Match). A delivery that ends half-way leaves a version
that nothing points to; the next one that succeeds removes it.

Whether an object is still the one that was sent is told by the store's list of the version: its
bytes, its tag and the time it was stored at change with any writing over it. What cannot be seen
there (damage within the store) is found by a `thorough` delivery, which reads everything.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.editorial.bucket_list import files_of, md5_of, read_list, together, written_list
from portal.errors import RequestError, SealError, UnreachableError
from portal.sealed.object_store import Listed

if TYPE_CHECKING:
    from pathlib import Path

    from portal.editorial.bucket_list import Kept
    from portal.sealed.object_store import ObjectStore

CURRENT, VERSIONS, LISTS = "current", "versions", "lists"
_POINTER_FORMAT = "portal-site-pointer/1"
_KEPT = 2
"""Versions kept beside the current one, for readers and servers that are a moment behind."""
_POINTER_BYTES = 1 << 16
_LIST_BYTES = 1 << 28
_NOWHERE = Listed(0, "", 0.0)
_NAME = re.compile(r"([0-9]{8,12})-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Standing:
    """The files of a version that are as they were sent, and how many objects are not."""

    files: dict[str, Kept] = field(default_factory=dict)
    astray: int = 0


class UnansweredError(UnreachableError):
    """Whether the pointer was exchanged is not known: the store gave no answer."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """The version that is public, those before it, and the pointer's tag in the store.

    `served` is the version that its metadata names: what servers in front go by.
    """

    version: str = ""
    before: tuple[str, ...] = ()
    tag: str = ""
    served: str = ""

    @property
    def number(self) -> int:
        """How many versions were public until now."""
        return _number(self.version)


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery did: files sent, files copied within the bucket, files that went.

    `astray` objects of the version before were not what had been sent.
    """

    version: str
    sent: int = 0
    copied: int = 0
    gone: int = 0
    astray: int = 0
    left_over: bool = False

    def __str__(self) -> str:
        if not self.sent + self.copied + self.gone + self.astray:
            return f"没有改动，公开的仍是 {self.version}"
        told = (
            f"已换上 {self.version}：送出{self.sent}个文件，"
            f"其余{self.copied}个没有改动，少了{self.gone}个"
        )
        if self.astray:
            told += f"；桶里有{self.astray}个文件不是原来送出的样子，已经换掉，请查清谁能写这个桶"
        return f"{told}；旧的版本没有清完，下次再清" if self.left_over else told


@dataclass(frozen=True, slots=True)
class BucketSite:
    """The site below a prefix of a bucket."""

    store: ObjectStore

    def deliver(self, site: Path, *, thorough: bool = False) -> Told:
        """Make what was built public, at one stroke; RequestError, UnreachableError.

        Whatever goes wrong before the stroke, the former version stays as it was. `thorough` reads
        all that is public; else the store's list is believed.
        """
        self.store.require_swaps()
        before = self.pointer()
        standing = self._standing(before.version, thorough=thorough)
        former, here = standing.files, files_of(site)
        if here == former and not standing.astray and before.served == before.version:
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
        gone, left_over = len(former.keys() - here.keys()), not self._swept(version)
        return Told(version, sent, len(here) - sent, gone, standing.astray, left_over=left_over)

    def pointer(self) -> Pointer:
        """The pointer; without a version where nothing is public yet."""
        try:
            # In this order: a tag that is older than what is read is refused in the exchange.
            found = self.store.find(CURRENT, 0)
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
        served = found.headers.get("version", "")
        return Pointer(names[0], tuple(names[1:]), found.tag, served)

    def read(self, path: str) -> bytes:
        """A public file, from the store itself; FileNotFoundError."""
        version = self.pointer().version
        if not version:
            raise FileNotFoundError(path)
        return b"".join(self.store.chunks(f"{VERSIONS}/{version}/{path}"))

    def _standing(self, version: str, *, thorough: bool) -> Standing:
        """What its list says of a version, as far as the objects are as they were then."""
        if not version:
            return Standing()
        try:
            noted = read_list(self.store.read(f"{LISTS}/{version}.json", _LIST_BYTES))
        except (FileNotFoundError, SealError):
            noted = {}
        if not noted:
            return Standing()  # whatever lies there, all is sent again
        folder = f"{VERSIONS}/{version}/"
        there = self.store.listed(folder)
        sound = [path for path in noted if there.get(folder + path) == noted[path].listed]
        if thorough:
            holds = together(lambda path: self._holds(folder + path, noted[path].kept), sound)
            sound = [path for path, held in zip(sound, holds, strict=True) if held]
        files = {path: noted[path].kept for path in sound}
        strangers = there.keys() - {folder + path for path in noted}
        return Standing(files, len(noted) - len(files) + len(strangers))

    def _holds(self, name: str, kept: Kept) -> bool:
        """Whether an object has the bytes and headers that it should have; reads all of it."""
        try:
            headers = self.store.find(name, 0).headers
            digest = hashlib.sha256()
            for chunk in self.store.chunks(name):
                digest.update(chunk)
        except FileNotFoundError:
            return False
        same = all(headers.get(key) == value for key, value in kept.headers)
        return same and digest.hexdigest() == kept.sha256

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

        sent = sum(one is True for one in together(place, here))
        there = self._proven(site, version, here)
        listed = written_list(here, there)
        self.store.put(f"{LISTS}/{version}.json", listed)
        return sent

    def _proven(self, site: Path, version: str, here: dict[str, Kept]) -> dict[str, Listed]:
        """What the store lists of a version, each file seen to be there; RequestError.

        Most stores give the MD5 as the tag of what was put in one piece. What has another tag, as
        where the store encrypts, is read.
        """
        folder = f"{VERSIONS}/{version}/"
        there = self.store.listed(folder)

        def seen(path: str) -> Listed:
            listed = there.get(folder + path, _NOWHERE)
            tagged = listed.tag.strip('"') == md5_of(site / path)
            if not tagged and not self._holds(folder + path, here[path]):
                raise RequestError(
                    f"桶里的 {path} 不是刚送出的，没有换上；请查清谁能写这个桶，再送一次"
                )
            return listed

        return dict(zip(here, together(seen, here), strict=True))

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
        self.store.remove_all([*self.store.listed(f"{VERSIONS}/{version}")])


def _number(version: str) -> int:
    return int(version.partition("-")[0] or 0)
