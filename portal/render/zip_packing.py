"""Zip containers (DOCX, XLSX) with the same bytes for the same parts."""

from __future__ import annotations

import io
import zipfile

_FIRST = "[Content_Types].xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def repacked(container: bytes) -> bytes:
    """The same parts in a fixed order with fixed times and attributes.

    Office programs want the content types first; the other parts follow by name.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(container)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in sorted(source.namelist(), key=lambda part: (part != _FIRST, part)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()
