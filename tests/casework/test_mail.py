"""Mail to officers, through a real SMTP conversation over a socket."""

import socket
import socketserver
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from portal.casework.audit import Action
from portal.casework.mail import send_due, waiting
from portal.casework.models import AuditLine, Staff
from portal.config.desk_settings import MailSettings
from portal.desk.mailer import Smtp
from tests.casedesk import NOW, PINGDING, YUXIAN


class Server(socketserver.ThreadingTCPServer):
    """Takes every mail, unless told to be full."""

    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails, self.full = [], False


class Conversation(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"RCPT") and self.server.full:
                self.say("452 mailbox full")
            elif line == b"DATA":
                self.say("354 go on")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(message_from_bytes(data, policy=policy.default))
                self.say("250 taken")
            elif line == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


@contextmanager
def mail_server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def transport(port):
    return Smtp(MailSettings("127.0.0.1", port, "", "", tls=False, sender="desk@award.example"))


@pytest.fixture
def officers(casedesk):
    with casedesk.room.register.write() as session:
        for person in (PINGDING, YUXIAN):
            session.add(
                Staff(
                    username=person.username,
                    name=person.name,
                    role=person.role.value,
                    office=person.office,
                    county=person.county,
                    email=f"{person.username}@office.example",
                    password="",
                    secret="",
                    created_at=NOW,
                )
            )
    return casedesk


def test_the_officers_of_the_office_hear_that_something_arrived_and_no_more(officers):
    citizen = officers.arrive()
    with mail_server() as server:
        done = send_due(officers.room, transport(server.server_address[1]), NOW)
        again = send_due(officers.room, transport(server.server_address[1]), NOW)
    assert (done.sent, done.failed) == (1, 0)
    assert (again.sent, again.failed) == (0, 0)
    (mail,) = server.mails
    assert mail["To"] == f"{PINGDING.username}@office.example"
    text = f"{mail['Subject']} {mail.get_content()}"
    for secret in (citizen.number, citizen.lookup, "平定", "刘小明", "质量事故", "pd-list"):
        assert secret not in text


def test_failed_mail_is_kept_with_its_error_and_tried_again_later(officers):
    officers.arrive()
    with mail_server() as server:
        server.full = True
        carrier = transport(server.server_address[1])
        assert send_due(officers.room, carrier, NOW).failed == 1
        with officers.room.register.read() as session:
            (kept,) = waiting(session)
            assert "452" in kept.error
            assert kept.next_try_at == NOW + timedelta(minutes=5)
            actions = session.scalars(select(AuditLine.action)).all()
            assert Action.MAIL_FAILED in actions
        server.full = False
        assert send_due(officers.room, carrier, NOW).sent == 0
        assert send_due(officers.room, carrier, NOW + timedelta(minutes=5)).sent == 1
    with officers.room.register.read() as session:
        assert list(waiting(session)) == []


def test_without_a_server_nothing_is_lost_and_the_pauses_grow(officers):
    officers.arrive()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    now, pauses = NOW, []
    for _ in range(14):
        send_due(officers.room, transport(port), now)
        with officers.room.register.read() as session:
            (mail,) = waiting(session)
        pauses.append(mail.next_try_at - now)
        now = mail.next_try_at
    assert pauses[:3] == [timedelta(minutes=m) for m in (5, 10, 20)]
    assert max(pauses[:11]) == timedelta(hours=6)
    assert pauses[-1] == timedelta(days=1)
