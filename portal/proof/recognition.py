"""Which notice a file says it is, and which of its lines differ from the published file.

Anybody may hand in a file, so its bytes are parsed, and compared, in a confined process only.
"""

from __future__ import annotations

import difflib
import html
import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from portal.confined.examining import Trouble, examine
from portal.confined.frames import name_and_data, named

_ADDRESS = re.compile(r"/notices/\s*([a-z0-9-]+)/")
_REVISION = re.compile(r"第\s*(\d+)\s*版")
_CANONICAL = re.compile(r'<link[^>]*rel="?canonical"?[^>]*href="?([^" >]+)')
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
_MOST_CHANGES = 12


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says it is; `revision` is 0 where it does not say. `filename` is its format's."""

    slug: str
    revision: int
    filename: str


def recognise(name: str, content: bytes) -> Claim | Trouble | None:
    """The claim of a PDF, Word, JSON or HTML file, or None; Trouble where reading it failed."""
    return examine("claim", named(name, content), _of_plain)


def _of_plain(value: Any) -> Claim | None:
    return None if value is None else Claim(str(value[0]), int(value[1]), str(value[2]))


def plain_claim(content: bytes) -> list[Any] | None:
    """The task: the claim of a named file, as `_of_plain` reads it."""
    claim = _claim(*name_and_data(content))
    return [claim.slug, claim.revision, claim.filename] if claim else None


def _claim(name: str, content: bytes) -> Claim | None:
    kind = _kind(name, content)
    try:
        if kind == "notice.docx":
            return _word_claim(content)
        if kind == "list.json":
            return _json_claim(content)
        text = _text_of(kind, content)
        if kind == "index.html":
            address = _CANONICAL.search(content.decode("utf-8", "replace"))
            text = address[1] if address else ""
    except Exception:  # noqa: BLE001 - a damaged file of whatever kind says nothing
        return None
    found = _ADDRESS.findall(text)
    if not found:
        return None
    revision = _REVISION.findall(text)
    return Claim(found[-1], int(revision[-1]) if revision else 0, kind)


def _kind(name: str, content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return "notice.pdf"
    if content.startswith(b"PK"):
        return "notice.docx"
    if name.endswith(".json"):
        return "list.json"
    if name.endswith((".html", ".htm")) or b"<html" in content[:2000].lower():
        return "index.html"
    return name.rpartition("/")[2]


def _json_claim(content: bytes) -> Claim | None:
    text = content.decode("utf-8", "replace")
    found = _ADDRESS.findall(text)
    return Claim(found[0], int(json.loads(text).get("revision", 0)), "list.json") if found else None


def _word_claim(content: bytes) -> Claim | None:
    """Word keeps the address and revision in the file's properties; else its text has them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        core = archive.read("docProps/core.xml").decode("utf-8", "replace")
    address = _ADDRESS.search(core)
    version = re.search(r"<cp:version>(\d+)<", core)
    if address:
        return Claim(address[1], int(version[1]) if version else 0, "notice.docx")
    text = _text_of("notice.docx", content)
    found, revision = _ADDRESS.findall(text), _REVISION.findall(text)
    if not found:
        return None
    return Claim(found[-1], int(revision[-1]) if revision else 0, "notice.docx")


def _text_of(kind: str, content: bytes) -> str:
    """The words of a file, line by line."""
    if kind == "notice.pdf":
        from pypdf import PdfReader

        pages = PdfReader(io.BytesIO(content)).pages
        return "\n".join(page.extract_text() for page in pages)
    if kind == "notice.docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            document = archive.read("word/document.xml").decode("utf-8", "replace")
        return html.unescape(re.sub(r"<[^>]+>", "", document.replace("</w:p>", "\n")))
    text = content.decode("utf-8", "replace")
    return html.unescape(_TAG.sub("\n", text)) if kind == "index.html" else text


def changed_places(kind: str, published: bytes, handed_in: bytes) -> list[str]:
    """The changed lines, published against handed in; one sentence where only the file differs."""
    both = named(kind, named(str(len(published)), published + handed_in))
    found = examine("changes", both, lambda value: [str(place) for place in value])
    return [f"无法逐行比对：{found.why}"] if isinstance(found, Trouble) else found


def plain_changes(content: bytes) -> list[str]:
    """The task: the changed lines of two files that `changed_places` put together."""
    kind, rest = name_and_data(content)
    size, both = name_and_data(rest)
    return _changes(kind, both[: int(size)], both[int(size) :])


def _changes(kind: str, published: bytes, handed_in: bytes) -> list[str]:
    before, after = (_lines(_text_of(kind, content)) for content in (published, handed_in))
    places = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            continue
        old, new = " ".join(before[i:j]), " ".join(after[k:m])
        if tag == "delete":
            places.append(f"删去了“{_short(old)}”")
        elif tag == "insert":
            places.append(f"增加了“{_short(new)}”")
        else:
            places.append(f"原文“{_short(old)}”，此件“{_short(new)}”")
    if not places:
        return ["文字没有不同，文件经过另存、转换或者改过格式"]
    more = len(places) - _MOST_CHANGES
    return places[:_MOST_CHANGES] + ([f"另有{more}处不同"] if more > 0 else [])


def _lines(text: str) -> list[str]:
    squeezed = (re.sub(r"\s+", "", line) for line in text.splitlines())
    return [line for line in squeezed if line]


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
