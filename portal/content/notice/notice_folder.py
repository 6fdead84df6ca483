"""Folders: reads the files of one text of a notice (notice.md, list.csv, files/) and their sums."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.frontmatter import FrontMatter, decode, split
from portal.content.notice.list_reader import ListTable, read_entries, read_table
from portal.domain.notice import Attachment
from portal.errors import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from portal.content.files.fault_collector import Faults
    from portal.content.notice.basis import Basis
    from portal.domain.notice import Entry

TEXT = "notice.md"
LIST = "list.csv"
FILES = "files"
REVISIONS = "revisions"


@dataclass(frozen=True, slots=True)
class FolderText:
    """What one text of a notice is made of; `sums` are `sha256sum` lines of its two text files."""

    matter: FrontMatter | None
    table: ListTable | None
    entries: tuple[Entry, ...]
    attachments: tuple[Attachment, ...]
    sums: str
    revised: bool

    def digest(self, attachments: Iterable[Attachment]) -> str:
        """SHA-256 of the `sha256sum` lines of all its files, so that anybody can check it."""
        files = "".join(f"{file.sha256}  {FILES}/{file.name}\n" for file in attachments)
        return hashlib.sha256(os.fsencode(self.sums + files)).hexdigest()


def read_folder(
    folder: Path, text_faults: Faults, list_faults: Faults, basis: Basis | None = None
) -> FolderText:
    """Read the text, the list and the attachments of a folder; faults go to the two collectors.

    Without a basis the list stays a table, whose rows nobody reads.
    """
    children = set(os.listdir(folder))  # noqa: PTH208 - ten thousand folders in a build
    matter, table, sums = None, None, ""
    entries: tuple[Entry, ...] = ()
    data = _bytes(f"{folder}/{TEXT}", text_faults) if TEXT in children else None
    if data is not None:
        sums += f"{hashlib.sha256(data).hexdigest()}  {TEXT}\n"
        text = decode(data, text_faults)
        matter = split(text, text_faults) if text is not None else None
    elif TEXT not in children:
        text_faults.add("F001", f"没有 {TEXT}", "放入正文文件，或删去这个文件夹")
    data = _bytes(f"{folder}/{LIST}", list_faults) if LIST in children else None
    if data is not None:
        sums += f"{hashlib.sha256(data).hexdigest()}  {LIST}\n"
        table = read_table(data, list_faults)
    if table is not None and basis is not None:
        terms = basis.terms(matter.values.get("edition") if matter else None)
        entries = read_entries(table, terms, list_faults)
    attachments = _attachments(folder / FILES, text_faults) if FILES in children else ()
    return FolderText(matter, table, entries, attachments, sums, REVISIONS in children)


def _bytes(path: str, faults: Faults) -> bytes | None:
    try:
        with open(path, "rb", buffering=0, opener=_plain_opener) as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return file.read()
            faults.add("F001", "不是普通文件", "换成文件本身")
            return None
    except OSError as error:
        faults.add("F001", f"文件读不出来：{reason_of(error)}", "核对它是文件、可以读取")
        return None


def _plain_opener(path: str, flags: int) -> int:
    """Open no link, which could lead out of the tree, and wait for no pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _attachments(folder: Path, faults: Faults) -> tuple[Attachment, ...]:
    """Files under files/ in the order of their names' bytes; hidden files are left out.

    Links, folders and special files are faults: what is published lies in the tree itself.
    """
    if folder.is_symlink() or not folder.is_dir():
        faults.add("F001", f"{FILES} 不是文件夹", "换成文件夹本身，不要用链接")
        return ()
    found = []
    for path in sorted(
        folder.resolve().iterdir(), key=lambda path: path.name.encode("utf-8", "replace")
    ):
        if path.name.startswith("."):
            continue
        if path.is_symlink() or not path.is_file():
            message = f"附件“{FILES}/{path.name}”是链接、文件夹或者特殊文件，不能公布"
            faults.add("F001", message, "放入文件本身；多个文件请逐个放入，或者合成一个文件")
            continue
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        found.append(Attachment(path.name, path.stat().st_size, sha256, str(path)))
    return tuple(found)
