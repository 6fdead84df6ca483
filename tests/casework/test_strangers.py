"""A later message that is not the code holder's: read, said to be so, and nothing follows."""

import json

import pytest
from sqlalchemy import select

from portal.casework.audit import Action
from portal.casework.handling import Casework, read_contents
from portal.casework.handover import hand_over
from portal.casework.models import AuditLine, Case
from portal.domain.objection import MessageKind
from portal.errors import RequestError
from portal.sealed.spoken import Voice, speaker
from portal.sealed.suites import AGE
from tests.casedesk import CITY, NOW, PINGDING
from tests.codes import new_code

FORGED = {"": Voice.UNSIGNED, speaker(new_code(), AGE).sign(b"another's"): Voice.FALSE}


def voices(casedesk, citizen, keys):
    with casedesk.room.register.read() as session:
        case = session.scalar(select(Case).where(Case.number == citizen.number))
        contents = read_contents(casedesk.room, case, keys)
        return [(m.voice, m.message.text, m.row.kind, m.row.answers) for m in contents.messages]


def opened(casedesk, citizen):
    keys = casedesk.opener("pingding-office", "pd-list")
    casedesk.collect()
    Casework(casedesk.room).open(PINGDING, citizen.number, keys, NOW)
    return voices(casedesk, citizen, keys)


@pytest.mark.parametrize("signature", FORGED, ids=FORGED.values())
def test_a_stranger_s_withdrawal_and_answer_are_read_and_nothing_follows(casedesk, signature):
    citizen = casedesk.arrive()
    casedesk.follow_up(citizen, MessageKind.WITHDRAWAL, "不再异议", signature=signature)
    casedesk.follow_up(citizen, MessageKind.ANSWER, "没有这回事", signature=signature)
    voice = FORGED[signature]
    found = opened(casedesk, citizen)
    assert sorted(found) == sorted([(voice, "不再异议", "", None), (voice, "没有这回事", "", None)])
    with pytest.raises(RequestError, match="没有异议人的签名"):
        Casework(casedesk.room).withdraw(PINGDING, citizen.number, NOW)
    with casedesk.room.register.read() as session:
        line = session.scalar(select(AuditLine).where(AuditLine.action == Action.OPEN))
        assert json.loads(line.detail) == {"messages": 2, "strange": 2}


def test_the_holder_s_own_counts_beside_them_and_still_after_a_hand_over(casedesk):
    citizen = casedesk.arrive()
    casedesk.follow_up(citizen, MessageKind.WITHDRAWAL, "别人的", signature="")
    casedesk.follow_up(citizen, MessageKind.WITHDRAWAL, "本人的")
    expected = {(Voice.UNSIGNED, "别人的", ""), (Voice.HOLDER, "本人的", "withdrawal")}
    assert {found[:3] for found in opened(casedesk, citizen)} == expected
    keys = casedesk.opener("pingding-office", "pd-list")
    hand_over(casedesk.room, PINGDING, citizen.number, keys, NOW)
    above = casedesk.opener("city-office", "pd-list")
    assert {found[:3] for found in voices(casedesk, citizen, above)} == expected
    Casework(casedesk.room).withdraw(CITY, citizen.number, NOW)


def test_an_objection_of_a_former_version_has_no_key_and_its_messages_count(casedesk):
    citizen = casedesk.send(spoken=False)
    casedesk.follow_up(citizen, MessageKind.WITHDRAWAL, "不再异议")
    assert opened(casedesk, citizen) == [(Voice.UNKNOWN, "不再异议", "withdrawal", None)]
    Casework(casedesk.room).withdraw(PINGDING, citizen.number, NOW)
