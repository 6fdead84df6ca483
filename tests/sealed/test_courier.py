"""The courier: nothing is lost or doubled, however often and with whatever old carrier it runs."""

import shutil
from pathlib import Path

import pytest

from portal.domain.objection import Message, MessageKind
from portal.sealed.courier import Report, desk_side, exchange, public_side
from portal.sealed.dropbox import DropBox, publish_bytes
from portal.sealed.envelope import Header
from portal.sealed.receipts import derived
from portal.submission.form_drafts import code_of, new_secret
from tests.submission.test_submitting import Objecting, side_in


@pytest.fixture
def objecting(tmp_path: Path) -> Objecting:
    return Objecting(side_in(tmp_path))


@pytest.fixture
def carrier(tmp_path: Path) -> DropBox:
    return DropBox(tmp_path / "stick").prepare()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_second_run_does_nothing(objecting: Objecting) -> None:
    side = objecting.side
    objecting.send(code_of(new_secret()), "一")
    assert exchange(side.box, side.desk, 0).taken == 1
    assert exchange(side.box, side.desk, 0) == Report()
    assert names(side.box.inbox) == names(side.box.taken) == []


def test_a_carried_folder_goes_there_and_back(objecting: Objecting, carrier: DropBox) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    lookup = derived(code).lookup
    public_side(side.box, carrier, 0)
    assert names(side.box.inbox) == [f"{lookup}.sealed"], "kept until the desk confirms"
    desk_side(carrier, side.desk, 0)
    answer = Header("answer", lookup, seq=1)
    publish_bytes(side.desk.tmp, side.desk.outgoing / f"{answer.name}.sealed", b"sealed answer")
    desk_side(carrier, side.desk, 0)
    public_side(side.box, carrier, 0)
    assert names(side.box.inbox) == names(carrier.inbox) == names(carrier.taken) == []
    assert names(side.box.cases) == [f"{lookup}.json"]
    assert names(side.box.outbox) == [f"{lookup}.0001.sealed"]


def test_an_old_carrier_brings_nothing_back(
    objecting: Objecting, carrier: DropBox, tmp_path: Path
) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    public_side(side.box, carrier, 0)
    old = tmp_path / "old stick"
    shutil.copytree(carrier.root, old)
    desk_side(carrier, side.desk, 0)
    public_side(side.box, carrier, 0)
    lookup = derived(code).lookup
    (side.desk.envelopes / f"{lookup}.sealed").unlink()
    (side.desk.envelopes / f"{lookup}.gone").touch()
    (side.desk.outgoing / f"{lookup}.gone").touch()
    for _ in range(2):
        assert desk_side(DropBox(old), side.desk, 0).troubles == []
        public_side(side.box, DropBox(old), 0)
    assert names(side.desk.envelopes) == [f"{lookup}.gone"]
    assert names(side.box.cases) == names(side.box.inbox) == []


def test_a_deleted_case_is_forgotten_on_the_public_side(objecting: Objecting) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    lookup = derived(code).lookup
    exchange(side.box, side.desk, 0)
    message = Message(MessageKind.EVIDENCE, side.clock(), "补充")
    objecting.submissions.send(message, [], code=code, office="", id_="0" * 16)
    (side.desk.outgoing / f"{lookup}.0001.sealed").write_bytes(b"answer")
    exchange(side.box, side.desk, 0)
    (side.desk.outgoing / f"{lookup}.gone").touch()
    report = exchange(side.box, side.desk, 0)
    assert report.forgotten == 1
    assert names(side.box.outbox) == [f"{lookup}.gone"]
    assert side.box.header(lookup) is None
    exchange(side.box, side.desk, 0)
    assert names(side.box.outbox) == [f"{lookup}.gone"]


def test_what_was_changed_on_the_way_is_reported_and_left(objecting: Objecting) -> None:
    side = objecting.side
    code = code_of(new_secret())
    objecting.send(code, "一")
    name = f"{derived(code).lookup}.sealed"
    exchange(side.box, side.desk, 0)
    (side.box.inbox / name).write_bytes((side.desk.envelopes / name).read_bytes() + b"x")
    (side.box.inbox / f"{'0' * 32}.sealed").write_bytes(b"rubbish\n")
    report = exchange(side.box, side.desk, 0)
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
    report = exchange(side.box, side.desk, 0)
    assert "内容不同" in report.troubles[0]
    assert (side.box.inbox / name).read_bytes() == whole


def test_unfinished_files_are_swept_after_a_day(objecting: Objecting) -> None:
    side = objecting.side
    (side.box.tmp / "half").write_bytes(b"half an envelope")
    now = (side.box.tmp / "half").stat().st_mtime
    assert exchange(side.box, side.desk, now + 3600).swept == 0
    assert exchange(side.box, side.desk, now + 25 * 3600).swept == 1


def test_folders_are_closed_to_other_users(objecting: Objecting) -> None:
    side = objecting.side
    objecting.send(code_of(new_secret()), "一")
    for path in [side.box.root, *side.box.root.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
