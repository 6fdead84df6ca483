"""PDF parts: pages, forms, notes, metadata, and the revisions that a file still carries."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdf

_END = b"%%EOF"
_REVISIONS = 20
_SAID = {"/Contents": "批注", "/RC": "批注", "/V": "填写项", "/TU": "填写项"}


def page_texts(reader: pypdf.PdfReader) -> Iterator[tuple[str, int, str]]:
    """Where, page number and text of each page and of what was filled in or noted on it."""
    for number, page in enumerate(reader.pages, 1):
        yield f"第{number}页：", number, page.extract_text() or ""
        for note in page.get("/Annots") or ():
            found = note.get_object()
            for key, what in (
                ("/Contents", "批注"),
                ("/V", "填写项"),
                ("/TU", "填写项"),
                ("/RC", "批注"),
            ):
                value = _text(found.get(key))
                if value:
                    yield f"第{number}页{what}：", number, value
            action = found.get("/A")
            uri = _text(action.get_object().get("/URI")) if action else ""
            if uri:
                yield f"第{number}页链接：", number, uri


def form_texts(reader: pypdf.PdfReader) -> Iterator[str]:
    """The values of form fields, those without a place on a page too."""
    for name, field in (reader.get_fields() or {}).items():
        values = (field.get(key) for key in ("/V", "/DV", "/TU", "/Opt"))
        yield " | ".join(filter(None, [str(name), *map(_text, values)]))


def xmp(reader: pypdf.PdfReader) -> str:
    """The file's own XMP packet."""
    root: Any = reader.trailer["/Root"].get_object()
    stream = root.get("/Metadata")
    data = stream.get_object().get_data() if stream is not None else b""
    return data[:1_000_000].decode("utf-8", "replace")


def earlier(data: bytes) -> Iterator[bytes]:
    """The file as it was before each later saving, newest first; nothing for one saved once."""
    ends: list[int] = []
    at = data.find(_END)
    while at >= 0 and len(ends) < _REVISIONS:
        ends.append(at + len(_END))
        at = data.find(_END, at + 1)
    for end in reversed(ends[:-1]):
        # A file laid out for fast reading ends twice and has one revision only.
        if b"/Linearized" not in data[:1024] or end > len(data) // 2:
            yield data[:end]


def blank_pages(reader: pypdf.PdfReader) -> list[int]:
    """Pages that show a picture and have no text: scans."""
    return [
        number
        for number, page in enumerate(reader.pages, 1)
        if not (page.extract_text() or "").strip() and _has_picture(page)
    ]


def _has_picture(page: pypdf.PageObject) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    return bool(objects is not None and objects.get_object())


def pictures(reader: pypdf.PdfReader) -> Iterator[tuple[int, bytes]]:
    """Page and bytes of pictures that stand in the file as JPEG, with their own properties."""
    for number, page in enumerate(reader.pages, 1):
        resources = page.get("/Resources")
        objects = resources.get_object().get("/XObject") if resources is not None else None
        for found in (objects.get_object() if objects is not None else {}).values():
            stream: Any = found.get_object()
            if stream.get("/Filter") == "/DCTDecode":
                yield number, stream._data  # noqa: SLF001 - the bytes as they stand


def open_pdf(data: bytes) -> pypdf.PdfReader:
    """A reader of bytes."""
    import pypdf

    return pypdf.PdfReader(io.BytesIO(data))


def _text(value: Any) -> str:
    if value is None:
        return ""
    value = value.get_object() if hasattr(value, "get_object") else value
    if isinstance(value, list):
        return " | ".join(_text(one) for one in value)
    return value if isinstance(value, str) else ""
