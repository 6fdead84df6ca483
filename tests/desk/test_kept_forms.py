"""Nothing typed is lost when a session runs out: it comes back to who typed it, alone."""

import inspect

import pytest
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from portal.desk.case import case_forms
from portal.desk.entry import sign_in_forms
from portal.desk.entry.kept_forms import KEPT_FOR, KeptForms, is_secret
from tests.casedesk import CITY, NOW, PINGDING
from tests.desk.conftest import post, token

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
    data = {"csrf_token": token(client), "reply-text": REPLY, "kept": "1"}
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
    assert client.get("/kept").location == "/"
    other = office.sign_in(PINGDING)  # another browser has no key
    assert other.get("/kept").location == "/"


def test_it_is_dropped_when_asked_and_after_a_day(written):
    office, client, *_ = written
    office.sign_in(PINGDING, client)
    assert post(client, "/kept/drop").status_code == 302
    assert client.get("/kept").location == "/"
    assert list((office.desk.settings.folder / "kept").iterdir()) == []


def test_a_form_without_the_page_s_token_is_not_kept(office):
    client = office.sign_in(PINGDING)
    office.clock.on(minutes=31)
    client.post("/inbox/collect", data={"text": REPLY, "csrf_token": "forged"})
    assert not (office.desk.settings.folder / "kept").exists()


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
