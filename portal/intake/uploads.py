"""Uploads: the request class that spools encrypted, and moving what was chosen into the draft."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Request

from portal.domain.filetypes import (
    SCAN_TYPES,
    TYPES,
    clean_name,
    extension_of,
    fault_of,
    named_by_content,
)
from portal.domain.objection import FILE_SIZE_LIMIT, FILES_LIMIT, FileRole
from portal.submission.spool import SpoolFile
from portal.submission.submitting import Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import FileStorage

    from portal.submission.form_drafts import DraftFile, DraftStore

MEGABYTE = 1024 * 1024


def spooling_request(store: DraftStore) -> type[Request]:
    """A request class whose uploads are encrypted before they touch the disk."""

    class SpoolingRequest(Request):
        """Flask's request with an encrypted spool in place of a temporary file."""

        def _get_file_stream(self, *_args: Any, **_keywords: Any) -> Any:
            return store.spool(FILE_SIZE_LIMIT)

    return SpoolingRequest


def _size_fault(name: str, size: int, *, oversize: bool) -> str | None:
    if oversize or size > FILE_SIZE_LIMIT:
        return f"“{name}”超过{FILE_SIZE_LIMIT // MEGABYTE} MB，没有保存，请压缩或者拆分后再选"
    return f"“{name}”是空文件，请重新选择" if size == 0 else None


def _keep(
    store: DraftStore, secret: bytes, file: FileStorage, role: FileRole
) -> tuple[DraftFile | None, str | None]:
    """Move one upload into the draft, or say why not."""
    spool = file.stream
    assert isinstance(spool, SpoolFile)
    name = clean_name(file.filename or "")
    spooled = spool.finish()
    allowed = SCAN_TYPES if role is FileRole.SEAL_SCAN else tuple(TYPES)
    named = named_by_content(name, spooled.head, allowed)
    fault = _size_fault(name, spooled.size, oversize=spool.oversize)
    if fault or named is None:
        return None, fault or fault_of(name, spooled.head, allowed)
    return store.adopt(secret, spool, named, extension_of(named), role), None


def keep_uploads(
    store: DraftStore,
    secret: bytes,
    chosen: Sequence[FileStorage],
    held: Sequence[DraftFile],
    role: FileRole = FileRole.EVIDENCE,
) -> tuple[tuple[DraftFile, ...], list[str]]:
    """The files held after adding what was chosen, and what is wrong with the rest.

    A seal scan replaces the one before; evidence is added up to the limit.
    """
    kept, faults = list(held), []
    for file in chosen:
        if not file.filename:
            continue
        same_role = [f for f in kept if f.role is role]
        if role is FileRole.EVIDENCE and len(same_role) >= FILES_LIMIT:
            faults.append(f"最多上传{FILES_LIMIT}个文件，“{clean_name(file.filename)}”没有保存")
            continue
        new, fault = _keep(store, secret, file, role)
        if fault:
            faults.append(fault)
        if new and any(f.sha256 == new.sha256 and f.name == new.name for f in same_role):
            continue  # the same file again, as after going back and choosing once more
        if new and role is FileRole.SEAL_SCAN:
            kept = [f for f in kept if f.role is not role]
        if new:
            kept.append(new)
    return tuple(kept), faults


def as_uploads(store: DraftStore, secret: bytes, files: Sequence[DraftFile]) -> tuple[Upload, ...]:
    """The files of a draft as submission takes them."""
    return tuple(
        Upload(f.name, f.extension, f.size, f.sha256, f.role, partial(store.open, secret, f))
        for f in files
    )
