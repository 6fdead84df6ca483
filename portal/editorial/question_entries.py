"""The questions of content/faq.yml one by one: one is written anew, the others keep their bytes.

The file is cut before each `- ` at the beginning of a line; comments and empty lines at the end of
a piece stay where they are.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from portal.content.prose_files import BASES
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEGIN = re.compile(r"^(?=- )", re.MULTILINE)
_TAIL = re.compile(r"(?:^[ \t]*(?:#[^\n]*)?(?:\n|\Z))*\Z", re.MULTILINE)
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as it is edited; `basis` is one of BASES."""

    slug: str
    question: str
    answer: str
    group: str
    basis: str


def entries_of(text: str) -> list[Entry]:
    """Every entry in order; RequestError for a text that has to be mended as a text first."""
    found = [_read(piece) for piece in _pieces(text)[1:]]
    try:
        whole = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RequestError(_UNREADABLE) from error
    if whole is not None and (not isinstance(whole, list) or len(whole) != len(found)):
        raise RequestError(_UNREADABLE)
    return found


_UNREADABLE = "这份问答的写法有错误，先按检查改好，再一条一条地改"


def with_entry(text: str, entry: Entry, *, new: bool = False) -> str:
    """The text with an entry written anew, or put at the end of its group; RequestError."""
    _refuse(entry)
    pieces, entries = _pieces(text), entries_of(text)
    slugs = [one.slug for one in entries]
    if new:
        same = [n for n, one in enumerate(entries) if one.group == entry.group]
        at = (same[-1] if same else len(entries) - 1) + 1
        tail = _tail(pieces[at]) if at else ""
        head = pieces[at].removesuffix(tail)
        gap = "\n" if head.endswith("\n") or not head else "\n\n"
        after = tail or "\n"
        parts = (*pieces[:at], head, gap, written(entry), after, *pieces[at + 1 :])
        return _sound("".join(parts), entry, len(entries) + 1)
    if entry.slug not in slugs:
        raise RequestError("这一条已经不在了，请回到清单重新选")
    at = slugs.index(entry.slug) + 1
    tail = _tail(pieces[at])
    parts = (*pieces[:at], written(entry), tail, *pieces[at + 1 :])
    return _sound("".join(parts), entry, len(entries))


def _sound(text: str, entry: Entry, count: int) -> str:
    """The text, if it reads back as it was meant; RequestError for what YAML cannot hold."""
    found = entries_of(text)
    own = [one for one in found if one.slug == entry.slug]
    if len(found) != count or not own or _words(own[0]) != _words(entry):
        raise RequestError("文字里有不能写入的字符，请去掉控制字符、特殊空格一类再存")
    return text


def _words(entry: Entry) -> list[list[str]]:
    return [entry.question.split(), entry.answer.split(), entry.group.split(), [entry.basis]]


def without_entry(text: str, slug: str) -> str:
    """The text without an entry; what stands after it stays."""
    pieces, slugs = _pieces(text), [one.slug for one in entries_of(text)]
    if slug not in slugs:
        raise RequestError("这一条已经不在了，请回到清单重新选")
    at = slugs.index(slug) + 1
    return "".join((*pieces[:at], _tail(pieces[at]).lstrip("\n"), *pieces[at + 1 :]))


def free_slug(entries: Sequence[Entry]) -> str:
    """A name for a new entry, which is its anchor on the page."""
    known = {one.slug for one in entries}
    return next(f"question-{n}" for n in range(1, len(known) + 2) if f"question-{n}" not in known)


def written(entry: Entry) -> str:
    """An entry as the file has it."""
    lines = entry.answer.strip("\n").split("\n")
    answer = "\n".join(_INDENT + line.rstrip() if line.strip() else "" for line in lines)
    return (
        f"- slug: {entry.slug}\n"
        f"  group: {_scalar(entry.group)}\n"
        f"  basis: {entry.basis}\n"
        f"  question: {_scalar(entry.question)}\n"
        f"  answer: |\n{answer}\n"
    )


def _refuse(entry: Entry) -> None:
    for label, text in (("问题", entry.question), ("答案", entry.answer), ("分组", entry.group)):
        if not text.strip():
            raise RequestError(f"请填写{label}")
    if entry.basis not in BASES:
        raise RequestError("请选择依据")
    if entry.answer.lstrip("\n").startswith((" ", "\t")):
        raise RequestError("答案的第一行前面不要空格")


def _pieces(text: str) -> list[str]:
    """What stands before the first entry, and each entry with what follows it."""
    parts = _BEGIN.split(text)
    return parts if not text.startswith("- ") else ["", *(part for part in parts if part)]


def _tail(piece: str) -> str:
    found = _TAIL.search(piece)
    return found[0] if found else ""


def _read(piece: str) -> Entry:
    try:
        (values,) = yaml.safe_load(piece)
        return Entry(
            str(values["slug"]),
            str(values["question"]),
            str(values["answer"]).strip("\n"),
            str(values["group"]),
            str(values["basis"]),
        )
    except (yaml.YAMLError, TypeError, ValueError, KeyError) as error:
        raise RequestError(_UNREADABLE) from error


def _scalar(text: str) -> str:
    """A line as YAML reads it back: as it is where that can be, else in quotes."""
    plain = " ".join(text.split())
    try:
        same = yaml.safe_load(f"x: {plain}") == {"x": plain}
    except yaml.YAMLError:
        same = False
    return plain if same else json.dumps(plain, ensure_ascii=False)
