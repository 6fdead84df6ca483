"""Search data of a build: made of the heads, so that only changed texts are unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from portal.search.documents import Document, documents
from portal.search.labels import labels
from portal.search.static import StaticIndex, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portal.freezer.pages.scene import Scene
    from portal.freezer.processes.pool import Work
    from portal.search.shards import Postings
    from portal.search.static import Prepared, Task

_DATA = "/search/data/"

# Texts are inverted in few parts, each of many of a run's items: every part has nearly all grams.
_SLICES = 240

R = TypeVar("R")


def search_index(store: Path, version: str = "") -> StaticIndex:
    """The search data that belongs to a store."""
    return StaticIndex(store.with_suffix(".search"), version)


def preparer(scene: Scene) -> Callable[[], Work[str, list[Prepared]]]:
    """Work that reads the texts of a batch of documents, named by their paths."""

    def make() -> Work[str, list[Prepared]]:
        by_path = {d.path: d for d in documents(scene.catalogue(), scene.at)}

        def work(batch: Sequence[str], tell: Callable[[str], None]) -> list[Prepared]:
            found = []
            for path in batch:
                tell(path)
                found.append(prepare(by_path[path]))
            return found

        return work

    return make


class Run(Protocol):
    """Works through items by a stage's work, in one process or in several."""

    def __call__(
        self, stage: str, make: Callable[[], Work[str, R]], items: Sequence[str]
    ) -> Iterator[R]:
        """Each batch's result."""


def update_search(scene: Scene, version: str, run: Run) -> dict[str, str]:
    """Bring a scene's search data up to date; its URLs with the key that names their content."""
    catalogue = scene.catalogue()
    found = documents(catalogue, scene.at)
    index = search_index(scene.store, version)

    def read(stale: Sequence[Document]) -> Iterator[Prepared]:
        for batch in run("读取检索文本", preparer(scene), [document.path for document in stale]):
            yield from batch

    def spread(task: Task, count: int) -> Iterator[tuple[int, Postings]]:
        size = max(1, -(-count // _SLICES))

        def make() -> Work[str, tuple[int, Postings]]:
            def work(batch: Sequence[str], tell: Callable[[str], None]) -> tuple[int, Postings]:
                tell(f"第{batch[0]}篇起的检索文本")
                first = int(batch[0])
                return first, task(first, min(count, int(batch[-1]) + size))

            return work

        yield from run("编制检索索引", make, list(map(str, range(0, count, size))))

    files = index.update(found, labels(catalogue, scene.at), read, spread)
    index.close()  # workers are forked after this and open their own
    return {_DATA + name: f"search {name} {digest}" for name, digest in files.items()}


def outdated_data(published: Mapping[str, str], search: Mapping[str, str]) -> set[str]:
    """Keys of published search data whose content has changed."""
    return {known for url, key in search.items() if (known := published.get(url, key)) != key}
