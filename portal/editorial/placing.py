"""Placing: the signed-off text, made from the draft that was taken, put among the notices."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.notice.notice_folder import TEXT, read_folder
from portal.content.notice.recorded import open_like
from portal.editorial.approved_text import Names, seen_digest, text_with_names
from portal.editorial.drafts import write_whole
from portal.errors import PortalError, RequestError
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger
from portal.sealed.dropbox import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.editorial.journal import Job, Journal
    from portal.ledger.ledger_lines import LedgerLine


TAKEN_UP = ".taken-up"
"""In a draft: the sum of the text among the notices that it goes on from and will replace."""


class Refused(PortalError):  # noqa: N818 - it is no error of the program's
    """The text itself is at fault: the draft is given back, and nothing was published."""


def ledger_line(notices: Iterable[Path], job: Job) -> LedgerLine | None:
    """The newest line of the ledgers that names exactly what was signed off."""
    for folder in notices:
        path = folder / LEDGER_NAME
        if not path.exists() or job.digest.encode() not in path.read_bytes():
            continue
        for line in reversed(read_ledger(path)):
            if (line.slug, line.source) == (job.slug, job.digest):
                return line
    return None


def text_digest(folder: Path) -> str:
    """What the ledger signs of a folder; empty where there is no text."""
    if not (folder / TEXT).is_file():
        return ""
    found = read_folder(folder, Faults(TEXT), Faults(TEXT))
    return found.digest(found.attachments)


def put_text(journal: Journal, job: Job) -> None:
    """Make the text with its three names from the draft; Refused unless it is what was signed."""
    text = journal.text(job.slug)
    if text.is_dir() and text_digest(text) == job.digest and seen_digest(text) == job.seen:
        return
    if seen_digest(journal.draft) != job.seen:
        raise Refused("草稿在签发之后有改动，没有发布；请重新送审")
    shutil.rmtree(text.parent, ignore_errors=True)
    fresh = journal.folder / "new" / job.slug
    _copy(journal.draft, fresh)
    named = text_with_names(journal.draft, Names(job.drafted, job.reviewed, job.approved))
    write_whole(fresh / TEXT, named.encode())
    if text_digest(fresh) != job.digest or seen_digest(fresh) != job.seen:
        raise Refused("写出的文本与签发时看到的不同，没有发布；请重新送审")
    fresh.parent.rename(text.parent)
    sync_folder(journal.folder)


def place(notices: Sequence[Path], journal: Journal, job: Job) -> None:
    """Put the text where notices lie; what stood there stays beside it until the line is signed.

    Refused for a text there that no ledger holds, other than the one that the draft was made of:
    somebody is at work on it outside of the desk.
    """
    target = target_of(notices, job.slug)
    if text_digest(target) == job.digest and seen_digest(target) == job.seen:
        return
    old = target.with_name(f".old-{job.slug}")
    if target.is_dir():
        known = {line.source for f in notices for line in read_ledger(f / LEDGER_NAME)}
        if (journal.draft / TAKEN_UP).is_file():
            known.add((journal.draft / TAKEN_UP).read_text(encoding="ascii").strip())
        if text_digest(target) not in known:
            raise Refused(f"{target} 里有没有登记的改动，没有覆盖；请先登记或者移走它，再重新送审")
    fresh = target.with_name(f".new-{job.slug}")
    _copy(journal.text(job.slug), fresh)
    open_like(fresh, fresh.parent)
    if target.is_dir():
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
    fresh.rename(target)
    sync_folder(target.parent)


def settle_place(notices: Sequence[Path], job: Job) -> None:
    """Remove what stood there before, which lies under revisions/ and beside the ledger."""
    shutil.rmtree(target_of(notices, job.slug).with_name(f".old-{job.slug}"), ignore_errors=True)


def target_of(notices: Sequence[Path], slug: str) -> Path:
    """Where a notice lies or will lie: a new one in the first folder."""
    found = [
        folder for folder in notices for name in (slug, f".old-{slug}") if (folder / name).is_dir()
    ]
    return (found or list(notices))[0] / slug


def _copy(source: Path, target: Path) -> None:
    """Copy a folder whole onto the disk, hidden files left out."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".*"))
    except shutil.Error as error:
        raise RequestError("没有能复制全部文件，请检查磁盘和权限") from error
    for root, _, files in os.walk(target):
        for name in files:
            path = Path(root, name)
            if not path.is_symlink():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        sync_folder(Path(root))
