"""Cases that came on paper, for the public side: a copy that the desk sealed says their header."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from portal.errors import SealError
from portal.sealed.envelope import read_header

if TYPE_CHECKING:
    from portal.sealed.boxes import Box
    from portal.sealed.envelope import Header

_LARGEST = 1024 * 1024  # bytes; the text of an objection, padded


def header_of(box: Box, lookup: str) -> Header | None:
    """Header of a case's objection, however it came; None where there is no such case."""
    return box.header(lookup) or _on_paper(box, lookup)


def _on_paper(box: Box, lookup: str) -> Header | None:
    for stored in box.looks(lookup):
        with suppress(SealError, FileNotFoundError):
            header = read_header(io.BytesIO(stored.read(_LARGEST)))
            if header.kind == "copy" and header.lookup == lookup and header.number:
                return replace(header, kind="objection", id="")
    return None
