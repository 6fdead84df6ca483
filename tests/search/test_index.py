"""The live index: always the answer of a scan, whatever happens to its files."""

import gc
import os
import random
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import RequestError
from portal.search import analysis
from portal.search.analysis import parse
from portal.search.snapshot import scan
from portal.search.whoosh_index import SearchIndex
from tests.search.samples import corpus, document, part_of


def queries(documents, chance, count=25):
    """Queries that find something, each parsed."""
    while count:
        try:
            yield parse(
                f"{part_of(documents, chance)} {part_of(documents, chance, 1)}"[
                    : chance.randint(1, 14)
                ]
            )
        except RequestError:
            continue
        count -= 1


def assert_answers_as_a_scan(snapshot, documents, chance):
    everything = scan(documents)
    for query in queries(documents, chance):
        assert snapshot.find(query) == everything.find(query), query


def damage(folder: Path, chance: random.Random) -> None:
    """Cut, overwrite or lose one of the index's files."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "LOCK" not in p.name)
    path = chance.choice(files)
    data = path.read_bytes()
    kind = chance.choice(("cut", "noise", "gone", "empty"))
    if kind == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {"cut": data[: len(data) // 2], "noise": chance.randbytes(len(data)), "empty": b""}[
                kind
            ]
        )


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_through_edits_and_damage_the_index_answers_as_a_scan(tmp_path_factory, seed):
    folder, chance = tmp_path_factory.mktemp("index"), random.Random(seed)
    documents = list(corpus(seed, 40))
    for step in range(3):
        snapshot = SearchIndex(folder).snapshot(documents)
        assert_answers_as_a_scan(snapshot, documents, chance)
        fresh = corpus(seed + step + 1, 5, 0)[0]
        documents[7] = replace(documents[7], digest=fresh.digest, read=fresh.read)
        del documents[chance.randrange(8, 40)]
        documents.insert(0, document(100 + step, "新近的公告", (), chance))
        if chance.random() < 0.5:
            damage(folder, chance)


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_index_is_never_served_as_empty(tmp_path, seed):
    documents = corpus(seed, 60)
    SearchIndex(tmp_path).snapshot(documents)
    damage(tmp_path, random.Random(seed))
    snapshot = SearchIndex(tmp_path).snapshot(documents)
    assert_answers_as_a_scan(snapshot, documents, random.Random(seed))


def test_an_index_of_another_way_of_cutting_is_not_used(tmp_path, monkeypatch):
    documents = corpus(5, 30)
    SearchIndex(tmp_path).snapshot(documents)
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(analysis, "VERSION", analysis.VERSION + 1)
    snapshot = SearchIndex(tmp_path).snapshot(documents)
    assert_answers_as_a_scan(snapshot, documents, random.Random(5))
    assert set(tmp_path.iterdir()).isdisjoint(before), "the index of the old version is still there"


def test_while_another_writes_the_old_state_answers_and_new_documents_are_looked_at(tmp_path):
    documents = corpus(6, 30)
    index = SearchIndex(tmp_path)
    index.snapshot(documents)
    later = (document(99, "刚刚发布的公告", (), random.Random(6)), *documents[1:])
    writer = index._open().writer()  # the lock that another process would hold
    try:
        assert_answers_as_a_scan(SearchIndex(tmp_path).snapshot(later), later, random.Random(6))
    finally:
        writer.cancel()
    assert not SearchIndex(tmp_path).snapshot(later).loose


def test_readers_go_on_with_their_view_while_the_index_is_written(tmp_path):
    documents = list(corpus(7, 60))
    index = SearchIndex(tmp_path)
    view = index.snapshot(documents)
    faults, stop = [], threading.Event()

    def read(seed):
        chance = random.Random(seed)
        try:
            while not stop.is_set():
                assert_answers_as_a_scan(view, documents, chance)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            faults.append(error)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
    for reader in readers:
        reader.start()
    now = list(documents)
    for step in range(6):
        now.insert(0, document(200 + step, f"第{step}次发布", (), random.Random(step)))
        index.snapshot(now)
    stop.set()
    for reader in readers:
        reader.join()
    assert not faults


def test_an_index_that_cannot_be_written_is_done_without(tmp_path):
    from portal.search.live import LiveSearch

    (tmp_path / "file").write_text("", encoding="utf-8")
    search = LiveSearch(tmp_path / "file")
    documents = corpus(8, 20)
    assert_answers_as_a_scan(search._view(documents), documents, random.Random(8))


@contextmanager
def a_disk_with(room: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def open_in(folder: Path) -> list[str]:
    """Files below a folder that this process has open."""
    links = (os.path.realpath(link) for link in Path("/proc/self/fd").iterdir())
    return [path for path in links if path.startswith(str(folder))]


@pytest.mark.parametrize("room", [0, 10, 300, 1_000, 3_000, 10_000, 30_000])
@pytest.mark.parametrize("edited", [False, True])
def test_a_full_disk_leaves_nothing_open_and_the_next_writer_goes_on(tmp_path, room, edited):
    documents = corpus(9, 60)
    if edited:
        SearchIndex(tmp_path).snapshot(documents[:30])
    gc.disable()  # what nobody closes stays open
    try:
        with a_disk_with(room), suppress(OSError):
            SearchIndex(tmp_path).snapshot(documents)
        assert not open_in(tmp_path)
        assert not SearchIndex(tmp_path).snapshot(documents).loose, "its lock is still held"
    finally:
        gc.enable()
