"""Officers are reminded of the reply target by mails without contents, each once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.casework.handling import Casework
from portal.casework.models import Case, MailNotice, Staff
from portal.casework.people import Role
from portal.casework.reminders import remind
from tests.casedesk import NOW, PINGDING


@pytest.fixture
def desk(casedesk):
    with casedesk.room.register.write() as session:
        for name, role, office, county in (
            ("wang.pd", Role.COUNTY, "pingding-office", "pingding"),
            ("sun.yx", Role.COUNTY, "yuxian-office", "yuxian"),
            ("li.city", Role.CITY, "city-office", ""),
        ):
            session.add(
                Staff(
                    username=name,
                    name=name,
                    role=role.value,
                    office=office,
                    county=county,
                    email=f"{name}@example.cn",
                    password="",
                    secret="",
                    created_at=NOW,
                )
            )
    return casedesk


def mails(desk, *, after=0):
    with desk.room.register.read() as session:
        found = session.scalars(select(MailNotice).order_by(MailNotice.id)).all()
        return [(mail.recipient.partition("@")[0], mail.body) for mail in found][after:]


def test_before_and_after_the_target_once_each_and_without_contents(desk):
    citizen = desk.arrive()
    with desk.room.register.read() as session:
        due = session.scalar(select(Case.due))
    before = len(mails(desk))
    assert remind(desk.room, NOW) == 0
    soon = NOW.replace(month=due.month, day=due.day) - timedelta(days=1)
    assert remind(desk.room, soon) == 1
    assert remind(desk.room, soon) == 0
    assert [name for name, _ in mails(desk, after=before)] == ["wang.pd"]
    late = soon + timedelta(days=2)
    assert remind(desk.room, late) == 1
    assert remind(desk.room, late + timedelta(days=9)) == 0
    told = mails(desk, after=before)
    assert sorted(name for name, _ in told[1:]) == ["li.city", "wang.pd"]
    for _, body in told:
        assert citizen.number not in body
        assert "平定" not in body


def test_nobody_is_reminded_of_what_was_answered(desk):
    citizen = desk.arrive()
    work, keys = Casework(desk.room), desk.opener(citizen.office, citizen.notice)
    work.open(PINGDING, citizen.number, keys, NOW)
    work.accept(PINGDING, citizen.number, NOW)
    work.reply(PINGDING, citizen.number, "答复", NOW)
    assert remind(desk.room, NOW + timedelta(days=90)) == 0
