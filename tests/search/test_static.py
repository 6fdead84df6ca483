"""The static index: what it answers, and that no history shows in its files."""

import itertools
import random
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import RequestError
from portal.search.analysis import parse
from portal.search.snapshot import scan
from portal.search.static import BLOCK, TEXTS, WHOLE, StaticIndex
from tests.search.reading import Reader
from tests.search.samples import LABELS, corpus, document, part_of

NOTICES = 3 * BLOCK + WHOLE + 5


def files_of(index, names):
    return {name: index.read(name) for name in names}


def update(index, documents):
    """The files after an update, each under a fingerprint that tells it from any other content."""
    names = index.update(documents, LABELS)
    files = files_of(index, names)
    assert None not in files.values()
    return files, names


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, NOTICES))
def test_the_files_answer_as_a_scan_does(tmp_path_factory, seed, notices):
    documents = corpus(seed, notices)
    index = StaticIndex(tmp_path_factory.mktemp("static") / "index")
    index.update(documents, LABELS)
    reader, everything, chance = Reader(index.read), scan(documents), random.Random(seed)
    for _ in range(12):
        try:
            query = parse(
                part_of(documents, chance)
                + " " * chance.randint(0, 1)
                + part_of(documents, chance, 2)
            )
        except RequestError:
            continue
        assert reader.find(query) == [document.path for document in everything.find(query)]
    index.close()


def edited(documents, chance):
    """Another state of the corpus: texts changed, added at either end, gone, or states moved."""
    kind = chance.choice(("text", "new", "gone", "old", "state", "same"))
    notices = [d for d in documents if d.published]
    rest = documents[len(notices) :]
    at = chance.randrange(len(notices))
    other = corpus(chance.randrange(10_000), NOTICES, 0)
    if kind == "text":
        fresh = chance.choice(other)
        notices[at] = replace(notices[at], digest=fresh.digest, read=fresh.read)
    elif kind == "new":
        count = chance.choice((1, BLOCK))
        fresh = [document(1_000 + i, f"新的公告{i}", (), chance) for i in range(count)]
        notices = [*reversed(fresh), *[n for n in notices if n.path not in {f.path for f in fresh}]]
    elif kind == "gone":
        del notices[at]
    elif kind == "old":
        notices.append(document(-1, "很早的公告", (), chance))
        notices = list({n.path: n for n in notices}.values())
    elif kind == "state":
        notices[at] = replace(notices[at], states=("withdrawn",))
    return (*notices, *rest)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_after_any_edits_the_files_are_those_of_a_fresh_build(tmp_path_factory, seed):
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("static")
    index = StaticIndex(folder / "index")
    documents = corpus(seed, NOTICES)
    before, prints = update(index, documents)
    for step in range(4):
        documents = edited(documents, chance)
        after, fingerprints = update(index, documents)
        fresh = StaticIndex(folder / f"fresh-{step}")
        assert (after, fingerprints) == update(fresh, documents)
        fresh.close()
        unchanged = {name for name in after if fingerprints[name] == prints.get(name)}
        assert all(after[name] == before[name] for name in unchanged)
        before, prints = after, fingerprints
    index.close()


def test_texts_inverted_in_parts_that_finish_in_any_order_give_the_same_files(tmp_path):
    documents = corpus(9, NOTICES)

    def spread(task, count):
        cuts = [0, 7, 30, count]
        parts = [(first, task(first, last)) for first, last in itertools.pairwise(cuts)]
        return [parts[1], parts[2], parts[0]]

    whole, parted = StaticIndex(tmp_path / "whole"), StaticIndex(tmp_path / "parted")
    names = whole.update(documents, LABELS)
    assert parted.update(documents, LABELS, spread=spread) == names
    assert files_of(parted, names) == files_of(whole, names)
    whole.close()
    parted.close()


def test_one_more_notice_changes_the_index_file_alone_until_a_block_is_full(tmp_path):
    chance = random.Random(1)
    documents = corpus(1, 2 * BLOCK + WHOLE)
    index = StaticIndex(tmp_path / "index")
    before = index.update(documents, LABELS)
    for number in range(1, BLOCK):
        documents = (document(500 + number, "新公告", (), chance), *documents)
        after = index.update(documents, LABELS)
        assert {name for name in after if after[name] != before.get(name)} == {"index.bin"}
        before = after
    documents = (document(900, "新公告", (), chance), *documents)
    after = index.update(documents, LABELS)
    new = {name for name in after if after[name] != before.get(name)}
    assert {name for name in new if name.startswith("doc/")} == {
        f"doc/{number}.bin" for number in range(2 * BLOCK // TEXTS, 3 * BLOCK // TEXTS)
    }
    index.close()


def test_a_corrected_notice_rewrites_only_the_shards_it_touches(tmp_path):
    documents = list(corpus(2, 20 * BLOCK))
    index = StaticIndex(tmp_path / "index")
    before = index.update(documents, LABELS)
    old = documents[100]
    text = replace(old.text, title=f"{old.text.title}補")
    documents[100] = replace(old, digest="corrected", read=lambda: text)
    after = index.update(documents, LABELS)
    changed = {name for name in after if after[name] != before[name]}
    # The character, its pair and its three, the pairs' places, and the document itself.
    assert 2 <= len(changed) <= 5
    assert "index.bin" not in changed
    index.close()


@pytest.mark.parametrize(
    "damage", ["noise", "cut", "another program", "another version", "a lost row"]
)
def test_a_damaged_or_foreign_file_is_replaced(tmp_path, damage):
    path = tmp_path / "index"
    documents = corpus(3, NOTICES)
    index = StaticIndex(path, "one")
    whole, _ = update(index, documents)
    index.close()
    version = "one"
    match damage:
        case "noise":
            path.write_bytes(random.Random(0).randbytes(5_000))
        case "cut":
            path.write_bytes(path.read_bytes()[:9_000])
        case "another program":
            path.unlink()
            with sqlite3.connect(path) as db:
                db.execute("CREATE TABLE meta (something TEXT)")
            db.close()
        case "another version":
            version = "two"
        case _:
            with sqlite3.connect(path) as db:
                db.execute("UPDATE doc SET data = x'00' WHERE path = ?", (documents[0].path,))
            db.close()
    index = StaticIndex(path, version)
    assert update(index, documents)[0] == whole
    index.close()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "index",
        "shard/",
        "shard/x.bin",
        "shard/9999.bin",
        "doc/-1.bin",
        "doc/²",
        "../x",
        "base/1.bin",
    ],
)
def test_there_are_no_other_files(tmp_path, name):
    index = StaticIndex(tmp_path / "index")
    index.update(corpus(4, NOTICES), LABELS)
    assert index.read(name) is None
    index.close()
