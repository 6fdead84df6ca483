"""人员: the main office sets who drafts, reviews and signs off; nobody sets their own."""

import json

import pytest
from sqlalchemy import select

from portal.casework.models import AuditLine
from portal.casework.people import Right
from tests.casedesk import AUDITOR, CITY, CITY_2, NOW, PINGDING, SUPERVISOR
from tests.desk.conftest import post
from tests.desk.publishing.conftest import fields


def may(office, person):
    (found,) = [s for s in office.desk.accounts.everyone() if s.username == person.username]
    return found.may


def address(person):
    return f"/staff/{person.username}/rights"


def set_by(office, client, setter, person, *rights, **more):
    office.clock.on(seconds=60)
    page = client.get(address(person)).text
    data = {"may": list(rights), "code": office.code(setter.username), "seen": may(office, person)}
    return post(client, address(person), data | more), page


@pytest.fixture
def signing(office):
    """The main office's officer, who may sign off."""
    office.desk.accounts.allow(CITY.username, {Right.SIGN_OFF}, NOW, "test")
    return office


def changes(office):
    with office.desk.room.register.read() as session:
        lines = session.scalars(select(AuditLine).order_by(AuditLine.seq)).all()
        return [
            (line.actor, json.loads(line.detail)) for line in lines if line.action == "staff-rights"
        ]


def test_rights_are_set_with_a_code_at_once_and_on_record(signing):
    client = signing.sign_in(CITY)
    assert address(PINGDING) in client.get("/staff").text
    answer, page = set_by(signing, client, CITY, PINGDING, "draft", "review")
    assert answer.status_code == 302, answer.text
    assert 'value="draft">' in page
    assert may(signing, PINGDING) == "draft,review"
    assert changes(signing)[-1] == (
        CITY.username,
        {"user": PINGDING.username, "may": "draft,review"},
    )
    assert "经办、审核" in client.get("/staff").text
    assert "权限：经办、审核" in signing.sign_in(AUDITOR).get("/audit").text
    answer, _ = set_by(signing, client, CITY, PINGDING)
    assert (answer.status_code, may(signing, PINGDING)) == (302, "")


def test_nobody_sets_their_own_rights_and_an_auditor_has_none(signing):
    client = signing.sign_in(CITY)
    for person in (CITY, AUDITOR):
        assert address(person) not in client.get("/staff").text
        held = may(signing, person)
        answer, page = set_by(signing, client, CITY, person, "draft", "review", "sign-off")
        assert (answer.status_code, may(signing, person)) == (422, held)
        assert 'name="may"' not in page
    assert "自己" in client.get(address(CITY)).text


def test_only_who_may_sign_off_in_the_main_office_sets_rights(signing):
    for person, status in ((PINGDING, 404), (SUPERVISOR, 404), (CITY_2, 422)):
        signing.desk.accounts.allow(PINGDING.username, {Right.SIGN_OFF}, NOW, "test")
        before = may(signing, AUDITOR), may(signing, CITY)
        client = signing.sign_in(person)
        answer = post(client, address(CITY), {"may": "draft", "seen": before[1]})
        assert answer.status_code == status
        assert (may(signing, AUDITOR), may(signing, CITY)) == before


def test_a_wrong_code_and_a_page_that_is_out_of_date_change_nothing(signing):
    client = signing.sign_in(CITY)
    answer, _ = set_by(signing, client, CITY, PINGDING, "draft", code="000000")
    assert (answer.status_code, may(signing, PINGDING)) == (422, "")
    seen = fields(client.get(address(PINGDING)).text)["seen"]
    signing.desk.accounts.allow(PINGDING.username, {Right.REVIEW}, NOW, "test")
    answer, _ = set_by(signing, client, CITY, PINGDING, "draft", seen=seen)
    assert (answer.status_code, may(signing, PINGDING)) == (422, "review")
    assert "刚刚" in answer.text
