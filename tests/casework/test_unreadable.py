"""An envelope that nobody can open ends by two persons, frees the list, and tells the citizen."""

import json

import pytest

from portal.casework.approvals import Approvals, Proposal
from portal.casework.audit import Action
from portal.casework.decisions import Ending
from portal.casework.handling import Casework
from portal.domain.objection import CaseState
from portal.errors import RequestError
from tests.casedesk import NOW, PINGDING, PINGDING_2, make_casedesk

SUMMARY = "信封损坏，无法读取，请在公示期内重新提出。"


@pytest.fixture
def desk(sqlite_register, tmp_path):
    return make_casedesk(tmp_path / "state", sqlite_register)


def held(desk):
    return json.loads(desk.room.holds.read_text(encoding="utf-8"))["holds"]


def propose(desk, citizen):
    proposal = Proposal(Ending.UNREADABLE, SUMMARY)
    Approvals(desk.room).propose(PINGDING, citizen.number, proposal, NOW)


def test_a_lost_key_ends_by_two_persons_and_the_citizen_is_told(desk):
    citizen = desk.arrive()
    (desk.room.keys.root / "public" / "pingding-office" / "pd-list.pub").unlink()
    propose(desk, citizen)
    assert {h["case"] for h in held(desk)} == {citizen.number} if desk.room.holds.exists() else True
    with pytest.raises(RequestError, match="不能自己复核"):
        Approvals(desk.room).confirm(PINGDING, citizen.number, NOW)
    Approvals(desk.room).confirm(PINGDING_2, citizen.number, NOW)
    assert held(desk) == []
    [answer] = desk.inbox_of(citizen)
    assert (answer.state, answer.text) == (CaseState.NOT_ACCEPTED, SUMMARY)
    assert "信封无法读取" in answer.reason


def test_a_case_that_can_be_read_is_not_ended_unread(desk):
    citizen = desk.arrive()
    private = desk.room.keys.identity_path("pingding-office", "pd-list")
    private.parent.mkdir(parents=True)
    private.write_bytes(b"a key")
    with pytest.raises(RequestError, match="先试着拆封"):
        propose(desk, citizen)
    work = Casework(desk.room)
    work.note(PINGDING, citizen.number, Action.UNREADABLE, NOW, {})
    propose(desk, citizen)
    Approvals(desk.room).decline(PINGDING_2, citizen.number, NOW)
    work.open(PINGDING, citizen.number, desk.opener("pingding-office", "pd-list"), NOW)
    with pytest.raises(RequestError, match="已经拆封"):
        propose(desk, citizen)
