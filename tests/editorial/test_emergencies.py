"""紧急撤下 at the desk: the site follows without a sign-off, the text that is left goes through."""

import json
from datetime import timedelta

import pytest

from portal.casework.people import CodeProof
from portal.editorial.emergencies import Emergencies
from portal.editorial.placing import text_digest
from portal.editorial.site_due import site_due
from portal.editorial.under_way import work_due
from portal.errors import BuildError, RequestError
from tests.editing import OFFICERS, press

LEAK = "平坦街十二号"
DRAFTER = OFFICERS["drafter"]


@pytest.fixture
def desk(site_from, sqlite_register):
    made = press(site_from().record(), sqlite_register)
    made.create("call", f"请申报，刘某住{LEAK}。\n")
    made.publish("call")
    assert LEAK in made.public("call")
    made.clock.now += timedelta(hours=1)
    return made


def emergencies(desk):
    return Emergencies(desk.editing.reviews, tuple(desk.tree.notices), desk.job.root)


def act(desk, leaked=LEAK):
    proof = CodeProof(DRAFTER.username, 1, desk.clock.now)
    return emergencies(desk).act(DRAFTER, proof, "call", leaked, "误登住址")


def test_the_site_follows_and_three_people_then_publish_what_is_left(desk):
    act(desk)
    assert work_due(desk.editing.reviews, desk.job.root, desk.clock.now)
    assert desk.run() == []
    assert site_due(desk.job.root) == ()
    assert LEAK not in desk.public("call")
    assert "请申报" in desk.public("call")
    manifest = json.loads((desk.job.site / "manifest.json").read_text())
    assert "notices/call/index.html" in manifest["files"]
    draft = emergencies(desk).take_up(DRAFTER, "call", desk.clock.now)
    assert draft.values["revision"] == 2
    assert desk.publish("call") == []
    assert desk.progress("call") == "published"
    assert [line.revision for line in desk.lines("call")] == [1, 2]
    assert text_digest(desk.tree.notices[0] / "call") == desk.lines("call")[-1].source


def test_an_edit_of_the_waiting_text_outside_of_the_desk_is_not_overwritten(desk):
    act(desk)
    emergencies(desk).take_up(DRAFTER, "call", desk.clock.now)
    path = desk.tree.notices[0] / "call" / "notice.md"
    path.write_text(path.read_text() + "另一句。\n")
    assert "没有登记的改动" in desk.publish("call")[0]
    assert "另一句" in path.read_text()


def test_a_build_that_failed_is_told_and_tried_again(desk):
    def broken(at):
        raise BuildError("磁盘已满")

    good = desk.job.build
    act(desk)
    object.__setattr__(desk.job, "build", broken)
    assert "磁盘已满" in desk.run()[0]
    (due,) = site_due(desk.job.root)
    assert due.trouble == "磁盘已满"
    object.__setattr__(desk.job, "build", good)
    assert desk.job.run(patient=True) == []
    assert LEAK in desk.public("call")  # a moment ago it failed
    assert desk.run() == []
    assert (LEAK in desk.public("call"), site_due(desk.job.root)) == (False, ())


def test_a_request_that_cannot_be_read_still_asks(desk):
    act(desk)
    (due,) = site_due(desk.job.root)
    due.path.write_bytes(b"")
    assert desk.run() == []
    assert LEAK not in desk.public("call")


def test_what_stands_nowhere_or_is_refused_asks_for_nothing(desk):
    for leaked in ("另一条街", "1"):
        with pytest.raises(RequestError):
            act(desk, leaked)
    with pytest.raises(RequestError, match="动态口令"):
        emergencies(desk).act(DRAFTER, CodeProof("signer", 1, desk.clock.now), "call", LEAK, "误登")
    assert site_due(desk.job.root) == ()
    assert LEAK in desk.public("call")


def test_nothing_is_taken_out_while_a_publication_is_at_work(desk):
    with desk.job._alone(), pytest.raises(RequestError, match="正在发布"):
        act(desk)
    assert LEAK in (desk.tree.notices[0] / "call" / "notice.md").read_text()
