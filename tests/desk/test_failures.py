"""What once was a bare 500: odd hosts, files for texts, control characters, a full disk."""

import errno
import io
import sqlite3

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from portal.confined.examining import Trouble
from portal.desk.entry.onetime import OneTimeCodes
from tests.desk.conftest import CITY, PINGDING, post, token


@pytest.mark.parametrize("host", ["a b", "[::1", "", "x" * 300, "пример", "evil.example:99999"])
def test_an_odd_host_gets_a_page(office, host):
    client = office.sign_in(PINGDING)
    for who in (client, office.client()):
        answer = who.get("/inbox/", headers={"Host": host})
        assert answer.status_code in {200, 302, 400}


def test_another_office_s_case_is_not_found_by_any_act(office):
    citizen = office.cases.arrive("yx-list")
    client = office.sign_in(PINGDING)
    for rule in office.app.url_map.iter_rules():
        if "number" not in rule.arguments:
            continue
        values = {"number": citizen.number, "part": "0-1", "what": "accept", "letter": "reply"}
        with office.app.test_request_context():
            path = office.app.url_for(rule.endpoint, **{a: values[a] for a in rule.arguments})
        answer = client.get(path) if "GET" in rule.methods else post(client, path)
        assert answer.status_code == 404, (rule.endpoint, answer.status_code)


def test_what_only_the_own_office_may_do_is_refused_with_a_page(office):
    """The main office sees a county's case, and may do little with it."""
    citizen = office.cases.arrive("yx-list")
    client = office.sign_in(CITY)
    for rule in office.app.url_map.iter_rules():
        if "number" not in rule.arguments:
            continue
        values = {"number": citizen.number, "part": "0-1", "what": "accept", "letter": "reply"}
        with office.app.test_request_context():
            path = office.app.url_for(rule.endpoint, **{a: values[a] for a in rule.arguments})
        answer = client.get(path) if "GET" in rule.methods else post(client, path)
        assert answer.status_code < 500, (rule.endpoint, answer.status_code)


def test_a_file_where_a_text_belongs_is_an_empty_text(office):
    citizen = office.cases.arrive("pd-list")
    client = office.opened(PINGDING, citizen)
    for path in ("reveal", "ask", "reply", "refuse", "close", "reopen"):
        name = f"{path}-{'reason' if path == 'reveal' else 'summary'}"
        files = {name: (io.BytesIO(b"x"), "a.pdf"), f"{path}-text": (io.BytesIO(b"x"), "a.pdf")}
        answer = post(client, f"/cases/{citizen.number}/{path}", files)
        assert answer.status_code in {409, 422}, path
    stranger = office.client()
    signing_in = {n: (io.BytesIO(b"x"), "a.txt") for n in ("username", "password", "code")}
    signing_in["csrf_token"] = token(stranger, "/sign-in")
    assert stranger.post("/sign-in", data=signing_in).status_code == 422


def test_control_characters_do_not_stop_a_case_file(office):
    office.app.test_client_class = FlaskClient  # such a page cannot keep the contract
    citizen = office.cases.arrive("pd-list", facts="处罚\x0b决定\x01书文号" * 9)
    client = office.sign_in(PINGDING)
    office.unlock(client, citizen.office, citizen.notice)
    post(client, f"/cases/{citizen.number}/open")
    assert client.get(f"/cases/{citizen.number}/").status_code == 200
    assert client.get(f"/exports/cases/{citizen.number}.docx").status_code in {200, 404}
    for form in ("csv", "xlsx"):
        assert client.get(f"/exports/register.{form}").status_code == 200


def test_a_register_under_another_secret_says_so_at_the_sign_in(office):
    client = office.client()
    office.desk.signing_in._codes = OneTimeCodes("another secret, restored from elsewhere")
    held = office.credentials[PINGDING.username]
    data = {
        "username": PINGDING.username,
        "password": held.password,
        "code": office.code(PINGDING.username),
        "csrf_token": token(client, "/sign-in"),
    }
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 409
    assert "portal desk-user reset" in answer.text


FULL = OSError(errno.ENOSPC, "No space left on device")


def wrapped(code):
    inner = sqlite3.OperationalError("database trouble")
    inner.sqlite_errorcode = code
    return OperationalError("UPDATE", {}, inner)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FULL, "磁盘已满"),
        (OSError(errno.EROFS, "Read-only file system"), "不能写入"),
        (wrapped(sqlite3.SQLITE_FULL), "磁盘已满"),
        (wrapped(sqlite3.SQLITE_READONLY), "不能写入"),
        (wrapped(sqlite3.SQLITE_BUSY), "数据库正忙"),
        (wrapped(sqlite3.SQLITE_CORRUPT), "损坏"),
    ],
)
def test_trouble_of_the_machine_is_a_page_with_a_remedy(office, monkeypatch, error, said):
    citizen = office.cases.arrive("pd-list")
    client = office.opened(PINGDING, citizen)

    def fail(*_args, **_how):
        raise error

    monkeypatch.setattr("portal.desk.services.Casework.accept", fail)
    answer = post(client, f"/cases/{citizen.number}/step/accept")
    assert answer.status_code == 503
    assert said in answer.text
    assert "管理员" in answer.text


def test_a_register_that_went_away_is_a_page_on_every_address(office):
    client = office.sign_in(PINGDING)
    with office.desk.room.register.engine.begin() as connection:
        for table in ("staff", "cases"):
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
    for path in ("/inbox/", "/figures", "/exports/register.csv", "/cases/YY20260304-AAAAAAAA/"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "用最近的备份恢复" in answer.text


def test_a_really_read_only_register_is_told(office):
    client = office.sign_in(PINGDING)
    with office.desk.room.register.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    answer = post(client, "/inbox/collect")
    assert answer.status_code in {302, 503}
    assert client.get("/inbox/").status_code == 200


def test_a_file_that_kills_its_examiner_leaves_the_case_readable(office, monkeypatch):
    citizen = office.cases.arrive("pd-list", files=[("证据.pdf", b"%PDF-1.4 x")])
    client = office.opened(PINGDING, citizen)
    monkeypatch.setattr("portal.casework.safety.examine", lambda *_: Trouble("检查程序中途退出"))
    page = client.get(f"/cases/{citizen.number}/")
    assert page.status_code == 200
    assert "无法检查：检查程序中途退出" in page.text
