"""Who has looked is told to the citizen, from the audit trail, once, and to nobody else."""

import pytest

from portal.casework.audit import Action
from portal.casework.handling import Casework
from portal.casework.handover import hand_over
from portal.casework.looks import tell_looks
from portal.casework.models import Staff
from portal.domain.objection import LookAct
from portal.errors import SealError
from portal.sealed.dropbox import DropBox
from portal.sealed.sealed_file import SealedFile
from portal.submission.replies import open_beside
from tests.casedesk import NOW, PINGDING

SEEN = [LookAct.OPEN, LookAct.REVEAL, LookAct.DOWNLOAD, LookAct.DOWNLOAD, LookAct.EXPORT]


def looks(desk, citizen):
    """What the citizen reads once the courier has been."""
    outgoing = desk.room.folders.outgoing
    box = DropBox(desk.room.folder / "box").prepare()
    for path in outgoing.glob("*.sealed"):
        (box.outbox / path.name).write_bytes(path.read_bytes())
    found = [open_beside(path, citizen.identity) for path in box.looks(citizen.lookup)]
    return sorted(found, key=lambda look: (look.at, SEEN.index(look.act)))


def looked_at(desk):
    citizen = desk.arrive()
    work = Casework(desk.room)
    work.open(PINGDING, citizen.number, desk.opener("pingding-office", "pd-list"), NOW)
    for action in (Action.REVEAL, Action.DOWNLOAD, Action.DOWNLOAD, Action.EXPORT, Action.UNLOCK):
        work.note(PINGDING, citizen.number, action, NOW, {})
    return citizen, work


def test_each_look_is_told_with_office_and_role_and_answers_keep_their_numbers(casedesk):
    with casedesk.room.register.write() as session:
        session.add(
            Staff(
                username=PINGDING.username,
                name=PINGDING.name,
                role=PINGDING.role.value,
                office=PINGDING.office,
                county=PINGDING.county,
                password="",
                secret="",
                created_at=NOW,
            )
        )
    citizen, work = looked_at(casedesk)
    told = looks(casedesk, citizen)
    assert [look.act for look in told] == SEEN
    assert {look.at for look in told} == {NOW.replace(microsecond=0)}
    assert all("县（区）经办人员" in look.by and PINGDING.username not in look.by for look in told)
    assert tell_looks(casedesk.room, citizen.number) == 0
    work.accept(PINGDING, citizen.number, NOW)
    work.ask(PINGDING, citizen.number, "请说明出处。", NOW)
    assert [answer.seq for answer in casedesk.inbox_of(citizen)] == [1, 2]


def test_what_a_stop_left_out_is_told_with_the_next_look(casedesk):
    citizen, work = looked_at(casedesk)
    for path in casedesk.room.folders.outgoing.glob("*.sealed"):
        path.unlink()
    work.note(PINGDING, citizen.number, Action.EXPORT, NOW, {})
    assert [look.act for look in looks(casedesk, citizen)] == [*SEEN, LookAct.EXPORT]


def test_a_hand_over_is_told(casedesk):
    citizen = casedesk.arrive()
    hand_over(
        casedesk.room, PINGDING, citizen.number, casedesk.opener("pingding-office", "pd-list"), NOW
    )
    outgoing = casedesk.room.folders.outgoing
    [path] = [p for p in outgoing.glob("*.sealed") if len(p.name.split(".")[1]) > 4]
    assert open_beside(SealedFile(path), citizen.identity).act is LookAct.HAND_OVER


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "junk"])
def test_an_answer_without_its_escrow_copy_is_refused_and_looks_are_told_all_the_same(
    casedesk, damage
):
    citizen, room = casedesk.arrive(), casedesk.room
    path = room.keys.public.root / "escrow" / "pd-list.pub"
    whole = path.read_bytes()
    damages = {"empty": b"", "cut": whole[:-20], "junk": b"\xff\xfe\x00"}
    path.unlink() if damage == "gone" else path.write_bytes(damages[damage])
    work = Casework(room)
    work.open(PINGDING, citizen.number, casedesk.opener("pingding-office", "pd-list"), NOW)
    assert [look.act for look in looks(casedesk, citizen)] == [LookAct.OPEN]
    with pytest.raises(SealError, match=r"escrow/pd-list\.pub .*portal doctor"):
        work.accept(PINGDING, citizen.number, NOW)
    assert not casedesk.inbox_of(citizen)
    path.write_bytes(whole)
    work.accept(PINGDING, citizen.number, NOW)
    assert len(casedesk.inbox_of(citizen)) == 1
