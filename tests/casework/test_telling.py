"""Citizens who want it are told that there is news: by mail or telephone, never of what."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.casework.approvals import Approvals, Proposal
from portal.casework.decisions import Ending
from portal.casework.handling import Casework
from portal.casework.mail import send_due, waiting
from portal.casework.models import Case, MailNotice
from portal.casework.retention import forget
from portal.casework.telling import SUBJECT, address_of
from portal.config.desk_settings import MailSettings, SmsSettings
from portal.desk.mailer import Messenger
from portal.domain.objection import Outcome
from tests.casedesk import NOW, PINGDING, PINGDING_2, make_casedesk
from tests.casework.test_mail import mail_server

MAIL, PHONE = "qian.qi-7f3a@example.cn", "13912345678"
OFFICE, LIST = "pingding-office", "pd-list"
SECRETS = ("平定", "质量奖", "公示", "异议", "YY2", LIST)


class Gateway(http.server.BaseHTTPRequestHandler):
    """An SMS gateway that keeps what it was sent, and answers as it is told to."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append((self.path, dict(self.headers), body))
        code, said = self.server.answer
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_):
        pass


@contextmanager
def gateway(answer=(200, '{"code":0}')):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        server.seen, server.answer = [], answer
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server, f"http://127.0.0.1:{server.server_address[1]}/send"
        finally:
            server.shutdown()


def by_mail(port):
    mail = MailSettings("127.0.0.1", port, tls=False, sender="office@example.cn")
    return Messenger(mail, SmsSettings(url=""))


def by_phone(url, **how):
    return Messenger(MailSettings(host=""), SmsSettings(url=url, **how))


@pytest.fixture
def desk(sqlite_register, tmp_path):
    return make_casedesk(tmp_path / "state", sqlite_register)


@pytest.fixture
def arrived(desk):
    def arrive(notify):
        citizen = desk.arrive(LIST, notify=notify)
        Casework(desk.room).open(PINGDING, citizen.number, desk.opener(OFFICE, LIST), NOW)
        return citizen

    return arrive


def accept(desk, citizen):
    keys = desk.opener(OFFICE, LIST)
    Casework(desk.room).accept(PINGDING, citizen.number, NOW, keys)


def rows(desk, model):
    with desk.room.register.read() as session:
        return list(session.scalars(select(model)))


def test_a_mail_goes_with_each_answer_and_says_nothing_of_what(desk, arrived):
    citizen = arrived(MAIL)
    with mail_server() as server:
        messenger = by_mail(server.server_address[1])
        assert send_due(desk.room, messenger, NOW).sent == 0  # opening tells nothing new
        accept(desk, citizen)
        Casework(desk.room).examine(PINGDING, citizen.number, NOW)
        assert send_due(desk.room, messenger, NOW).sent == 2
        assert send_due(desk.room, messenger, NOW).sent == 0
    for mail in server.mails:
        assert (mail["To"], mail["Subject"]) == (MAIL, SUBJECT)
        text = mail.as_string() + mail.get_content()
        assert not any(word in text for word in (*SECRETS, citizen.number, citizen.lookup))


def test_a_decision_is_told_with_its_confirmation(desk, arrived):
    citizen = arrived(PHONE)
    work, approvals = Casework(desk.room), Approvals(desk.room)
    keys = desk.opener(OFFICE, LIST)
    work.accept(PINGDING, citizen.number, NOW, keys)
    work.examine(PINGDING, citizen.number, NOW, keys)
    with gateway() as (server, url):
        messenger = by_phone(url)
        send_due(desk.room, messenger, NOW)
        told = len(server.seen)
        closing = Proposal(Ending.CLOSE, "结论", outcome=Outcome.REJECTED, reply="答复如下")
        approvals.propose(PINGDING, citizen.number, closing, NOW, keys)
        assert send_due(desk.room, messenger, NOW).sent == 0
        approvals.confirm(PINGDING_2, citizen.number, NOW, unread=True)
        send_due(desk.room, messenger, NOW)
        assert len(server.seen) > told


@pytest.mark.parametrize(
    ("how", "body"),
    [
        ({}, json.dumps({"phone": PHONE, "text": SUBJECT}, ensure_ascii=False)),
        (
            {
                "body": "mobile={to}&content={text}&sign=1",
                "media_type": "application/x-www-form-urlencoded",
                "header": "Authorization: Bearer k",
                "success": '"code":0',
            },
            "mobile=13912345678&content=%E6%82%A8",
        ),
    ],
)
def test_a_gateway_gets_one_post_by_its_template(desk, arrived, how, body):
    accept(desk, arrived(PHONE))
    with gateway() as (server, url):
        assert send_due(desk.room, by_phone(url, **how), NOW).sent == 1
    [(path, headers, sent)] = server.seen
    assert path == "/send"
    assert sent.replace(": ", ":").startswith(body.replace(": ", ":").replace(", ", ","))
    assert headers.get("Authorization") == ("Bearer k" if how else None)


@pytest.mark.parametrize("answer", [(500, ""), (302, ""), (200, '{"code":7}')])
def test_what_fails_harms_nothing_and_is_given_up_in_the_end(desk, arrived, answer):
    citizen = arrived(PHONE)
    accept(desk, citizen)
    with gateway(answer) as (server, url):
        messenger, now = by_phone(url, success='"code":0'), NOW
        for _ in range(12):
            assert send_due(desk.room, messenger, now).failed == 1
            now += timedelta(days=1)
        assert len(server.seen) == 12
    assert rows(desk, MailNotice) == []
    assert len(desk.inbox_of(citizen)) == 1


@pytest.mark.parametrize(
    "notify", ["", "没有", "a@b", f"{MAIL}\nBcc: a@example.cn", "0353-1234567"]
)
def test_who_left_no_right_address_is_told_nothing(desk, arrived, notify):
    accept(desk, arrived(notify))
    assert rows(desk, MailNotice) == []


def test_the_address_stands_in_no_file_and_goes_with_the_case(desk, arrived):
    citizen = arrived(MAIL)
    accept(desk, citizen)
    with mail_server() as server:
        server.full = True
        send_due(desk.room, by_mail(server.server_address[1]), NOW)
    for path in desk.room.folder.parent.rglob("*"):
        assert not path.is_file() or MAIL.encode() not in path.read_bytes()
    with desk.room.register.write() as session:
        [waits] = waiting(session)
        assert MAIL not in (waits.recipient, waits.error)
        case = session.scalar(select(Case).where(Case.number == citizen.number))
        assert address_of(desk.room, case) == MAIL
        forget(session, case, NOW)
        assert (case.told_at, address_of(desk.room, case)) == ("", "")
    with mail_server() as server:
        later = NOW + timedelta(days=2)
        assert send_due(desk.room, by_mail(server.server_address[1]), later).sent == 0
    assert server.mails == []
    assert rows(desk, MailNotice) == []
