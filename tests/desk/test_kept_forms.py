"""Nothing typed is lost when a session ends: it comes back to who typed it, alone."""

import inspect

import pytest
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from portal.casework.models import Staff, StaffSession
from portal.desk.case import case_forms
from portal.desk.entry import sign_in_forms
from portal.desk.entry.access import BEFORE_CHANGE, LISTS, Access
from portal.desk.entry.kept_forms import KEPT_FOR, KeptForms, is_secret
from portal.desk.entry.late_forms import cookie_name
from tests.casedesk import CITY, NOW, PINGDING
from tests.desk.conftest import post, token
from tests.desk.test_access import address, rules

REPLY = "经核查，情况属实。已责成该单位整改。"


@pytest.fixture
def written(office):
    """A reply that was written for 31 minutes, sent, and met the sign-in page."""
    citizen = office.cases.arrive()
    client = office.opened(PINGDING, citizen)
    path = f"/cases/{citizen.number}/"
    for step in ("accept", "examine"):
        post(client, f"{path}step/{step}")
    held = token(client)
    office.clock.on(minutes=31)
    data = {"csrf_token": held, "reply-text": REPLY, "open-passphrase": "秘密的口令"}
    assert client.post(f"{path}reply", data=data).location == "/sign-in"
    return office, client, f"{path}reply", citizen


def test_a_reply_of_31_minutes_comes_back_after_signing_in_again(written):
    office, client, path, citizen = written
    office.sign_in(PINGDING, client)
    page = client.get("/kept").text
    assert REPLY in page
    assert f'action="{path}"' in page
    assert "秘密的口令" not in page
    place = page.partition('name="kept" value="')[2].partition('"')[0]
    data = {"csrf_token": token(client), "reply-text": REPLY, "kept": place}
    office.unlock(client, citizen.office, citizen.notice)
    assert client.post(path, data=data).status_code in {302, 422, 409}
    assert "情况属实" in client.get("/kept").text or client.get("/kept").location == "/"


def test_it_is_read_by_nobody_else_and_not_from_the_disk(written):
    office, client, *_ = written
    kept = list((office.desk.settings.folder / "kept").iterdir())
    assert len(kept) == 1
    assert REPLY.encode() not in kept[0].read_bytes()
    assert PINGDING.username.encode() not in kept[0].read_bytes()
    office.sign_in(CITY, client)
    page = client.get("/kept").text
    assert "另一位人员登录时填写的" in page
    assert REPLY not in page
    other = office.sign_in(PINGDING)  # another browser has no key
    assert other.get("/kept").location == "/"


def test_it_is_dropped_when_asked_and_after_a_day(written):
    office, client, *_ = written
    office.sign_in(PINGDING, client)
    place = client.get("/kept").text.partition('name="drop" value="')[2].partition('"')[0]
    assert post(client, "/kept/drop", {"drop": place}).status_code == 302
    assert client.get("/kept").location == "/"
    assert list((office.desk.settings.folder / "kept").iterdir()) == []


def test_a_form_without_the_page_s_token_is_not_kept(office):
    client = office.sign_in(PINGDING)
    office.clock.on(minutes=31)
    client.post("/inbox/collect", data={"text": REPLY, "csrf_token": "forged"})
    assert not (office.desk.settings.folder / "kept").exists()


def _signed_out(office, client):
    post(client, "/sign-out")


def _row_gone(office, client):
    with office.desk.room.register.write() as session:
        session.query(StaffSession).delete()


def _cookies_gone(office, client):
    client.delete_cookie(cookie_name(office.desk))
    client.delete_cookie("desk-form")


def _another_session(office, client):
    post(client, "/sign-out")
    office.sign_in(PINGDING, client)


def _somebody_else(office, client):
    post(client, "/sign-out")
    office.sign_in(CITY, client)


def _password_reset(office, client):
    office.credentials[PINGDING.username] = office.desk.accounts.reset(
        PINGDING.username, office.clock(), "test"
    )


def _too_old(office, client):
    office.clock.on(days=3)


ENDS = (
    _signed_out,
    _row_gone,
    _cookies_gone,
    _another_session,
    _somebody_else,
    _password_reset,
    _too_old,
)


def test_what_was_written_is_kept_whichever_way_the_session_ended(office):
    for end in ENDS:
        client = office.sign_in(PINGDING)
        data = {"csrf_token": token(client), "text": f"{REPLY}{end.__name__}"}
        end(office, client)
        assert client.post("/cases/x/ask", data=data).status_code == 302, end.__name__
        assert client.post("/cases/y/ask", data=data).status_code == 302, "from a second tab"
        if end is _password_reset:
            office.sign_in(PINGDING, client)
            with office.desk.room.register.write() as session:
                session.query(Staff).update({Staff.must_change: False})
        elif end is not _another_session:
            if end is _somebody_else:
                assert "另一位人员登录时填写的" in client.get("/kept").text
                post(client, "/sign-out")
            assert "已经保留" in client.get("/sign-in").text, end.__name__
            office.sign_in(PINGDING, client)
        page = client.get("/kept").text
        assert page.count(f"{REPLY}{end.__name__}") == 2, end.__name__
        assert 'action="/cases/x/ask"' in page
        assert "未提交的内容" in client.get("/password").text


def test_every_form_of_the_desk_is_kept(office):
    client = office.sign_in(PINGDING)
    data = {"csrf_token": token(client), "text": REPLY}
    post(client, "/sign-out")
    folder = office.desk.settings.folder / "kept"
    sent = 0
    for rule in rules(office.app):
        if "POST" not in rule.methods or rule.endpoint in LISTS[Access.PUBLIC] | BEFORE_CHANGE:
            continue
        sent += 1
        assert client.post(address(rule), data=data).location == "/sign-in", rule
        assert len(list(folder.iterdir())) == sent, rule
    assert sent > 20


def test_no_password_of_any_form_is_kept():
    forms = [
        form
        for module in (case_forms, sign_in_forms)
        for _, form in inspect.getmembers(module, inspect.isclass)
    ]
    names = {
        name
        for form in forms
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField)
    }
    assert names
    assert all(is_secret(name) and is_secret(f"any-{name}") for name in names | {"code"})


def test_what_is_kept_ends_after_a_day(tmp_path):
    forms = KeptForms(tmp_path)
    key = forms.keep("a", "/x", [("text", "甲")], NOW)
    assert forms.find(key, "a", NOW).fields == (("text", "甲"),)
    assert forms.find(key, "b", NOW) is None
    assert forms.find(key, "a", NOW + KEPT_FOR) is None
    assert forms.find("nonsense", "a", NOW) is None
    assert forms.keep("a", "/x", [("csrf_token", "甲"), ("code", "1")], NOW) == ""
