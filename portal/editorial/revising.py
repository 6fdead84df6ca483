"""A new revision of a published notice in its own folder, also of a text that was overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from portal.content.files.fault_collector import Faults
from portal.content.notice.notice_folder import REVISIONS, TEXT, read_folder
from portal.content.notice.notice_writer import write_text
from portal.content.notice.recorded import COPIES
from portal.editorial.drafts import copy_text, parsed, write_whole
from portal.errors import RequestError
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

Change = Callable[[dict[str, Any], str], tuple[dict[str, Any], str]]
"""What becomes of a header and a body."""


def revise_in_place(
    folder: Path,
    number: int,
    digests: Collection[str],
    present: str,
    *,
    note: str,
    at: datetime,
    change: Change | None = None,
) -> int:
    """Make the present text of a folder the next revision; the number it has then.

    `number` is the revision that the ledger holds, `digests` are the sums it knows it by, `present`
    is the sum of the text that stands there. Where that is another one, the recorded text is given
    back from beside the ledger as the earlier revision. RequestError where it is nowhere. `change`
    is what the act itself does to header and body.
    """
    if not note.strip():
        raise RequestError("请写明改了什么，说明随文公布")
    original = recorded_folder(folder, number, digests, present)
    prepared = folder.with_name(f".new-{folder.name}")
    shutil.rmtree(prepared, ignore_errors=True)
    shutil.copytree(folder, prepared)
    earlier = prepared / REVISIONS / str(number)
    shutil.rmtree(earlier, ignore_errors=True)
    earlier.mkdir(parents=True)
    copy_text(original, earlier)
    text = (folder / TEXT).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    values, body = parsed(text)
    values, body = change(values, body) if change else (values, body)
    stamp = {"revision": number + 1, "updated": at.replace(microsecond=0), "note": note.strip()}
    write_whole(prepared / TEXT, write_text({**values, **stamp}, body, text).encode())
    swap_folders(prepared, folder)
    return number + 1


def recorded_text(folder: Path) -> tuple[int, Path | None]:
    """The number of a notice's newest recorded revision, and where its text lies.

    None where a later text, which nobody recorded, lies in the folder and the recorded one below
    revisions/. A text that was overwritten is given back from beside the ledger; RequestError where
    it is nowhere. Without a line in the ledger the present text counts.
    """
    found = read_folder(folder, Faults(str(folder)), Faults(str(folder)))
    if found.matter is None:
        raise RequestError(f"{folder}/{TEXT} 的信息头读不出来")
    present = int(found.matter.values.get("revision") or 1)
    lines = read_ledger(folder.parent / LEDGER_NAME)
    lines = tuple(line for line in lines if line.slug == folder.name)
    number = max((line.revision for line in lines), default=0)
    if not lines:
        return present, folder
    if present > number:
        return number, None
    digests = {line.source for line in lines if line.revision == number}
    return number, recorded_folder(folder, number, digests, found.digest(found.attachments))


def recorded_folder(folder: Path, number: int, digests: Collection[str], present: str) -> Path:
    """Where a recorded text lies: in its folder, or beside the ledger where it was overwritten."""
    if present in digests:
        return folder
    copies = [folder.parent / COPIES / digest for digest in sorted(digests)]
    found = next((copy for copy in copies if copy.is_dir()), None)
    if found is None:
        raise RequestError(f"找不到“{folder.name}”第{number}稿登记时的原文，请从备份恢复")
    return found


def put_back(folder: Path) -> None:
    """Mend a stopped swap: put the former folder back, or remove it where the new one is there."""
    old = folder.with_name(f".old-{folder.name}")
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def swap_folders(prepared: Path, folder: Path) -> None:
    """Put a prepared folder in the place of another; what is public stands beside the ledger."""
    old = folder.with_name(f".old-{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    prepared.rename(folder)
    shutil.rmtree(old)
