"""Passkeys: a device of our own making, honest and otherwise, against the desk."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.casework.models import AuditLine
from portal.desk.entry.challenges import GOOD_FOR, Challenges
from portal.desk.entry.late_forms import cookie_name
from tests.casedesk import CITY, CITY_2, PINGDING, PINGDING_2, SUPERVISOR
from tests.desk.authenticator import ORIGIN, PRESENT, VERIFIED, Device, b64, enrol, options
from tests.desk.conftest import make_office, post, token


@pytest.fixture
def office(sqlite_register, tmp_path):
    made = make_office(tmp_path, str(sqlite_register.engine.url), origin=ORIGIN)
    yield made
    made.desk.close()


def sign_in(office, device, **how):
    client = office.client()
    said = device.answer(options(client, "/sign-in/passkey"), **how)
    data = {"passkey": said, "csrf_token": token(client, "/sign-in")}
    return client, client.post("/sign-in/passkey", data=data), said


def actions(office):
    with office.desk.room.register.read() as session:
        return [line.action for line in session.scalars(select(AuditLine))]


def test_a_passkey_signs_in_once(office):
    mine = Device()
    assert enrol(office, PINGDING_2, mine)[1].status_code == 302
    second, answer, said = sign_in(office, mine)
    assert answer.status_code == 302
    assert "赵平" in second.get("/todo").text
    again = office.client()
    data = {"passkey": said, "csrf_token": token(again, "/sign-in")}
    assert again.post("/sign-in/passkey", data=data).status_code == 422, "an answer is good once"
    assert {"passkey-add", "sign-in"} <= set(actions(office))


@pytest.mark.parametrize(
    "how",
    [
        {"origin": "https://desk.example.gov.cn.evil.example"},
        {"origin": "http://desk.example.gov.cn"},
        {"rp": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids=["origin", "scheme", "rp", "not verified", "not present"],
)
def test_a_passkey_of_another_place_or_without_its_user_is_refused(office, how):
    assert enrol(office, PINGDING, Device(**how))[1].status_code == 422
    device = Device()
    enrol(office, PINGDING, device)
    device.how |= how
    assert sign_in(office, device)[1].status_code == 422
    assert sign_in(office, device, handle=b"somebody else")[1].status_code == 422


def test_a_copied_passkey_ends(office):
    device = Device()
    enrol(office, PINGDING, device)
    assert sign_in(office, device)[1].status_code == 302
    device.count -= 1
    assert "已经停用" in sign_in(office, device)[1].text
    device.count += 10
    assert sign_in(office, device)[1].status_code == 422
    assert "passkey-copied" in actions(office)


def test_a_device_that_does_not_count_may_go_on(office):
    device = Device()
    device.count = 0
    enrol(office, PINGDING, device)
    for _ in range(2):
        device.count = -1
        assert sign_in(office, device)[1].status_code == 302


def test_adding_one_takes_a_fresh_code_and_a_challenge_of_this_session(office):
    client, other = office.sign_in(PINGDING), office.sign_in(PINGDING)
    made = Device().make(options(client, "/passkeys/new"))
    assert post(client, "/passkeys", {"created": made, "code": "000000"}).status_code == 422
    office.clock.on(seconds=60)
    made = Device().make(options(other, "/passkeys/new"))
    data = {"created": made, "code": office.code(PINGDING.username)}
    assert post(client, "/passkeys", data).status_code == 422
    made = Device().make(options(client, "/passkeys/new"))
    office.clock.on(seconds=GOOD_FOR + 60)
    data = {"created": made, "code": office.code(PINGDING.username)}
    assert post(client, "/passkeys", data).status_code == 422
    assert not office.desk.passkeys.of(PINGDING.username)


def test_one_is_removed_by_its_owner_only_and_all_by_a_reset(office):
    device = Device()
    client, _ = enrol(office, PINGDING, device)
    [key] = office.desk.passkeys.of(PINGDING.username)
    post(office.sign_in(PINGDING_2), f"/passkeys/{key.key_id}/remove")
    assert office.desk.passkeys.of(PINGDING.username)
    post(client, f"/passkeys/{key.key_id}/remove")
    assert not office.desk.passkeys.of(PINGDING.username)
    enrol(office, PINGDING, device, client)
    office.desk.accounts.reset(PINGDING.username, office.clock(), "test")
    assert sign_in(office, device)[1].status_code == 422


@pytest.fixture(scope="module")
def any_office(tmp_path_factory, migrated_sqlite):
    import shutil

    folder = tmp_path_factory.mktemp("any")
    shutil.copy(migrated_sqlite, folder / "register.sqlite3")
    made = make_office(folder, f"sqlite:///{folder / 'register.sqlite3'}", origin=ORIGIN)
    device = Device()
    enrol(made, PINGDING, device)
    yield made, device
    made.desk.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_changed_answer_is_taken_and_none_brings_a_bare_error(any_office, data):
    office, device = any_office
    client = office.client()
    said = json.loads(device.answer(options(client, "/sign-in/passkey")))
    name = data.draw(st.sampled_from(sorted(said["response"])))
    raw = bytearray(base64.urlsafe_b64decode(said["response"][name] + "=="))
    at = data.draw(st.integers(0, 10_000)) % len(raw)
    raw[at] ^= data.draw(st.integers(1, 255))
    said["response"][name] = b64(bytes(raw))
    whole = json.dumps(said)
    cut = data.draw(st.sampled_from([whole, whole[:-9], "[]", "{}", "null", '{"response": 1}']))
    form = {"passkey": cut, "csrf_token": token(client, "/sign-in")}
    answer = client.post("/sign-in/passkey", data=form)
    assert answer.status_code == 422
    assert client.get_cookie(cookie_name(office.desk)) is None


def test_challenges_are_for_one_purpose_once_and_not_after_a_start():
    ours = Challenges()
    one = ours.issue("sign-in", 1000.0)
    assert not ours.use(one, "proof", 1000.0)
    assert not ours.use(one, "sign-in", 1000.0 + GOOD_FOR + 1)
    assert not ours.use(one, "sign-in", 999.0)
    assert not Challenges().use(one, "sign-in", 1000.0)
    assert ours.use(one, "sign-in", 1001.0)
    assert not ours.use(one, "sign-in", 1002.0)
    assert not ours.use(b"", "sign-in", 1000.0)


def recover(office, client, person, act, **data):
    office.clock.on(seconds=60)
    given = {"code": office.code(client.who.username), **data}
    return post(client, f"/staff/{person.username}/recovery/{act}", given)


def signed_in(office, person):
    client = office.sign_in(person)
    client.who = person
    return client


def test_two_persons_give_a_colleague_a_new_sign_in(office):
    device = Device()
    lost, _ = enrol(office, PINGDING, device)
    first, second = signed_in(office, PINGDING_2), signed_in(office, CITY)
    said = {"reason": "手机丢失，已当面核实身份"}
    assert recover(office, first, PINGDING, "confirm").status_code == 422, "nothing is proposed"
    assert recover(office, first, PINGDING, "propose", **said).status_code == 302
    assert recover(office, first, PINGDING, "confirm").status_code == 422, "oneself is no second"
    wrong = recover(office, second, PINGDING, "confirm", code="000000")
    assert wrong.status_code == 422
    done = recover(office, second, PINGDING, "confirm")
    assert done.status_code == 200
    assert "<svg" in done.text
    assert "初始密码" in done.text
    assert lost.get("/todo").status_code == 302, "every session ended"
    assert sign_in(office, device)[1].status_code == 422
    assert actions(office).count("staff-recover") == 1
    assert actions(office).count("staff-reset") == 1


def test_a_recovery_lapses_and_can_be_declined(office):
    first, second = signed_in(office, CITY), signed_in(office, CITY_2)
    said = {"reason": "手机丢失，已当面核实身份"}
    recover(office, first, PINGDING, "propose", **said)
    assert recover(office, second, PINGDING, "decline").status_code == 302
    assert recover(office, second, PINGDING, "confirm").status_code == 422
    office.desk.recoveries.propose(CITY, PINGDING.username, said["reason"], office.clock())
    office.clock.on(days=1)
    assert office.desk.recoveries.waiting(PINGDING.username, office.clock()) is None


def test_nobody_takes_over_who_watches_them(office):
    from portal.errors import RequestError
    from tests.casedesk import AUDITOR

    recoveries, now = office.desk.recoveries, office.clock
    for person, of in (
        (CITY, SUPERVISOR),
        (CITY, AUDITOR),
        (CITY, CITY),
        (PINGDING, CITY),
        (AUDITOR, PINGDING),
    ):
        with pytest.raises(RequestError):
            recoveries.propose(person, of.username, "手机丢失，已当面核实身份", now())
    recoveries.propose(PINGDING_2, PINGDING.username, "手机丢失，已当面核实身份", now())
    other = PINGDING_2.__class__("new.pd", "新平", PINGDING.role, PINGDING.office, PINGDING.county)
    with pytest.raises(RequestError, match="主管单位"):
        recoveries.confirm(other, PINGDING.username, now())
