"""The live index: Whoosh finds candidates by their rarest bigram, the text itself decides.

Whoosh is reached only here. The index is a cache: it is rebuilt when its version changes or when
it is damaged, and it is never trusted for the answer, only for leaving documents out.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whoosh import fields, formats
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex, LockError

from portal.search import analysis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from portal.search.analysis import Query
    from portal.search.documents import Document

_FORMAT = 1
_SCAN_SHARE = 8
"""Above one document in this many, reading postings costs more than looking at every text."""


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


def _schema() -> fields.Schema:
    return fields.Schema(
        path=fields.ID(unique=True, stored=True),
        digest=fields.STORED,
        folded=fields.STORED,
        text=BigramField(),
    )


@dataclass(frozen=True)
class Snapshot:
    """Documents and the index state that covers them; safe to use while the index is written."""

    documents: tuple[Document, ...]
    texts: tuple[str, ...]
    reader: Any
    numbers: dict[int, int]

    def find(self, query: Query) -> list[Document]:
        """Every document that matches, in the documents' own order."""
        candidates = self._candidates(query)
        places = range(len(self.documents)) if candidates is None else sorted(candidates)
        return [self.documents[i] for i in places if query.matches(self.texts[i])]

    def _candidates(self, query: Query) -> list[int] | None:
        """Indexes of the documents with the query's rarest bigram; None: look at all of them."""
        counts = {pair: self.reader.doc_frequency("text", pair.encode()) for pair in query.bigrams}
        if not counts:
            return None
        rarest = min(counts, key=lambda pair: (counts[pair], pair))
        if counts[rarest] == 0:
            return []
        if counts[rarest] * _SCAN_SHARE > len(self.documents):
            return None
        postings = self.reader.postings("text", rarest.encode())
        return [self.numbers[n] for n in postings.all_ids() if n in self.numbers]


class SearchIndex:
    """A Whoosh index in a folder, kept equal to a sequence of documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"whoosh-{_FORMAT}-{analysis.VERSION}"
        self._snapshot: Snapshot | None = None

    def snapshot(self, documents: Sequence[Document]) -> Snapshot:
        """Bring the index to hold exactly these documents and return a view of it.

        While another process writes, the view it leaves is used and missing documents are scanned.
        """
        wanted = tuple(documents)
        if self._snapshot is not None and self._snapshot.documents == wanted:
            return self._snapshot
        try:
            self._snapshot = self._updated(wanted)
        except LockError:
            raise
        except Exception:  # noqa: BLE001 - whatever a damaged index raises, it is only a cache
            shutil.rmtree(self._folder, ignore_errors=True)
            self._snapshot = self._updated(wanted)
        return self._snapshot

    def _open(self) -> FileIndex:
        self._folder.mkdir(parents=True, exist_ok=True)
        storage = FileStorage(str(self._folder))
        if storage.index_exists():
            return storage.open_index()
        return storage.create_index(_schema())

    def _updated(self, wanted: tuple[Document, ...]) -> Snapshot:
        index = self._open()
        with index.reader() as reader:
            held = {stored["path"]: stored["digest"] for stored in reader.all_stored_fields()}
        needed = {document.path: document for document in wanted}
        gone = [path for path in held if path not in needed]
        stale = [d for d in wanted if held.get(d.path) != d.digest]
        if gone or stale:
            self._write(index, gone, stale, fresh=not held)
        reader = index.reader()
        places = {document.path: i for i, document in enumerate(wanted)}
        numbers: dict[int, int] = {}
        texts: dict[int, str] = {}
        for number, stored in reader.iter_docs():
            numbers[number] = places[stored["path"]]
            texts[numbers[number]] = stored["folded"]
        if len(texts) != len(wanted):
            raise ValueError("the index does not cover the documents")
        return Snapshot(wanted, tuple(texts[i] for i in range(len(wanted))), reader, numbers)

    @staticmethod
    def _write(
        index: FileIndex, gone: Sequence[str], stale: Sequence[Document], *, fresh: bool
    ) -> None:
        # The default of 128 MB spills to disk and merges: four times slower at 10,000 documents.
        writer = index.writer(limitmb=1024)
        for path in gone:
            writer.delete_by_term("path", path)
        add = writer.add_document if fresh else writer.update_document
        for document in stale:
            add(
                path=document.path,
                digest=document.digest,
                folded=document.folded,
                text=document.folded,
            )
        writer.commit()
