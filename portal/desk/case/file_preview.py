"""Looking at an attachment without opening it: its pixels drawn anew, or its words alone.

Both are made in a confined process, which is not trusted either: pixels can be nothing but a
picture, words nothing but text. What cannot be shown so is only handed out as it was sent.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from portal.confined.examining import Trouble, examine
from portal.lint.attachments import read_named

if TYPE_CHECKING:
    from collections.abc import Mapping

PICTURES = frozenset({"JPEG 图片", "PNG 图片", "WebP 图片"})
TEXTS: Mapping[str, str] = {"PDF 文档": "pdf", "Word 文档": "docx", "Excel 表格": "xlsx"}
_MOST_LINES, _LONGEST = 2_000, 2_000
_LARGEST_EDGE = 4_000


def shown_as(real_type: str) -> str:
    """What a file of a type can be looked at as, in words; empty for what cannot."""
    return "看图" if real_type in PICTURES else "看文字" if real_type in TEXTS else ""


def redrawn(data: bytes) -> bytes | str:
    """A picture as a JPEG of our own; why not, in words."""
    found = examine("pixels", data, _picture)
    return found.text if isinstance(found, Trouble) else found


def _picture(value: Any) -> bytes:
    width, height = map(int, value["size"])
    if not (0 < width <= _LARGEST_EDGE and 0 < height <= _LARGEST_EDGE):
        raise ValueError(width)
    rgb = base64.b64decode(value["rgb"], validate=True)
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), rgb).save(out, "JPEG", quality=88)
    return out.getvalue()


def words_of(real_type: str, data: bytes) -> list[tuple[str, list[str]]] | str:
    """The text of a document by its parts, such as pages or sheets; why not, in words."""
    content = read_named(f"file.{TEXTS[real_type]}", data)
    if content.unreadable:
        return f"无法检查：{content.unreadable}"
    parts: dict[str, list[str]] = {}
    for piece in content.pieces[:_MOST_LINES]:
        parts.setdefault(piece.where, []).append(piece.text[:_LONGEST])
    return list(parts.items()) or "没有读出文字；可能是扫描的图片"
