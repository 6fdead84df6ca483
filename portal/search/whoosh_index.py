"""The live index: Whoosh finds candidates by their rarest bigrams, the text itself decides.

Whoosh is reached only here. The index is a cache: it is rebuilt when its version changes or when
it is damaged, and it is never trusted for the answer, only for leaving documents out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import FileIndex, LockError

from portal.search import analysis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from portal.search.analysis import Query
    from portal.search.documents import Document

_FORMAT = 2
_SCAN_SHARE = 8
"""Above one document in this many, reading postings costs more than looking at every text."""


_TRIES = 3
_SUMS = "sums.json"
_PASSING = {".tmp", ""}
"""Endings of files that are no part of the index: drafts and the lock."""


class BigramField(fields.FieldType):  # type: ignore[misc]
    """A Whoosh field that holds the set of a folded text's bigrams; no positions, no scores."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None
        self.scorable = False
        self.stored = False
        self.unique = False
        self.vector = None
        self.indexed = True

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Postings of a folded text, as Whoosh's writers take them."""
        return ((pair.encode(), 1, 1.0, b"") for pair in analysis.bigrams(value))


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own format without lengths of documents, which only scores would need."""

    length_stats = False


class _Pool:
    """Postings of one segment, inverted in memory.

    Whoosh's own pool pickles every posting to sorted runs on disk: four times slower.
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        self._numbers: defaultdict[tuple[str, bytes], array[int]] = defaultdict(lambda: array("I"))

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Take one posting; documents come in the order of their numbers."""
        self._numbers[posting[0], posting[1]].append(posting[2])

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """All postings in the order of the terms."""
        for name, term in sorted(self._numbers):
            for number in sorted(self._numbers[name, term]):
                yield name, term, number, 1.0, b""

    def cleanup(self) -> None:
        """Let the postings go."""
        self._numbers.clear()


def _schema() -> fields.Schema:
    return fields.Schema(
        path=fields.ID(unique=True, stored=True),
        digest=fields.STORED,
        folded=fields.STORED,
        text=BigramField(),
    )


@dataclass(frozen=True)
class Snapshot:
    """Documents and the index state that covers them; safe to use while the index is written.

    `numbers` leads from the index's numbers to places among the documents; `loose` are the places
    of documents that the index does not hold, which are always looked at.
    """

    documents: tuple[Document, ...]
    texts: tuple[str, ...]
    reader: Any = None
    numbers: dict[int, int] = field(default_factory=dict)
    loose: tuple[int, ...] = ()
    _lock: Lock = field(default_factory=Lock, compare=False, repr=False)

    @property
    def complete(self) -> bool:
        """Whether the index holds these documents and nothing else."""
        held = self.reader is not None and len(self.numbers) == self.reader.doc_count()
        return held and not self.loose

    def over(self, wanted: Sequence[Document], most: int) -> Snapshot | None:
        """The same index over other documents; None where more than `most` texts are new."""
        places = {(document.path, document.digest): i for i, document in enumerate(self.documents)}
        before = [places.get((document.path, document.digest)) for document in wanted]
        if before.count(None) > most:
            return None
        texts = tuple(
            wanted[i].folded if place is None else self.texts[place]
            for i, place in enumerate(before)
        )
        if self.reader is None:
            return Snapshot(tuple(wanted), texts)
        now = {place: i for i, place in enumerate(before) if place is not None}
        numbers = {n: now[place] for n, place in self.numbers.items() if place in now}
        held = set(numbers.values())
        loose = tuple(i for i in range(len(wanted)) if i not in held)
        return Snapshot(tuple(wanted), texts, self.reader, numbers, loose, self._lock)

    def find(self, query: Query) -> list[Document]:
        """Every document that matches, in the documents' own order."""
        candidates = self._candidates(query)
        places = range(len(self.documents)) if candidates is None else sorted(candidates)
        terms = sorted(query.terms, key=len, reverse=True)
        if len(terms) == 1:
            term = terms[0]
            return [self.documents[i] for i in places if term in self.texts[i]]
        return [self.documents[i] for i in places if all(t in self.texts[i] for t in terms)]

    def _candidates(self, query: Query) -> list[int] | None:
        """Places of the documents with the query's rarest bigrams; None: look at all of them."""
        if self.reader is None or not query.bigrams:
            return None
        with self._lock:  # Whoosh's readers move one file position
            return self._rarest(query)

    def _rarest(self, query: Query) -> list[int] | None:
        counted = sorted(
            (self.reader.doc_frequency("text", pair.encode()), pair) for pair in query.bigrams
        )
        rarest, pair = counted[0]
        if rarest == 0:
            return list(self.loose)
        if rarest * _SCAN_SHARE > len(self.documents):
            return None
        found = set(self._postings(pair))
        if len(counted) > 1 and counted[1][0] * _SCAN_SHARE <= len(self.documents):
            found.intersection_update(self._postings(counted[1][1]))
        numbers = self.numbers
        return [*self.loose, *(numbers[n] for n in found if n in numbers)]

    def _postings(self, pair: str) -> Iterator[int]:
        postings: Iterator[int] = self.reader.postings("text", pair.encode()).all_ids()
        return postings


def scan(documents: Sequence[Document]) -> Snapshot:
    """A view without an index, which looks at every text."""
    return Snapshot(tuple(documents), tuple(document.folded for document in documents))


class SearchIndex:
    """A Whoosh index in a folder, kept equal to a sequence of documents.

    It is read into memory whole: a view then depends on no file that a writer may replace.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"whoosh-{_FORMAT}-{analysis.VERSION}"

    def snapshot(self, documents: Sequence[Document]) -> Snapshot:
        """Bring the index to hold exactly these documents and return a view of it.

        While another process writes, the state before it is used and what it lacks is scanned.
        """
        wanted = tuple(documents)
        held = self._held()
        view = _view(held, wanted) if held else None
        if view is not None and view.complete:
            return view
        try:
            self._update(held, wanted)
        except LockError:
            return view or scan(wanted)
        except Exception:  # noqa: BLE001 - whatever a damaged index raises, it is only a cache
            self._remake(wanted)
        held = self._held()
        return _view(held, wanted) if held else scan(wanted)

    def held(self, documents: Sequence[Document], most: int) -> Snapshot | None:
        """A view of the index as it is on disk; None where it lacks more than `most` documents."""
        reader = self._held()
        return _view_of(reader, tuple(documents), most) if reader else None

    def _held(self) -> Any:
        """A reader of the index as it is on disk, or None where there is none that can be read."""
        for _ in range(_TRIES):  # a writer may replace files between two looks
            memory = RamStorage()
            try:
                memory.files.update(self._read_files())
                sums = json.loads(memory.files.pop(_SUMS))
                if sums != _sums(memory.files):
                    continue
                return memory.open_index().reader()
            except Exception:  # noqa: BLE001, S112 - damaged, half replaced, or not there
                continue
        return None

    def _read_files(self) -> dict[str, bytes]:
        files = (path for path in self._folder.iterdir() if path.is_file())
        return {path.name: path.read_bytes() for path in files if path.suffix not in _PASSING}

    def _open(self) -> FileIndex:
        self._folder.mkdir(parents=True, exist_ok=True)
        storage = FileStorage(str(self._folder))
        if storage.index_exists():
            return storage.open_index()
        for other in self._folder.parent.glob("whoosh-*"):
            if other != self._folder:  # made by another version
                shutil.rmtree(other, ignore_errors=True)
        return storage.create_index(_schema())

    def _update(self, held: Any, wanted: Sequence[Document]) -> None:
        if held is None:
            raise ValueError("no index that could be updated")
        digests = _digests(held)
        needed = {document.path for document in wanted}
        gone = [path for path in digests if path not in needed]
        stale = [document for document in wanted if digests.get(document.path) != document.digest]
        changed = [document.path for document in stale if document.path in digests]
        self._write(self._open(), [*gone, *changed], stale)

    def _remake(self, wanted: Sequence[Document]) -> None:
        """Write a new index in place of one that is damaged, unless somebody is just doing so."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(str(self._folder)).lock("MAIN_WRITELOCK")
        if not lock.acquire():
            return
        try:
            for path in self._folder.iterdir():
                if path.is_file() and not path.name.endswith("LOCK"):
                    path.unlink()
        finally:
            lock.release()
        with contextlib.suppress(LockError):
            self._write(self._open(), (), wanted)

    def _write(self, index: FileIndex, gone: Sequence[str], stale: Sequence[Document]) -> None:
        writer = index.writer(codec=_Codec())
        writer.pool = _Pool()
        try:
            for path in gone:
                writer.delete_by_term("path", path)
            for document in stale:
                folded = document.folded
                writer.add_document(
                    path=document.path, digest=document.digest, folded=folded, text=folded
                )
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        draft = self._folder / f"{_SUMS}.tmp"
        draft.write_text(json.dumps(_sums(self._read_files())), encoding="ascii")
        draft.replace(self._folder / _SUMS)


def _sums(files: Mapping[str, bytes]) -> dict[str, str]:
    """Fingerprints of the index's files, by which damage is noticed before it can hide a notice."""
    return {
        name: hashlib.blake2b(data, digest_size=16).hexdigest()
        for name, data in files.items()
        if name != _SUMS
    }


def _digests(reader: Any) -> dict[str, str]:
    """Digest of each document that an index holds, by its path."""
    stored = reader.all_stored_fields() if reader is not None else ()
    return {fields["path"]: fields["digest"] for fields in stored}


def _view(reader: Any, wanted: tuple[Document, ...]) -> Snapshot:
    """The documents over an index that holds their texts, or some of them."""
    view = _view_of(reader, wanted, len(wanted))
    assert view is not None
    return view


def _view_of(reader: Any, wanted: tuple[Document, ...], most: int) -> Snapshot | None:
    """The same, or None where the index lacks more than `most` of the documents."""
    places = {(document.path, document.digest): i for i, document in enumerate(wanted)}
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    for number, stored in reader.iter_docs():
        place = places.get((stored["path"], stored["digest"]))
        if place is not None:
            numbers[number] = place
            texts[place] = stored["folded"]
    loose = tuple(i for i in range(len(wanted)) if i not in texts)
    if len(loose) > most:
        return None
    every = tuple(texts[i] if i in texts else wanted[i].folded for i in range(len(wanted)))
    return Snapshot(wanted, every, reader, numbers, loose)
