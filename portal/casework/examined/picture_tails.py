"""Pictures: how large they become when opened, and what stands behind their end."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from portal.casework.safety import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIXELS = 100_000_000
_PNG_START = 8
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_STUFFED = frozenset({0x00, *range(0xD0, 0xD8)})
_SCAN, _END = 0xDA, 0xD9


def picture_findings(data: bytes) -> Iterator[Finding]:
    """Look at a picture's head and its end; nothing is decoded."""
    width, height = _size(data)
    if width * height > _PIXELS:
        yield Finding(Level.CAUTION, f"图片有{width}×{height}像素，打开会占用大量内存")
    left = len(data) - _end(data)
    if left > 0:
        yield Finding(Level.CAUTION, f"图片结束之后还有{left}字节内容")


def _size(data: bytes) -> tuple[int, int]:
    Image.MAX_IMAGE_PIXELS = None  # only the head is read
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
                return picture.size
        except UnidentifiedImageError:
            return 0, 0  # HEIC is not among them


def _end(data: bytes) -> int:
    """Where the picture ends; the file's own length for kinds without an end."""
    if data.startswith(b"\x89PNG"):
        return _png_end(data)
    if data.startswith(b"\xff\xd8"):
        end = _jpeg_end(data, 0)
        # Phones put further pictures behind the first, and fill up with zeros.
        while (start := _next_picture(data, end)) >= 0:
            end = _jpeg_end(data, start)
        return len(data) if not data[end:].strip(b"\0") else end
    if data.startswith(b"RIFF"):
        size = 8 + int.from_bytes(data[4:8], "little")
        return min(size + size % 2, len(data))
    return len(data)


def _next_picture(data: bytes, end: int) -> int:
    start = data.find(b"\xff\xd8\xff", end)
    return start if start >= 0 and not data[end:start].strip(b"\0") else -1


def _png_end(data: bytes) -> int:
    at = _PNG_START
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        at += 12 + size
        if kind == b"IEND":
            break
    return min(at, len(data))


def _jpeg_end(data: bytes, start: int) -> int:
    at = start + 2
    while at + 1 < len(data):
        if data[at] != 0xFF:  # noqa: PLR2004 - in the scan: on to the next marker
            at = data.find(b"\xff", at)
            if at < 0:
                break
            continue
        kind = data[at + 1]
        if kind == _END:
            return at + 2
        if kind in _STUFFED or kind in _ALONE:
            at += 2
        elif kind == 0xFF:  # noqa: PLR2004 - filling
            at += 1
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return len(data)
