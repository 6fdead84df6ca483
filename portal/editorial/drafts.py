"""Drafts: notices that are being written, each a notice folder below <state>/drafts/.

    drafts/2026-dongshan-publicity/
        notice.md  list.csv  files/  revisions/      the format of a published notice, nothing else

A save names the digest of what its writer had read. Where another save came in between, nothing is
written and the writer is shown both. What is discarded is moved aside, never deleted.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.content.content_files import CONTENT_NAME
from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import split
from portal.content.notice.notice_folder import FILES, LIST, TEXT, read_folder
from portal.content.notice.notice_writer import write_text
from portal.domain.identifiers import SLUG
from portal.errors import PortalError, RequestError
from portal.machine.file_lock import lock
from portal.sealed.dropbox import closed_folder, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_DISCARDED = "discarded"
_CONTENT = ".content"
_LOCK = ".lock"
TITLE_MOST, BODY_MOST = 300, 200_000  # characters
_FILE = re.compile(r"[^\x00-\x1f/\\:*?\"<>|.][^\x00-\x1f/\\:*?\"<>|]{0,119}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was read. `digest` is what the ledger will sign if nothing changes."""

    slug: str
    folder: Path
    digest: str
    values: Mapping[str, Any]
    body: str
    list_bytes: bytes | None
    text: str

    @property
    def title(self) -> str:
        """The title, or the slug as long as there is none."""
        return str(self.values.get("title") or self.slug)


class NewerDraftError(PortalError):
    """Somebody else saved in between; `current` is theirs, and nothing was written."""

    def __init__(self, current: Draft) -> None:
        super().__init__("这份草稿在您打开之后已被他人保存过，您的改动没有写入")
        self.current = current


def _refuse_length(values: Mapping[str, Any], body: str) -> None:
    if len(str(values.get("title") or "")) > TITLE_MOST:
        raise RequestError(f"标题最多{TITLE_MOST}个字")
    if len(body) > BODY_MOST:
        raise RequestError(f"正文最多{BODY_MOST // 10_000}万个字；更长的内容请作为附件")


@dataclass(frozen=True)
class Drafts:
    """All drafts below one folder."""

    root: Path

    def slugs(self) -> tuple[str, ...]:
        """Slugs of all drafts, in order."""
        if not self.root.is_dir():
            return ()
        found = (path.name for path in self.root.iterdir() if (path / TEXT).is_file())
        return tuple(sorted(name for name in found if SLUG.fullmatch(name)))

    def folder(self, slug: str) -> Path:
        """Where a draft lies, also one of a content file; RequestError for what is no name."""
        if CONTENT_NAME.fullmatch(slug):
            return self.root / _CONTENT / slug
        if not SLUG.fullmatch(slug):
            raise RequestError(f"“{slug}”不能作为公告的网址名：只用小写字母、数字和单个连字符")
        return self.root / slug

    def read(self, slug: str) -> Draft:
        """A draft; RequestError where there is none or its header cannot be read."""
        folder = self.folder(slug)
        if not (folder / TEXT).is_file():
            raise RequestError(f"没有名为“{slug}”的草稿")
        faults = Faults(f"{folder}/{TEXT}")
        found = read_folder(folder, faults, Faults(f"{folder}/{LIST}"))
        if found.matter is None:
            raise RequestError(f"草稿“{slug}”的信息头读不出来：{faults.issues[0]}")
        text = (folder / TEXT).read_bytes().decode("utf-8-sig")
        listed = folder / LIST
        return Draft(
            slug=slug,
            folder=folder,
            digest=found.digest(found.attachments),
            values=found.matter.values,
            body=found.matter.body,
            list_bytes=listed.read_bytes() if listed.is_file() else None,
            text=text,
        )

    def create(self, slug: str, values: Mapping[str, Any], body: str) -> Draft:
        """Begin a draft; RequestError where one of that name is being written already."""
        folder = self.folder(slug)
        _refuse_length(values, body)
        text = write_text(values, body)
        closed_folder(self.root)
        with self._locked():
            if folder.exists():
                raise RequestError(f"已经有名为“{slug}”的草稿")
            fresh = self.root / f".new-{slug}"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            write_whole(fresh / TEXT, text.encode())
            fresh.rename(folder)
        return self.read(slug)

    def adopt(self, slug: str, prepared: Path) -> Draft:
        """Take a prepared folder beside the drafts as a draft; RequestError where there is one."""
        folder = self.folder(slug)
        with self._locked():
            if folder.exists():
                raise RequestError(f"已经有名为“{slug}”的草稿，请先完成或放弃它")
            prepared.rename(folder)
        return self.read(slug)

    def save(self, slug: str, seen: str, values: Mapping[str, Any], body: str) -> Draft:
        """Write header and body; NewerDraftError unless the draft is still as `seen`."""
        _refuse_length(values, body)
        with self._as_seen(slug, seen) as draft:
            text = write_text(values, body, draft.text.replace("\r\n", "\n"))
            write_whole(draft.folder / TEXT, text.encode())
        return self.read(slug)

    def save_list(self, slug: str, seen: str, data: bytes | None) -> Draft:
        """Write list.csv, or remove it with None."""
        with self._as_seen(slug, seen) as draft:
            if data is None:
                (draft.folder / LIST).unlink(missing_ok=True)
            else:
                write_whole(draft.folder / LIST, data)
        return self.read(slug)

    def save_file(self, slug: str, seen: str, name: str, data: bytes | None) -> Draft:
        """Write an attachment under a plain name, or remove it with None."""
        if not (_FILE.fullmatch(name) and name.isprintable()):
            raise RequestError(
                f"附件名“{name}”不能用：不含 / \\ : * ? 和看不见的字符，不以点开头，不超过120字"
            )
        with self._as_seen(slug, seen) as draft:
            path = draft.folder / FILES / name
            if data is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(mode=0o700, exist_ok=True)
                write_whole(path, data)
        return self.read(slug)

    def discard(self, slug: str, seen: str) -> Path:
        """Move a draft aside; gives the place where it then lies."""
        with self._as_seen(slug, seen) as draft:
            return draft.folder.rename(self.aside(slug))

    def aside(self, slug: str) -> Path:
        """A place among the discarded drafts that is free."""
        aside = self.root / _DISCARDED
        aside.mkdir(mode=0o700, exist_ok=True)
        number = 1
        while (aside / f"{slug}.{number}").exists():
            number += 1
        return aside / f"{slug}.{number}"

    def take_back(self, slug: str, taken: Path) -> None:
        """Put a draft that was taken for publication back, while the drafts are held.

        Where another was begun under its name meanwhile, it lies among the discarded ones.
        """
        folder = self.folder(slug)
        if not taken.is_dir():
            return
        if folder.exists():
            folder = self.aside(slug)
        taken.rename(folder)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let nobody save, begin or discard a draft meanwhile; not to be held twice."""
        with self._locked():
            yield

    @contextmanager
    def _as_seen(self, slug: str, seen: str) -> Iterator[Draft]:
        with self._locked():
            draft = self.read(slug)
            if draft.digest != seen:
                raise NewerDraftError(draft)
            yield draft

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, of this program and of commands beside it."""
        closed_folder(self.root)
        with (self.root / _LOCK).open("w") as file:
            lock(file)
            yield


def write_whole(path: Path, data: bytes, like: Path | None = None) -> None:
    """Write a file so that it is there whole or not at all, and stays after a power cut.

    Whoever may read `like` may read it too: the desk makes files for itself alone otherwise.
    """
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        if like is not None:
            os.fchmod(file.fileno(), stat.S_IMODE(like.stat().st_mode))
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def copy_text(source: Path, target: Path) -> None:
    """Copy a text of a notice whole: notice.md, its list and its files."""
    for name in (TEXT, LIST):
        if (source / name).is_file():
            shutil.copy2(source / name, target / name)
    if (source / FILES).is_dir():
        shutil.copytree(source / FILES, target / FILES)


def parsed(text: str) -> tuple[dict[str, Any], str]:
    """Header and body of a text that is known to be sound."""
    matter = split(text, Faults(TEXT))
    if matter is None:
        raise RequestError("信息头读不出来")
    return matter.values, matter.body
