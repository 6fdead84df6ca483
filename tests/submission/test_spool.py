"""Spools and drafts: plain text comes back at any place, and never touches the disk."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.cli.request_buffer import ScratchFile
from portal.domain.objection import FileRole
from portal.submission.form_drafts import Draft, DraftStore, code_of, message_id_of, new_secret

CANARY = b"canary-7f3a-plain-text"
CHUNKS = st.lists(st.binary(max_size=300), max_size=12)
SEEKS = st.lists(st.tuples(st.integers(0, 3000), st.integers(-1, 400)), max_size=8)
IN_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(CHUNKS, SEEKS)
@IN_FOLDER
def test_a_spool_reads_back_from_any_place(
    tmp_path: Path, chunks: list[bytes], seeks: list[tuple[int, int]]
) -> None:
    plain = io.BytesIO(b"".join(chunks))
    spool = DraftStore(tmp_path).prepare().spool(1 << 20)
    for chunk in chunks:
        spool.write(chunk)
    assert spool.finish().size == len(plain.getvalue())
    for place, size in seeks:
        assert spool.seek(place) == plain.seek(place)
        assert spool.read(size) == plain.read(size)
        assert spool.tell() == plain.tell() or place > len(plain.getvalue())
    spool.seek(0)
    assert spool.read() == plain.getvalue()
    spool.close()
    assert list((tmp_path / "incoming").iterdir()) == []


@given(CHUNKS, SEEKS)
def test_a_scratch_file_is_a_file(chunks: list[bytes], seeks: list[tuple[int, int]]) -> None:
    plain, scratch = io.BytesIO(), ScratchFile()
    for chunk in chunks:
        for file in (plain, scratch):
            file.seek(0, os.SEEK_END)
            file.write(chunk)
    for wanted, size in seeks:
        place = min(wanted, len(plain.getvalue()))
        assert scratch.seek(place) == plain.seek(place)
        buffer = bytearray(max(0, size))
        if size < 0:
            assert scratch.read(size) == plain.read(size)
        else:
            assert buffer[: scratch.readinto(buffer)] == plain.read(size)
    scratch.close()


def test_a_scratch_file_is_written_at_its_end_only() -> None:
    with ScratchFile() as scratch:
        scratch.write(b"one")
        scratch.seek(0)
        with pytest.raises(io.UnsupportedOperation):
            scratch.write(b"two")


def test_no_plain_text_lies_on_the_disk(tmp_path: Path) -> None:
    store = DraftStore(tmp_path).prepare()
    spool = store.spool(1 << 20)
    spool.write(CANARY * 1000)
    spool.finish()
    assert CANARY not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    secret = new_secret()
    kept = store.adopt(secret, spool, CANARY.decode(), "pdf", FileRole.EVIDENCE)
    store.save(secret, Draft({"facts": [CANARY.decode()]}, (kept,)))
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(files) == 2
    assert all(CANARY not in p.read_bytes() for p in files)
    assert not any(CANARY.decode() in p.name for p in files)
    with store.open(secret, kept) as reader:
        assert reader.read() == CANARY * 1000


def test_an_abandoned_upload_leaves_no_file(tmp_path: Path) -> None:
    """As when the connection breaks in the middle."""
    store = DraftStore(tmp_path).prepare()
    spool = store.spool(1 << 20)
    spool.write(b"half")
    del spool
    assert list(store.incoming.iterdir()) == []


def test_a_spool_stops_storing_at_its_limit(tmp_path: Path) -> None:
    spool = DraftStore(tmp_path).prepare().spool(10)
    assert [spool.write(b"12345") for _ in range(4)] == [5] * 4
    assert spool.oversize
    assert spool.finish().path.stat().st_size == 10
    spool.close()


def test_only_the_secret_finds_and_opens_a_draft(tmp_path: Path) -> None:
    store = DraftStore(tmp_path).prepare()
    secret, other = new_secret(), new_secret()
    store.save(secret, Draft({"facts": ["文字"], "entries": ["一", "二"]}))
    assert store.load(secret) == Draft({"facts": ["文字"], "entries": ["一", "二"]})
    assert store.load(other) is None
    [folder] = tmp_path.glob("*.d")
    (folder / "draft").write_bytes(os.urandom(200))
    assert store.load(secret) is None
    store.discard(secret)
    assert list(tmp_path.glob("*.d")) == []
    assert code_of(secret) != code_of(other)
    assert message_id_of(secret, "") not in code_of(secret).lower()


def test_removed_files_go_from_the_disk_with_the_next_save(tmp_path: Path) -> None:
    store = DraftStore(tmp_path).prepare()
    secret = new_secret()
    kept = []
    for name in ("一.pdf", "二.pdf"):
        spool = store.spool(100)
        spool.write(name.encode())
        kept.append(store.adopt(secret, spool, name, "pdf", FileRole.EVIDENCE))
    store.save(secret, Draft({}, tuple(kept)))
    draft = store.load(secret)
    assert draft is not None
    store.save(secret, store.without(draft, [kept[0].stored]))
    assert [f.name for f in store.load(secret).files] == ["二.pdf"]  # type: ignore[union-attr]
    [folder] = tmp_path.glob("*.d")
    assert {p.name for p in folder.iterdir()} == {"draft", kept[1].stored}


def test_drafts_are_swept_by_age(tmp_path: Path) -> None:
    store = DraftStore(tmp_path).prepare()
    store.save(new_secret(), Draft({}))
    (store.incoming / "x.spool").write_bytes(b"left by a crash")
    now = (store.incoming / "x.spool").stat().st_mtime
    assert store.sweep(now + 3600, 12 * 3600) == 0
    assert store.sweep(now + 13 * 3600, 12 * 3600) == 2
    assert list(tmp_path.glob("*.d")) == []
