"""Does a reply quote the objection? A reply may be read by others; the objection was confidential.

Model: 《关于保护、奖励职务犯罪举报人的若干规定》第五条（七）: a reply by query code must not
mention the content of the report. It does not bind this office; the desk warns, and the officer
decides.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_COMMON = 10
_DROPPED = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).lower()


def quoted_passages(reply: str, objection: str, allowed: Iterable[str] = ()) -> tuple[str, ...]:
    """Passages of at least ten characters that stand in both texts, punctuation aside.

    `allowed` texts are public already (the notice's title, the names on the list) and may stand.
    """
    source, text = _plain(objection), _plain(reply)
    for public in sorted(map(_plain, allowed), key=len, reverse=True):
        if public:
            text = text.replace(public, "\n")
    found: list[str] = []
    start = 0
    while start + LONGEST_COMMON <= len(text):
        end = start + LONGEST_COMMON
        if "\n" in text[start:end] or text[start:end] not in source:
            start += 1
            continue
        while end < len(text) and text[start : end + 1] in source:
            end += 1
        found.append(text[start:end])
        start = end
    return tuple(dict.fromkeys(found))


def names_the_objector(reply: str, details: Iterable[str]) -> tuple[str, ...]:
    """Which of the objector's own details (name, phone, address …) the reply repeats."""
    text = _plain(reply)
    return tuple(d for d in details if len(_plain(d)) > 1 and _plain(d) in text)
