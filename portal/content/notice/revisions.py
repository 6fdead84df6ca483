"""Revisions: the current text of a notice as a revision, and its earlier texts on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.content.notice.notice_folder import LIST, TEXT, FolderText, read_folder
from portal.content.notice.order import in_order
from portal.domain.characters import without_controls
from portal.domain.notice import ListOrder, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.content.files.frontmatter import FrontMatter
    from portal.content.notice.basis import Basis
    from portal.domain.notice import Attachment
    from portal.errors import Issue


def read_stamp(fields: Fields, first: datetime | None) -> tuple[int, datetime, str] | None:
    """Number, time and note of the revision that a header describes; None without a time.

    `first` is when the first revision was published.
    """
    number = fields.integer("revision", 1, 1)
    updated = fields.instant("updated", required=number > 1)
    note = fields.text("note", required=number > 1)
    at = updated if number > 1 else first
    return (number, at, note) if at else None


def read_earlier(
    folder: Path, attachments: Sequence[Attachment], basis: Basis
) -> tuple[list[Revision], list[Issue]]:
    """The earlier texts under revisions/, first to last, and the faults in them.

    `attachments` are the current ones, which an earlier text without files/ shares.
    """
    issues: list[Issue] = []
    found: list[Revision] = []
    for part in folder.iterdir():
        if not part.is_dir():
            continue
        text_faults, list_faults = Faults(f"{part}/{TEXT}"), Faults(f"{part}/{LIST}")
        text = read_folder(part, text_faults, list_faults, basis)
        if text.matter is not None:
            revision = _earlier(text, text.matter, attachments, text_faults)
            if revision is not None and str(revision.number) == part.name:
                found.append(revision)
            elif revision is not None:
                message = f"文件夹名“{part.name}”与其中的修订号{revision.number}不一致"
                remedy = "文件夹名写修订号；第一稿为 1，不写 revision"
                text_faults.add("R006", message, remedy)
        issues += text_faults.issues + list_faults.issues
    return sorted(found, key=lambda revision: revision.number), issues


def _earlier(
    text: FolderText, matter: FrontMatter, attachments: Sequence[Attachment], faults: Faults
) -> Revision | None:
    """One earlier text: only what a revision keeps; the rest was checked when it was published."""
    fields = Fields(matter.values, matter.places, faults)
    title = fields.text("title", required=True)
    published = fields.instant("published", required=True)
    order = fields.choice("order", ListOrder, ListOrder.FILE) or ListOrder.FILE
    digest = text.digest(text.attachments or attachments)
    entries = in_order(text.entries, order)
    stamp = read_stamp(fields, published)
    redacted = fields.text("redacted")
    extended = len(fields.table("window").tables("extensions")) if fields.has("window") else 0
    if stamp is None:
        return None
    title, body = without_controls(title), without_controls(matter.body)
    own = text.attachments
    return Revision(*stamp, title, body, entries, digest, redacted, extended, own)
