"""The courier: nothing is lost or doubled, however often and with whatever old carrier it runs."""

import io
import os
import secrets
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.objection import Message, MessageKind
from portal.domain.workdays import SHANGHAI
from portal.ledger.signing import SigningKey
from portal.sealed.courier import DeskFolders, Report, desk_side, exchange, public_side
from portal.sealed.desk_notes import gone_note, taken_note
from portal.sealed.dropbox import DropBox, digest, publish_bytes
from portal.sealed.envelope import Header, write_head
from portal.sealed.receipts import derived
from portal.submission.form_drafts import code_of, new_secret
from tests.submission.test_submitting import Objecting, side_in


@pytest.fixture
def objecting(tmp_path: Path) -> Objecting:
    return Objecting(side_in(tmp_path))


@pytest.fixture
def carrier(tmp_path: Path) -> DropBox:
    return DropBox(tmp_path / "stick").prepare()


def sealed(header: Header) -> bytes:
    """An envelope as the courier sees it: its head, and something that it cannot read."""
    target = io.BytesIO()
    write_head(header, target)
    return target.getvalue() + b"sealed answer"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".sum")


def test_a_second_run_does_nothing(objecting: Objecting) -> None:
    side = objecting.side
    objecting.send(code_of(new_secret()), "一")
    assert exchange(side.box, side.desk, 0, side.key).taken == 1
    assert exchange(side.box, side.desk, 0, side.key) == Report()
    assert names(side.box.inbox) == names(side.box.taken) == []


def test_a_carried_folder_goes_there_and_back(objecting: Objecting, carrier: DropBox) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    lookup = derived(code).lookup
    public_side(side.box, carrier, 0, side.key.public)
    assert names(side.box.inbox) == [f"{lookup}.sealed"], "kept until the desk confirms"
    desk_side(carrier, side.desk, 0, side.key)
    answer = Header("answer", lookup, seq=1)
    publish_bytes(side.desk.tmp, side.desk.outgoing / f"{answer.name}.sealed", sealed(answer))
    desk_side(carrier, side.desk, 0, side.key)
    public_side(side.box, carrier, 0, side.key.public)
    assert names(side.box.inbox) == names(carrier.inbox) == names(carrier.taken) == []
    assert names(side.box.cases) == [f"{lookup}.json"]
    assert names(side.box.outbox) == [f"{lookup}.0001.sealed"]


def test_an_old_carrier_brings_nothing_back(
    objecting: Objecting, carrier: DropBox, tmp_path: Path
) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    public_side(side.box, carrier, 0, side.key.public)
    old = tmp_path / "old stick"
    shutil.copytree(carrier.root, old)
    desk_side(carrier, side.desk, 0, side.key)
    public_side(side.box, carrier, 0, side.key.public)
    lookup = derived(code).lookup
    (side.desk.envelopes / f"{lookup}.sealed").unlink()
    (side.desk.envelopes / f"{lookup}.gone").touch()
    (side.desk.outgoing / f"{lookup}.gone").touch()
    for _ in range(2):
        assert desk_side(DropBox(old), side.desk, 0, side.key).troubles == []
        public_side(side.box, DropBox(old), 0, side.key.public)
    assert names(side.desk.envelopes) == [f"{lookup}.gone"]
    assert names(side.box.cases) == names(side.box.inbox) == []


def test_a_deleted_case_is_forgotten_on_the_public_side(objecting: Objecting) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    lookup = derived(code).lookup
    exchange(side.box, side.desk, 0, side.key)
    message = Message(MessageKind.EVIDENCE, side.clock(), "补充")
    objecting.submissions.send(message, [], code=code, office="", id_="0" * 16)
    (side.desk.outgoing / f"{lookup}.0001.sealed").write_bytes(b"answer")
    exchange(side.box, side.desk, 0, side.key)
    (side.desk.outgoing / f"{lookup}.gone").touch()
    report = exchange(side.box, side.desk, 0, side.key)
    assert report.forgotten == 1
    assert names(side.box.outbox) == [f"{lookup}.gone"]
    assert side.box.header(lookup) is None
    exchange(side.box, side.desk, 0, side.key)
    assert names(side.box.outbox) == [f"{lookup}.gone"]


def test_what_was_changed_on_the_way_is_reported_and_left(objecting: Objecting) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    name = f"{derived(code).lookup}.sealed"
    exchange(side.box, side.desk, 0, side.key)
    (side.box.inbox / name).write_bytes((side.desk.envelopes / name).read_bytes() + b"x")
    (side.box.inbox / f"{'0' * 32}.sealed").write_bytes(b"rubbish\n")
    report = exchange(side.box, side.desk, 0, side.key)
    assert [trouble[:3] for trouble in report.troubles] == ["000", name[:3]] or len(
        report.troubles
    ) == 2
    assert any("内容不同" in trouble for trouble in report.troubles)
    assert names(side.box.inbox) == sorted([name, f"{'0' * 32}.sealed"])
    assert (side.desk.envelopes / name).read_bytes()[-1:] != b"x"


def test_a_copy_cut_short_is_not_taken_for_whole(objecting: Objecting) -> None:
    """A carrier that filled up: the desk compares what it read back."""
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    name = f"{derived(code).lookup}.sealed"
    whole = (side.box.inbox / name).read_bytes()
    (side.desk.envelopes / name).write_bytes(whole[:100])
    report = exchange(side.box, side.desk, 0, side.key)
    assert "内容不同" in report.troubles[0]
    assert (side.box.inbox / name).read_bytes() == whole


def test_a_copy_cut_on_the_carrier_waits_and_heals(objecting: Objecting, carrier: DropBox) -> None:
    """A stick that was full: header and name are right, the rest is missing."""
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    name = f"{derived(code).lookup}.sealed"
    whole = (side.box.inbox / name).read_bytes()
    public_side(side.box, carrier, 0, side.key.public)
    (carrier.inbox / name).write_bytes(whole[:2000])
    report = desk_side(carrier, side.desk, 0, side.key)
    assert (report.taken, names(side.desk.envelopes)) == (0, [])
    assert "不完整" in report.troubles[0]
    public_side(side.box, carrier, 0, side.key.public)
    assert desk_side(carrier, side.desk, 0, side.key).troubles == []
    assert (side.desk.envelopes / name).read_bytes() == whole
    (side.desk.envelopes / name).write_bytes(whole[:2000])
    (carrier.taken / name).unlink()
    assert desk_side(carrier, side.desk, 0, side.key).troubles == []
    assert (side.desk.envelopes / name).read_bytes() == whole, "the desk's own cut copy heals"


def test_who_writes_to_the_carrier_deletes_nothing(objecting: Objecting, carrier: DropBox) -> None:
    """Unsigned and foreign notes and tombstones, a tombstone of another name, names as patterns."""
    side = objecting.side
    codes = [code_of(new_secret()) for _ in range(3)]
    for code in codes:
        objecting.send(code, "一")
    lookups = [derived(code).lookup for code in codes]
    public_side(side.box, carrier, 0, side.key.public)
    stranger = SigningKey(Ed25519PrivateKey.generate())
    for lookup in lookups:
        sha256 = digest(side.box.inbox / f"{lookup}.sealed")
        name = f"{lookup}.sealed"
        other = taken_note(side.key, f"{'0' * 32}.sealed", sha256)
        for note in (sha256.encode(), taken_note(stranger, name, sha256), other, b"[" * 4000):
            (carrier.taken / name).write_bytes(note)
            assert public_side(side.box, carrier, 0, side.key.public).troubles
            (side.box.taken / name).write_bytes(note)
            assert public_side(side.box, carrier, 0, side.key.public).troubles
        for gone in (b"", gone_note(stranger, lookup), gone_note(side.key, "0" * 32)):
            (carrier.outbox / f"{lookup}.gone").write_bytes(gone)
            assert public_side(side.box, carrier, 0, side.key.public).troubles
            (side.box.outbox / f"{lookup}.gone").write_bytes(gone)
            assert public_side(side.box, carrier, 0, side.key.public).troubles
    for pattern in ("*", "?" * 32, f"[0-9a-f]{'?' * 31}", ".."):
        for folder in (carrier.outbox, side.box.outbox):
            (folder / f"{pattern}.gone").write_bytes(gone_note(side.key, pattern))
    public_side(side.box, carrier, 0, side.key.public)
    assert names(side.box.inbox) == sorted(f"{lookup}.sealed" for lookup in lookups)


def test_without_the_desks_key_nothing_is_removed(objecting: Objecting, carrier: DropBox) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    public_side(side.box, carrier, 0, None)
    desk_side(carrier, side.desk, 0, side.key)
    shutil.copytree(carrier.taken, side.box.taken, dirs_exist_ok=True)
    report = public_side(side.box, carrier, 0, None)
    assert "desk.pub" in report.troubles[0]
    assert names(side.box.inbox) == [f"{derived(code).lookup}.sealed"]
    assert public_side(side.box, carrier, 0, side.key.public).settled == 1


def test_a_forged_envelope_costs_neither_the_true_one_nor_the_next(
    objecting: Objecting, carrier: DropBox
) -> None:
    side = objecting.side
    codes = [code_of(new_secret()) for _ in range(2)]
    for code in codes:
        objecting.send(code, "一")
    first, second = (f"{derived(code).lookup}.sealed" for code in codes)
    public_side(side.box, carrier, 0, side.key.public)
    true = (carrier.inbox / first).read_bytes()
    (carrier.inbox / first).write_bytes(true + b"x")
    (carrier.inbox / first).with_suffix(".sum").unlink()
    (carrier.inbox / f"{'1' * 32}.sealed").symlink_to("/dev/zero")
    os.mkfifo(carrier.inbox / f"{'2' * 32}.sealed")
    os.mkfifo(carrier.taken / second)
    assert desk_side(carrier, side.desk, 0, side.key).taken == 2
    report = public_side(side.box, carrier, 0, side.key.public)
    assert any("不一致" in trouble for trouble in report.troubles)
    assert (side.box.inbox / first).read_bytes() == true


def test_an_answer_under_a_taken_name_is_told(objecting: Objecting) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    lookup = derived(code).lookup
    exchange(side.box, side.desk, 0, side.key)
    name = f"{lookup}.0001.sealed"
    (side.box.outbox / name).write_bytes(b"another")
    publish_bytes(side.desk.tmp, side.desk.outgoing / name, b"answer")
    assert "同名而内容不同" in exchange(side.box, side.desk, 0, side.key).troubles[0]
    assert (side.box.outbox / name).read_bytes() == b"another"


def test_unfinished_files_are_swept_after_a_day(objecting: Objecting) -> None:
    side = objecting.side
    (side.box.tmp / "half").write_bytes(b"half an envelope")
    now = (side.box.tmp / "half").stat().st_mtime
    assert exchange(side.box, side.desk, now + 3600, side.key).swept == 0
    assert exchange(side.box, side.desk, now + 25 * 3600, side.key).swept == 1


def test_folders_are_closed_to_other_users(objecting: Objecting) -> None:
    side = objecting.side
    objecting.send(code_of(new_secret()), "一")
    for path in [side.box.root, *side.box.root.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


ARRIVALS = st.lists(
    st.tuples(st.sampled_from([b"one", b"two", b"six"]), st.integers(0, 2)), max_size=6
)


@pytest.mark.parametrize("by_page", [True, False], ids=["sealed in the page", "by the server"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    arrivals=st.lists(
        st.tuples(st.sampled_from([b"one", b"two", b"six"]), st.integers(0, 2)), max_size=6
    )
)
def test_messages_of_one_name_that_a_former_version_forgot_are_taken_for_good(
    tmp_path: Path, by_page: bool, arrivals: list[tuple[bytes, int]]
) -> None:
    """Whatever came again under a known name: the inbox is empty, every content is read once."""
    root = tmp_path / secrets.token_hex(8)
    box, carrier = DropBox(root / "box").prepare(), DropBox(root / "stick").prepare()
    desk, key = DeskFolders(root / "desk").prepare(), SigningKey(Ed25519PrivateKey.generate())
    known = set()
    for number, (content, minute) in enumerate(arrivals):
        at = datetime(2021, 12, 7, 10, minute, tzinfo=SHANGHAI)
        header = Header("message", "a" * 32, "a-list", "city-office", received=at, id="b" * 16)
        header = replace(header, sealed="page" if by_page else "")
        known.add((content, None if by_page else minute))
        put(box, header, content)
        for _ in range(2):
            if number % 2:
                reports = [exchange(box, desk, 0, key)]
            else:
                reports = [
                    public_side(box, carrier, 0, key.public),
                    desk_side(carrier, desk, 0, key),
                    public_side(box, carrier, 0, key.public),
                ]
            assert [trouble for report in reports for trouble in report.troubles] == []
        assert names(box.inbox) == names(box.taken) == names(carrier.inbox) == []
        for record in box.cases.iterdir():  # a former version wrote none
            record.unlink()
    kept = [(desk.envelopes / name).read_bytes() for name in names(desk.envelopes)]
    assert len(kept) == len(known)
    assert {data.split(b"\n", 2)[2] for data in kept} == {content for content, _ in known}


def put(box: DropBox, header: Header, content: bytes) -> None:
    """Store an envelope as the public side does."""

    def write(target: BinaryIO) -> None:
        write_head(header, target)
        target.write(content)

    box.put(header, write)
