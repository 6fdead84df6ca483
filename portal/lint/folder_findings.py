"""Folder findings: what the rules say of one folder of a notice, and what others need of it."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from portal.content.notice.basis import Basis
from portal.content.notice.notice_folder import LIST, TEXT
from portal.content.notice.notice_reader import Source, read_notice
from portal.content.notice.references import with_references
from portal.content.record.packing import Packer
from portal.domain.notice import Notice
from portal.lint.lint_store import packed
from portal.lint.rules.rule_groups import (
    BODY_RULES,
    CHARACTER_RULES,
    NOTICE_RULES,
    PASSAGE_RULES,
    TEXT_RULES,
    WORD_RULES,
    Found,
    found_of,
    run,
)
from portal.lint.rules.subjects import Passage, Subject, unsound_texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from portal.content.files.fault_collector import Place
    from portal.domain.notice import Kind
    from portal.lint.rules.subjects import Surroundings

_PLACES = frozenset(
    {"title", "published", "updated", "revision", "amends", "window.opens", "reasons"}
    | {"result-of", "objections", "departures"}
)
_OF_A_TEXT = ("body", "entries", "attachments", "revisions", "digest", "review", "tags", "window")
_beside_the_text = attrgetter(*(f.name for f in fields(Notice) if f.name not in _OF_A_TEXT))
_PASSING = frozenset({"P007"})
"""What may be otherwise the next time although no file has changed: a process was too slow."""


class Head(NamedTuple):
    """What is known of a folder's notice besides what was found, see `Known`; empty for none.

    `missing` is what the folder was told of the notices there are, where it names none of them.
    """

    kind: Kind | None
    packed: bytes | Notice = b""
    edition: str = ""
    revision: int = 0
    places: Mapping[str, Place] = {}
    files: tuple[str, ...] = ()
    sound: bool = False
    text: str = ""
    digest: str = ""
    amends: str = ""
    missing: str = ""


class FolderFindings(NamedTuple):
    """All that was read and found of a folder, its list packed; `lasting` where it may be kept."""

    head: Head
    found: tuple[Found, ...]
    listing: bytes
    lasting: bool


class FolderReading:
    """Reads folders one after another; `slugs` are the names of all there are.

    `keep` tells whether what is read will be kept, and so has to be told from what is read later.
    """

    def __init__(self, around: Surroundings, slugs: Collection[str], *, keep: bool) -> None:
        self._around, self._slugs, self._keep = around, slugs, keep
        self._some = "、".join(sorted(slugs)[:12])
        self._basis = Basis(around.tree.calendar, around.tree.editions)
        self._packer = Packer()

    def missing(self, amends: str) -> str:
        """What a notice is told that amends one which does not exist; empty where it does."""
        return self._some if amends and amends not in self._slugs else ""

    def read(self, folder: Path) -> FolderFindings:
        """Judge a folder by itself."""
        tree = self._around.tree
        read = read_notice(folder, self._basis)
        before = read.notice or read.partial
        amends = (before.about or "") if before else ""
        source = with_references(read, tree.site, tree.editions, self._slugs)
        found = (*map(found_of, source.issues), *self._judged(source))
        notice, matter = source.notice or source.partial, source.matter
        lasting = _PASSING.isdisjoint(one.code for one in found)
        if notice is None or matter is None:
            head = Head(None, amends=amends, missing=self.missing(amends))
            return FolderFindings(head, found, b"", lasting)
        places = {key: at for key, at in matter.places.items() if key in _PLACES}
        table = source.table
        entries = [tuple(entry) for entry in notice.entries]
        listing = (entries, table.header, table.text) if table else (entries, (), "")
        kept = packed(listing) if entries else packed(([], (), ""))
        notices = self._packer.pack_listed(notice) if self._keep else _without_texts(notice)
        head = Head(
            notice.kind,
            notices,
            notice.edition,
            notice.revision,
            places,
            tuple(file.name for file in notice.attachments),
            source.notice is not None,
            *(_digests(notice, places, kept) if self._keep else ("", "")),
            amends,
            self.missing(amends),
        )
        return FolderFindings(head, found, kept, lasting)

    def _judged(self, source: Source) -> Iterator[Found]:
        notice = source.notice or source.partial
        if notice is not None and source.matter is not None:
            return _notice_findings(Subject(source, notice, source.matter, self._around))
        return (one._replace(repair=()) for one in _unsound_findings(source))


def _without_texts(notice: Notice) -> Notice:
    """A notice as its neighbours see it."""
    earlier = tuple(replace(r, body="", entries=(), attachments=()) for r in notice.revisions)
    return replace(notice, body="", entries=(), attachments=(), revisions=earlier)


def _digests(notice: Notice, places: Mapping[str, Place], listing: bytes) -> tuple[str, str]:
    """What changes with all that others read of a notice, without its list and with its list.

    With the list nothing of its text counts: an edit of the text lets the lists of an edition be.
    """
    window, earlier = notice.window, notice.revisions
    shown = (*_beside_the_text(notice), notice.revision, sorted(places.items()))
    days = window and (
        *(window.opens, window.closes, window.length, window.counting, window.first_day),
        window.extensions,
    )
    texts = [(one.number, one.published, one.digest, one.redacted) for one in earlier]
    told = repr((shown, days)).encode("utf-8", "surrogatepass")
    more = repr((texts, notice.digest)).encode("utf-8", "surrogatepass")
    sums = (hashlib.sha256(told + rest).hexdigest() for rest in (more, listing))
    return next(sums), next(sums)


def _notice_findings(subject: Subject) -> Iterator[Found]:
    yield from run(NOTICE_RULES, subject)
    for prose in subject.texts():
        yield from run((*TEXT_RULES, *CHARACTER_RULES), prose)
        yield from run(WORD_RULES, Passage(prose, subject.context))
    for prose in subject.attached():
        yield from run(TEXT_RULES, prose)
    yield from run(PASSAGE_RULES, Passage(subject.body, subject.context))
    yield from run(BODY_RULES, subject.body)


def _unsound_findings(source: Source) -> Iterator[Found]:
    """What may not be said is looked for in the files even when they make no notice yet."""
    for prose in unsound_texts(source):
        yield from run(TEXT_RULES, prose)
        if prose.path.endswith((TEXT, LIST)):
            yield from run(CHARACTER_RULES, prose)
