"""Officers are reminded of the reply target by mails without contents, each once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.casework.handling import Casework
from portal.casework.models import Case, MailNotice, Staff
from portal.casework.people import Role
from portal.casework.reminders import remind, remind_of_collecting, remind_of_keys
from portal.content.catalogue import Catalogue
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


def test_a_window_without_keys_is_told_of_once_a_day_from_the_day_before(desk):
    known = desk.room.catalogue()
    earlier = [replace(n, published=NOW - timedelta(days=9)) for n in known.notices]
    room = replace(desk.room, catalogue=lambda: Catalogue(known.parts, earlier))
    opens = room.notice("pd-list").window.opens_at
    assert remind_of_keys(room, NOW) == 0
    for path in (room.keys.root / "public").glob("*/pd-list.pub"):
        path.unlink()
    assert remind_of_keys(room, opens - timedelta(days=1, hours=1)) == 0
    assert remind_of_keys(room, opens - timedelta(hours=2)) == 1
    assert remind_of_keys(room, opens - timedelta(hours=1)) == 0
    assert remind_of_keys(room, opens + timedelta(days=1)) == 1
    told = mails(desk)
    names = [name for name, _ in told]
    assert [sorted(names[:2]), sorted(names[2:])] == [["li.city", "wang.pd"]] * 2
    assert "一天之内开始，还没有密钥" in told[0][1]
    assert "正在进行，还没有密钥" in told[-1][1]
    assert all("平定" not in body for _, body in told)
    assert remind_of_keys(room, opens + timedelta(days=60)) == 0, "it is over"


def test_a_day_without_collecting_is_told_to_the_main_office_once_a_day(desk):
    for hours, told in ((2, False), (25, True), (26, False), (49, True)):
        assert remind_of_collecting(desk.room, NOW, NOW + timedelta(hours=hours)) is told
    bodies = mails(desk)
    assert [name for name, _ in bodies] == ["li.city", "li.city"]
    assert "已经2天没有收取成功" in bodies[1][1]
