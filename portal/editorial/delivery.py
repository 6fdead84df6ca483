"""Delivery: how a built and signed site comes to where the public reads it, and whether it did.

folder    this machine serves the site: the build's own folder, or a copy of it
carried   a copy in a folder that somebody carries to the public machine
rsync     rsync over ssh, with the keys of the system's user
bucket    a bucket of an S3-compatible store, for web servers that read from there (bucket_site)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from enum import StrEnum
from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from portal.editorial.bucket_site import BucketSite
from portal.errors import RequestError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portal.sealed.object_store import ObjectStore

_FETCH_SECONDS, _LOOK_SECONDS = 20, 5
_RSYNC_SECONDS = 600
_TOLD = 300
_NO_RSYNC = "本机没有 rsync，请安装，或者改用别的送出方式"
_SETTLES, _AGAIN = 10, 0.3
"""Seconds until servers in front of a bucket have surely seen a new pointer, and between looks."""


class Way(StrEnum):
    """The four ways."""

    FOLDER = "folder"
    CARRIED = "carried"
    RSYNC = "rsync"
    BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the site goes; `target` empty: the build's own folder is what is served.

    `address` is where the public fetches it, empty where this machine cannot reach that; `store`
    is the bucket of that way.
    """

    way: Way = Way.FOLDER
    target: str = ""
    address: str = ""
    store: ObjectStore | None = None

    def deliver(self, site: Path, *, thorough: bool = False) -> str:
        """Bring the site to its place; what to tell about it. RequestError when it failed.

        `thorough` reads what is at its place already, in place of believing size, time and tag.
        """
        if self.way is Way.RSYNC:
            if not self.target:
                raise RequestError("没有设置 PORTAL_DELIVERY_TARGET：写成 用户@机器:文件夹")
            rsync(site, self.target, thorough=thorough)
            return f"已送到 {self.target}"
        if self.store is not None:
            return str(BucketSite(self.store).deliver(site, thorough=thorough))
        if not self.target:
            if self.way is Way.CARRIED:
                raise RequestError("没有设置 PORTAL_DELIVERY_TARGET：写明带去公开网站的文件夹")
            return f"网站就在 {site}"
        try:
            changed = mirror(site, Path(self.target), thorough=thorough)
        except OSError as error:
            raise RequestError(
                f"没有能写入 {self.target}：{reason_of(error)}；请接好后再试"
            ) from error
        told = f"已写入 {self.target}，改动{changed}个文件"
        return f"{told}；请带到公开网站的机器上" if self.way is Way.CARRIED else told

    def ready(self) -> str:
        """Whether a delivery could go, as far as can be seen without one; RequestError why not."""
        if self.store is not None:
            pointer = BucketSite(self.store).pointer()
            if pointer.served != pointer.version:
                raise RequestError(
                    f"桶里的指针被改过：内容写的是 {pointer.version}，"
                    f"网站服务器读的是 {pointer.served or '空的'}。"
                    "运行 portal publications --deliver 重新写好，并查清谁能写这个桶"
                )
            version = pointer.version
            return f"桶里公开的是 {version}" if version else "桶可以读，还没有送出过"
        if self.way is Way.RSYNC and shutil.which("rsync") is None:
            raise RequestError(_NO_RSYNC)
        if self.way is Way.FOLDER and self.target and not os.access(self.target, os.W_OK):
            raise RequestError(
                f"不能写入 {self.target}：请检查 PORTAL_DELIVERY_TARGET 和文件夹的权限"
            )
        return f"送出的方式是 {self.way.value}"

    @property
    def seen(self) -> bool:
        """Whether this machine can see what is public, apart from what it builds."""
        return bool(self.address or self.store or (self.target and self.way is not Way.RSYNC))

    def public(self, path: str) -> bytes | None:
        """A file as the public has it, as far as `seen`; None where it has none. RequestError."""
        if self.address:
            return fetch(self.address, path, _LOOK_SECONDS)
        try:
            if self.store is not None:
                return BucketSite(self.store).read(path)
            return (Path(self.target) / path).read_bytes()
        except FileNotFoundError:
            return None

    def compare(self, site: Path, paths: Iterable[str]) -> str:
        """Fetch pages as the public does and compare each with the site that was built."""
        count = 0
        # Servers in front of a bucket look for the new pointer now and then.
        until = time.monotonic() + (_SETTLES if self.store is not None and self.address else 0)
        for path in paths:
            trouble = self._differs(site, path)
            while trouble and time.monotonic() < until:
                time.sleep(_AGAIN)
                trouble = self._differs(site, path)
            if trouble:
                raise RequestError(trouble)
            count += 1
        if not self.address and self.way in {Way.CARRIED, Way.RSYNC}:
            return "没有设置 PORTAL_PUBLIC_ADDRESS，本机看不到公开网站，没有核对"
        return f"{count}个文件与公开的一致"

    def _differs(self, site: Path, path: str) -> str:
        """How the public file differs from the one that was built; empty where it does not."""
        try:
            if self._fetched(site, path) == (site / path).read_bytes():
                return ""
        except RequestError as error:
            return str(error)
        return f"公开的 {path} 与生成的不一样：请检查送出的目标与网站的缓存，稍后会再核对"

    def _fetched(self, site: Path, path: str) -> bytes:
        if self.address:
            return fetch(self.address, path)
        if self.way is Way.RSYNC:
            return (site / path).read_bytes()
        if self.store is not None:
            try:
                return BucketSite(self.store).read(path)
            except FileNotFoundError:
                raise RequestError(f"桶里没有公开的 {path}，请再送一次") from None
        return (Path(self.target or site) / path).read_bytes()


def fetch(address: str, path: str, seconds: int = _FETCH_SECONDS) -> bytes:
    """A file of the public site; RequestError when it cannot be had."""
    if urlsplit(address).scheme not in {"http", "https"}:
        raise RequestError(f"PORTAL_PUBLIC_ADDRESS 应以 http:// 或 https:// 开头，现为“{address}”")
    place = quote(path.removesuffix("index.html"))
    request = Request(  # noqa: S310 - checked above
        f"{address.rstrip('/')}/{place}", headers={"Cache-Control": "no-cache"}
    )
    try:
        with urlopen(request, timeout=seconds) as answer:  # noqa: S310 - likewise
            found: bytes = answer.read()
            return found
    except (URLError, OSError) as error:
        raise RequestError(
            f"打不开公开的 {request.full_url}：{reason_of(error)}；请检查公开网站，稍后会再核对"
        ) from error


def rsync(source: Path, target: str, *, thorough: bool = False, hidden: Iterable[str] = ()) -> None:
    """Make a folder on another machine hold what `source` holds; RequestError why it does not.

    Hidden files are left out on both sides but for the folders named in `hidden`.
    """
    # Files come before what leads to them goes live, and nothing goes before all is there.
    command = ["rsync", "-rlt", "--chmod=D755,F644", "--delay-updates", "--delete-after"]
    command += ["--checksum"] if thorough else []
    command += [f"--include={name}/" for name in hidden]
    command += ["--exclude=.*", f"{source}/", f"{target.rstrip('/')}/"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, without a shell
            command,
            capture_output=True,
            timeout=_RSYNC_SECONDS,
            check=False,
            # ssh asks nobody: a question that is on no screen would be waited for in vain.
            env={"RSYNC_RSH": "ssh -o BatchMode=yes"} | os.environ,
        )
    except FileNotFoundError as error:
        raise RequestError(_NO_RSYNC) from error
    except subprocess.TimeoutExpired as error:
        raise RequestError(f"rsync 用时超过{_RSYNC_SECONDS}秒，请检查网络") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-_TOLD:]
        raise RequestError(f"rsync 没有成功（状态{done.returncode}）：{said}")


def mirror(site: Path, target: Path, *, thorough: bool = False, hidden: Iterable[str] = ()) -> int:
    """Make a folder hold what the site holds; new files first, then changed ones, then removals.

    Every file is there whole or not at all. Hidden files are left out on both sides but for the
    folders named in `hidden`. What has the size and the time of the site's is taken for it, unless
    `thorough`.
    """
    if not target.is_dir():
        target.mkdir(parents=True)
        target.chmod(0o755)
    there = dict(_stamps(target, set(hidden)))
    here = dict(_stamps(site, set(hidden)))
    new = sorted(name for name in here if name not in there)
    changed = sorted(
        name
        for name in here
        if name in there
        and (here[name] != there[name] or (thorough and not cmp(site / name, target / name, False)))
    )
    for name in (*new, *changed):
        place = target / name
        for folder in reversed([place.parent, *place.parent.parents]):
            if not folder.exists():
                folder.mkdir()
                folder.chmod(0o755)
        part = place.with_name(f".{place.name}.part")
        shutil.copy2(site / name, part)
        part.chmod(0o644)  # the desk's own files are closed to others, these are public
        part.replace(place)
    gone = sorted(there.keys() - here.keys(), reverse=True)
    for name in gone:
        (target / name).unlink()
        for parent in (target / name).parents:
            if parent == target or any(parent.iterdir()):
                break
            parent.rmdir()
    return len(new) + len(changed) + len(gone)


def _stamps(folder: Path, hidden: set[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Size and time of every file; a copy keeps the time."""
    for root, names, files in os.walk(folder):
        names[:] = [name for name in names if name in hidden or not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                path = Path(root) / name
                found = path.stat()
                yield path.relative_to(folder).as_posix(), (found.st_size, found.st_mtime_ns)
