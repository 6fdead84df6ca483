"""A bucket of an S3-compatible object store; the one door to obstore.

Nothing is ever replaced unless it is said: `put` asks the store to refuse a name that is taken
(`If-None-Match: *`), and `require_conditions` finds out whether the store does.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from portal.errors import RequestError, SealError, UnreachableError
from portal.sealed.dropbox import Sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from obstore import GetOptions, PutMode
    from obstore.store import S3Store

_NO_LIBRARY = (
    "设置了 {setting}，但没有安装 obstore：请运行 pip install 'quality-award-portal[store]'"
)
_REFUSED = "对象存储不接受这台机器的凭据（AWS_ACCESS_KEY_ID 等）"
_CONDITIONS = (
    "对象存储不支持条件写入（If-None-Match），同名的信封可能被覆盖，不能使用；请换一个支持的"
)
_SWAPS = "对象存储不支持条件写入（If-Match），两次同时的送出会互相覆盖，不能使用；请换一个支持的"
_SHA256 = "sha256"
_NONE: Mapping[str, str] = MappingProxyType({})
_LARGE = 8 << 20
_LARGE_AT_ONCE = Lock()
"""A put holds the whole object in memory: of large ones one at a time in each process."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object: size in bytes, noted SHA-256 (empty where none), first bytes, the store's tag.

    `headers` are all that was put with it, by the names it was put with.
    """

    size: int
    sha256: str
    data: bytes
    tag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Listed(NamedTuple):
    """What a list of objects tells of one: bytes, a tag of what it holds, Unix time of storing."""

    size: int
    tag: str
    at: float


@dataclass(frozen=True)
class ObjectStore:
    """A bucket below a prefix; credentials come from AWS_ACCESS_KEY_ID and its siblings.

    Made in the process that uses it: the library's threads do not survive a fork. `holds` and
    `setting` word what is told: what lies there, and which setting names it.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    holds: str = "异议"
    setting: str = "PORTAL_STORE"

    @cached_property
    def _store(self) -> S3Store:
        from obstore.store import S3Store

        config: dict[str, Any] = {"checksum_algorithm": "SHA256"}
        if self.endpoint:
            config |= {"endpoint": self.endpoint, "virtual_hosted_style_request": False}
        if self.region or not os.environ.get("AWS_REGION"):
            config["region"] = self.region or "us-east-1"
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            client_options={
                "allow_http": self.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=3),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=8)},
            **config,
        )

    def put(
        self,
        name: str,
        source: BinaryIO | bytes,
        *,
        replace: bool = False,
        headers: Mapping[str, str] = _NONE,
    ) -> Sum:
        """Store bytes under a name; FileExistsError for a taken one that holds other bytes.

        The same bytes once more are the answer to a repeated request whose reply was lost.
        `headers` are what whoever fetches it from the store is told; unknown ones are metadata.
        """
        with _one_large(_size_of(source)):
            return self._put(name, _all_of(source), headers, replace=replace)

    def _put(self, name: str, data: bytes, headers: Mapping[str, str], *, replace: bool) -> Sum:
        try:
            return self._put_if(name, data, headers, "overwrite" if replace else "create")
        except FileExistsError:
            stored = _sum_of(data)
            if self.find(name, 0).sha256 != stored.sha256:
                raise
            return stored

    def swap(self, name: str, data: bytes, tag: str, headers: Mapping[str, str]) -> None:
        """Put in the place of what had this tag, or of nothing without one.

        FileExistsError where something else stands there by now; a lost reply may be told so too.
        """
        self._put_if(name, data, headers, {"e_tag": tag} if tag else "create")

    def _put_if(self, name: str, data: bytes, headers: Mapping[str, str], mode: PutMode) -> Sum:
        stored = _sum_of(data)
        noted = {**headers, _SHA256: stored.sha256}
        with self._told():
            from obstore import put

            # Only a put in one piece can be refused.
            put(self._store, name, data, attributes=noted, mode=mode, use_multipart=False)
        return stored

    def copy(self, source: str, target: str) -> None:
        """Copy within the store, headers and all; FileNotFoundError."""
        with self._told():
            from obstore import copy

            copy(self._store, source, target)

    def find(self, name: str, first: int) -> Found:
        """What is noted of an object, and its first bytes; FileNotFoundError."""
        with self._told():
            from obstore import get

            # Of an empty object no range can be asked for.
            wanted: GetOptions = {"range": (0, first)} if first else {"head": True}
            got = get(self._store, name, options=wanted)
            headers = {str(name): str(value) for name, value in got.attributes.items()}
            data = bytes(got.bytes())[:first] if first else b""
            tag = got.meta["e_tag"] or ""
            return Found(got.meta["size"], headers.get(_SHA256, ""), data, tag, headers)

    def read(self, name: str, most: int) -> bytes:
        """All of a small object; SealError beyond `most` bytes, FileNotFoundError."""
        with self._told():
            from obstore import get

            got = get(self._store, name)
            if got.meta["size"] > most:
                raise SealError("超过允许的大小")
            return bytes(got.bytes())

    def chunks(self, name: str) -> Iterator[bytes]:
        """All of an object, a quarter of a megabyte at a time; FileNotFoundError."""
        with self._told():
            from obstore import get

            for chunk in get(self._store, name).stream(min_chunk_size=256 * 1024):
                yield bytes(chunk)

    def names(self, folder: str) -> dict[str, float]:
        """Last parts of all names below a folder, and the Unix time each was stored at."""
        with self._told():
            from obstore import list as list_objects

            return {
                one["path"].rpartition("/")[2]: one["last_modified"].timestamp()
                for some in list_objects(self._store, prefix=folder)
                for one in some
            }

    def listed(self, folder: str) -> dict[str, Listed]:
        """Whole names of all objects below a folder, and what the store tells of each."""
        with self._told():
            from obstore import list as list_objects

            return {
                one["path"]: Listed(
                    one["size"], one["e_tag"] or "", one["last_modified"].timestamp()
                )
                for some in list_objects(self._store, prefix=folder)
                for one in some
            }

    def folders(self, folder: str) -> list[str]:
        """Names of the folders in a folder."""
        with self._told():
            from obstore import list_with_delimiter

            found = list_with_delimiter(self._store, prefix=folder)
            return [one.rstrip("/").rpartition("/")[2] for one in found["common_prefixes"]]

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is removed already."""
        try:
            with self._told():
                from obstore import delete

                delete(self._store, name)
        except FileNotFoundError:
            pass

    def remove_all(self, names: Sequence[str]) -> None:
        """Remove many objects; those that are not there are removed already."""
        with self._told():
            from obstore import delete

            delete(self._store, names)

    def require_swaps(self) -> None:
        """RequestError for a store where `swap` would replace what it is not told to."""
        name = f"probe/{secrets.token_hex(8)}"
        try:
            self.put(name, b"1")
            tag = self.find(name, 0).tag
            self.swap(name, b"2", tag, {})
            self.swap(name, b"3", tag, {})
        except FileExistsError:
            return
        finally:
            self.remove(name)
        raise RequestError(_SWAPS)

    def require_conditions(self) -> None:
        """RequestError for a store that replaces what it is asked not to replace."""
        name = f"probe/{secrets.token_hex(8)}"
        self.put(name, b"1")
        try:
            self.put(name, b"2")
        except FileExistsError:
            return
        finally:
            self.remove(name)
        raise RequestError(_CONDITIONS)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the library raises, as this program says it; its words would name addresses.

        Whatever uses the library does so within: RequestError where it is not installed.
        """
        try:
            from obstore.exceptions import (
                AlreadyExistsError,
                BaseError,
                NotFoundError,
                PermissionDeniedError,
                PreconditionError,
                UnauthenticatedError,
            )
        except ImportError as error:
            raise RequestError(_NO_LIBRARY.format(setting=self.setting)) from error
        try:
            yield
        except (FileNotFoundError, NotFoundError) as error:
            raise FileNotFoundError from error
        except (FileExistsError, AlreadyExistsError, PreconditionError) as error:
            raise FileExistsError from error
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise UnreachableError(_REFUSED) from error
        except (BaseError, OSError) as error:
            raise UnreachableError(f"存放{self.holds}的对象存储现在连不上") from error


def _sum_of(data: bytes) -> Sum:
    return Sum(len(data), hashlib.sha256(data).hexdigest())


def _size_of(source: BinaryIO | bytes) -> int:
    if isinstance(source, bytes):
        return len(source)
    source.seek(0, os.SEEK_END)
    return source.tell()


def _all_of(source: BinaryIO | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    source.seek(0)
    return source.read()


@contextmanager
def _one_large(size: int) -> Iterator[None]:
    if size < _LARGE:
        yield
        return
    with _LARGE_AT_ONCE:
        yield
