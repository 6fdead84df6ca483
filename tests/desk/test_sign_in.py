from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.casework.models import AuditLine, SignInAttempt, Staff, StaffSession
from portal.casework.people import Right, Role, person_of
from portal.desk.entry.accounts import NewStaff
from portal.desk.entry.late_forms import cookie_name
from portal.desk.entry.onetime import code_at
from portal.desk.entry.signin import LONGEST_DELAY, Refused, SignedIn, delay_after
from portal.errors import RequestError
from tests.casedesk import AUDITOR, CITY, NOW, PINGDING
from tests.desk.conftest import make_office, post, token


def attempt(office, person=PINGDING, *, password=None, code=None):
    held = office.credentials[person.username]
    return office.desk.signing_in.attempt(
        person.username,
        password or held.password,
        code or office.code(person.username),
        office.clock(),
    )


def test_name_password_and_code_together_open_the_desk(office):
    client = office.sign_in(PINGDING)
    assert "收件" in client.get("/inbox/").text
    cookie = client.get_cookie(cookie_name(office.desk))
    assert cookie.http_only
    assert cookie.same_site == "Strict"


def test_over_https_the_cookie_is_bound_to_host_and_https(sqlite_register, tmp_path):
    office = make_office(tmp_path, str(sqlite_register.engine.url))
    object.__setattr__(office.desk.settings, "plain_http", False)
    client = office.client()
    held = office.credentials[CITY.username]
    form = {
        "username": CITY.username,
        "password": held.password,
        "code": office.code(CITY.username),
    }
    there = {"base_url": "https://localhost"}
    form["csrf_token"] = token(client, "/sign-in", **there)
    referer = {"Referer": "https://localhost/sign-in"}
    response = client.post("/sign-in", data=form, headers=referer, **there)
    cookie = next(c for c in response.headers.getlist("Set-Cookie") if c.startswith("__Host-desk="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    office.desk.close()


def test_every_wrong_sign_in_gets_the_same_answer(office):
    client, answers = office.client(), set()
    held = office.credentials[PINGDING.username]
    right = {"username": PINGDING.username, "password": held.password}
    for wrong in (
        {**right, "code": "000000"},
        {**right, "password": "not the password", "code": office.code(PINGDING.username)},
        {"username": "nobody.here", "password": held.password, "code": "123456"},
    ):
        wrong["csrf_token"] = token(client, "/sign-in")
        response = client.post("/sign-in", data=wrong)
        assert response.status_code == 422
        answers.add(response.text.split('error-summary"')[1].split("</div>")[0])
    assert len(answers) == 1


def test_a_code_is_good_once(office):
    assert isinstance(attempt(office), SignedIn)
    assert isinstance(attempt(office), Refused)
    office.clock.on(seconds=30)
    assert isinstance(attempt(office), SignedIn)


def test_an_older_code_is_refused_after_a_newer_one(office):
    old = office.code(PINGDING.username)
    office.clock.on(seconds=30)
    assert isinstance(attempt(office), SignedIn)
    assert isinstance(attempt(office, code=old), Refused)


def test_the_phone_may_be_half_a_minute_off_and_no_more(office):
    held = office.credentials[PINGDING.username]
    for seconds, good in ((-30, True), (-90, False), (90, False)):
        office.clock.on(minutes=5)
        code = code_at(held.secret, office.clock() + timedelta(seconds=seconds))
        assert isinstance(attempt(office, code=code), SignedIn) is good


def test_the_delay_grows_and_ends(office):
    assert [delay_after(n).total_seconds() for n in (0, 2, 3, 4, 5)] == [0, 0, 2, 4, 8]
    assert delay_after(1000) == LONGEST_DELAY
    for _ in range(3):
        assert attempt(office, code="000000") == Refused()
    blocked = attempt(office, code="000000")
    assert isinstance(blocked, Refused)
    assert round((blocked.retry_at - office.clock()).total_seconds()) == 2
    assert attempt(office) == blocked, "who has the password and guesses codes waits"
    office.clock.on(seconds=31)
    assert isinstance(attempt(office), SignedIn)
    assert attempt(office, code="000000") == Refused()  # a success starts the count anew


def test_a_clock_that_goes_back_locks_nobody_out(office):
    client = office.sign_in(PINGDING)
    office.clock.on(days=400)
    for _ in range(6):
        attempt(office, code="000000")
    office.clock.on(days=-400)
    assert client.get("/inbox/").status_code == 200
    blocked = attempt(office)
    assert blocked.retry_at - office.clock() <= LONGEST_DELAY
    office.clock.on(minutes=16)
    assert isinstance(attempt(office), SignedIn)


def test_a_session_of_a_clock_that_was_ahead_ends(office):
    office.clock.on(days=400)
    client = office.sign_in(PINGDING)
    office.clock.on(days=-400, minutes=-5)
    assert client.get("/inbox/").location == "/sign-in"


def test_no_stranger_locks_an_officer_out(office):
    """Wrong passwords from the same address and from others, for the same name."""
    for address in ("10.0.0.1", "10.0.0.2"):
        for _ in range(20):
            attempt_from(office, address, "wrong password")
    assert attempt_from(office, "10.0.0.1", "wrong password").retry_at
    held = office.credentials[PINGDING.username].password
    assert isinstance(attempt_from(office, "10.0.0.1", held), SignedIn)
    assert attempt_from(office, "10.0.0.3", "wrong password").retry_at is None


def attempt_from(office, address, password):
    name, now = PINGDING.username, office.clock()
    return office.desk.signing_in.attempt(name, password, office.code(name), now, address)


def test_what_is_counted_of_failures_stays_small(office):
    for number in range(50):
        office.desk.signing_in.attempt(f"nobody{number}", "x", "0", office.clock(), "10.0.0.1")
    with office.desk.room.register.read() as session:
        assert len(session.scalars(select(SignInAttempt)).all()) == 1
        failed = select(AuditLine).where(AuditLine.action == "sign-in-failed")
        assert len(session.scalars(failed).all()) == 3
    office.clock.on(days=2)
    attempt(office)
    with office.desk.room.register.read() as session:
        assert session.scalars(select(SignInAttempt)).all() == []


def test_unknown_names_are_delayed_likewise_and_never_written_down(office):
    for _ in range(3):
        office.desk.signing_in.attempt("my secret password", "x", "000000", office.clock())
    again = office.desk.signing_in.attempt("my secret password", "x", "000000", office.clock())
    assert again.retry_at
    with office.desk.room.register.read() as session:
        lines = session.scalars(select(AuditLine)).all()
    assert all("secret" not in line.actor + line.detail for line in lines)


def test_a_session_ends_after_half_an_hour_idle(office):
    client = office.sign_in(PINGDING)
    office.clock.on(minutes=29)
    assert client.get("/inbox/").status_code == 200
    office.clock.on(minutes=29)
    assert client.get("/inbox/").status_code == 200
    office.clock.on(minutes=30)
    assert client.get("/inbox/").location == "/sign-in"


def test_a_session_ends_after_eight_hours_however_busy(office):
    client = office.sign_in(PINGDING)
    for _ in range(23):
        office.clock.on(minutes=20)
        assert client.get("/inbox/").status_code == 200
    office.clock.on(minutes=20)
    assert client.get("/inbox/").location == "/sign-in"


def test_a_copied_cookie_is_worthless_after_signing_out(office):
    client = office.sign_in(PINGDING)
    name = cookie_name(office.desk)
    copied = client.get_cookie(name).value
    assert post(client, "/sign-out").status_code == 302
    thief = office.client()
    thief.set_cookie(name, copied)
    assert thief.get("/inbox/").location == "/sign-in"


def test_the_register_holds_no_cookie_password_or_secret(office):
    client = office.sign_in(PINGDING)
    cookie = client.get_cookie(cookie_name(office.desk)).value
    held = office.credentials[PINGDING.username]
    with office.desk.room.register.engine.connect() as connection:
        text = str([connection.execute(select(t)).all() for t in Staff.metadata.sorted_tables])
    for secret in (cookie, held.password, held.secret):
        assert secret not in text


def test_changing_the_password_ends_the_other_sessions(office):
    here, elsewhere = office.sign_in(PINGDING), office.sign_in(PINGDING)
    held = office.credentials[PINGDING.username]
    form = {
        "old": held.password,
        "new": "一句很长的新密码啊甲乙丙丁",
        "again": "一句很长的新密码啊甲乙丙丁",
    }
    assert post(here, "/password", form).status_code == 302
    assert here.get("/inbox/").status_code == 200
    assert elsewhere.get("/inbox/").location == "/sign-in"
    office.clock.on(minutes=1)
    assert attempt(office) == Refused()
    assert isinstance(attempt(office, password="一句很长的新密码啊甲乙丙丁"), SignedIn)


@pytest.mark.parametrize(
    ("new", "said"),
    [("short", "12"), ("wang.pd-2026-wang", "过于简单"), ("aaaaaaaaaaaaaa", "过于简单")],
)
def test_a_weak_password_is_refused_with_the_reason(office, new, said):
    client = office.sign_in(PINGDING)
    old = office.credentials[PINGDING.username].password
    response = post(client, "/password", {"old": old, "new": new, "again": new})
    assert response.status_code == 422
    assert said in response.text


def test_the_handed_out_password_opens_nothing_but_its_own_change(office):
    new = NewStaff("fresh.one", "新人", Role.CITY, "city-office")
    office.credentials["fresh.one"] = office.desk.accounts.add(new, NOW, "test")
    person = type(CITY)("fresh.one", "新人", Role.CITY, "city-office")
    client = office.sign_in(person)
    assert client.get("/inbox/").location == "/password"
    assert client.get("/password").status_code == 200


def test_disabling_and_resetting_shut_out_at_once(office):
    client = office.sign_in(PINGDING)
    office.desk.accounts.disable(PINGDING.username, office.clock(), "test")
    assert client.get("/inbox/").location == "/sign-in"
    office.clock.on(minutes=1)
    assert attempt(office) == Refused()
    held = office.desk.accounts.reset(PINGDING.username, office.clock(), "test")
    office.clock.on(minutes=1)
    assert attempt(office) == Refused()  # the old password and secret are gone
    office.credentials[PINGDING.username] = held
    office.clock.on(minutes=1)
    assert isinstance(attempt(office), SignedIn)


def test_demonstration_officers_are_refused_outside_the_demonstration(office, tmp_path):
    new = NewStaff("yanshi", "演示", Role.CITY, "city-office", demonstration=True)
    handed = office.desk.accounts.add(
        new, NOW, "演示", ("yanshi-mima-2026", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    )
    code = code_at(handed.secret, office.clock())
    assert office.desk.signing_in.attempt("yanshi", handed.password, code, NOW) == Refused()
    office.desk.signing_in._demonstration = True
    office.clock.on(minutes=1)
    code = code_at(handed.secret, office.clock())
    result = office.desk.signing_in.attempt("yanshi", handed.password, code, office.clock())
    assert isinstance(result, SignedIn)


def test_unlocked_keys_go_with_the_session(office):
    client = office.sign_in(PINGDING)
    office.unlock(client, "pingding-office", "pd-list")
    assert office.desk.keyring._held
    office.clock.on(minutes=31)
    office.sign_in(AUDITOR)
    assert not any(held.identities for held in office.desk.keyring._held.values())


def test_dead_sessions_are_swept_away(office):
    office.sign_in(PINGDING)
    office.clock.on(hours=33)
    office.sign_in(CITY)
    with office.desk.room.register.read() as session:
        assert len(session.scalars(select(StaffSession)).all()) == 1


# A name stands in public under what its bearer signed, and tells three people apart.
ODD_NAMES = ("", " 甲", "甲\u200b审", "甲\n审", "甲<b>", "甲" * 31, "甲\u202e审", "甲_1")


def test_an_officer_belongs_to_an_office_of_the_right_level(office):
    for new in (
        NewStaff("aaa", "甲", Role.COUNTY, "city-office"),
        NewStaff("aaa", "甲", Role.CITY, "pingding-office", "pingding"),
        NewStaff("aaa", "甲", Role.AUDITOR, "city-office"),
        NewStaff("A b", "甲", Role.AUDITOR),
        NewStaff(PINGDING.username, "甲", Role.AUDITOR),
        *(NewStaff("aaa", name, Role.AUDITOR) for name in ODD_NAMES),
    ):
        with pytest.raises(RequestError):
            office.desk.accounts.add(new, NOW, "test")


def test_a_code_is_asked_for_again_before_a_grave_act_and_is_good_once(office):
    signing_in, secret = office.desk.signing_in, office.credentials["li.city"].secret
    later = office.clock.now + timedelta(minutes=2)
    wrong = signing_in.prove("li.city", "000000", later)
    proof = signing_in.prove("li.city", code_at(secret, later), later)
    again = signing_in.prove("li.city", code_at(secret, later), later)
    assert isinstance(wrong, Refused)
    assert isinstance(again, Refused)
    assert (proof.username, proof.at) == ("li.city", later)


def test_guessing_codes_before_a_grave_act_waits_as_at_the_sign_in(office):
    signing_in, later = office.desk.signing_in, office.clock.now + timedelta(minutes=2)
    answers = [signing_in.prove("li.city", "000000", later) for _ in range(5)]
    right = code_at(office.credentials["li.city"].secret, later)
    assert answers[-1].retry_at > later
    assert isinstance(signing_in.prove("li.city", right, later), Refused)
    assert signing_in.prove("nobody", right, later) == Refused()


def test_rights_about_drafts_are_set_for_each_person_and_never_for_an_auditor(office):
    accounts = office.desk.accounts
    accounts.allow("li.city", {Right.DRAFT, Right.SIGN_OFF}, NOW, "test")
    rows = {row.username: person_of(row).may for row in accounts.everyone()}
    assert rows["li.city"] == {Right.DRAFT, Right.SIGN_OFF}
    assert rows["zhou.city"] == frozenset()
    accounts.allow("li.city", set(), NOW, "test")
    assert person_of(accounts.everyone()[0]).may == frozenset()
    with pytest.raises(RequestError, match="审计员"):
        accounts.allow("qian.audit", {Right.REVIEW}, NOW, "test")
