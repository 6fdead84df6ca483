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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import FileIndex, LockError

from portal.search import analysis
from portal.search.snapshot import Snapshot, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from portal.search.documents import Document

_FORMAT = 2
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


class _Files(FileStorage):  # type: ignore[misc]
    """A folder of index files that remembers what it opened, with its folder of drafts.

    Where writing fails, for a full disk say, Whoosh leaves its files and its lock to the garbage
    collector: until that comes by, nobody could write the index again.
    """

    def __init__(self, path: str, endings: list[Callable[[], None]] | None = None) -> None:
        super().__init__(path)
        self._endings = [] if endings is None else endings

    def create_file(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A file as Whoosh's own storage makes it."""
        made = super().create_file(name, *args, **kwargs)
        self._endings.append(made.file.close)
        return made

    def temp_storage(self, name: str) -> FileStorage:
        """The folder of drafts, whose files are remembered here too."""
        return _Files(str(Path(self.folder, name)), self._endings).create()

    def lock(self, name: str) -> Any:
        """A lock as Whoosh's own storage makes it."""
        made = super().lock(name)
        self._endings.append(made.release)
        return made

    def close(self) -> None:
        """Close what is still open."""
        while self._endings:
            with contextlib.suppress(Exception):  # closed by Whoosh, or the disk is full
                self._endings.pop()()


def _schema() -> fields.Schema:
    return fields.Schema(
        path=fields.ID(unique=True, stored=True),
        digest=fields.STORED,
        folded=fields.STORED,
        text=BigramField(),
    )


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
        storage = _Files(str(self._folder))
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
        with contextlib.closing(index.storage):
            writer = index.writer(codec=_Codec())
            writer.pool = _Pool()
            for path in gone:
                writer.delete_by_term("path", path)
            for document in stale:
                folded = document.folded
                writer.add_document(
                    path=document.path, digest=document.digest, folded=folded, text=folded
                )
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
