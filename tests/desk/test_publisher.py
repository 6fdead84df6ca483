"""The desk's publications: a key that is held for a while, a process that waits for it."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from portal.desk.publisher import Publisher
from portal.editorial.held_key import HeldKey
from portal.errors import RequestError
from tests.bench.publication import Office, now
from tests.recording import KEY

PASSPHRASE = "签发口令"


@pytest.fixture
def office(tmp_path, monkeypatch):
    made = Office.small(tmp_path)
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    how = BestAvailableEncryption(PASSPHRASE.encode())
    pem = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    (tmp_path / "var" / "keys" / "ledger.pem").write_bytes(pem)
    return made


@pytest.fixture
def publisher(office, tmp_path):
    held = HeldKey(tmp_path / "var" / "keys" / "ledger.pem")
    return Publisher(office.editing.reviews, office.journals, held)


def test_a_signed_text_waits_for_the_key_and_goes_up_with_it(office, publisher):
    publisher.warm(now())
    office.sign("call", "请申报。\n")
    assert publisher.wants_key(now())
    assert not publisher.start(now())
    publisher.round(now())
    assert office.editing.state("call", now()) == "approved"
    publisher.held.unlock(PASSPHRASE, now() + timedelta(minutes=30))
    assert publisher.start(now())
    assert publisher.wait(120) == 0
    assert office.disagreements() == []
    assert not publisher.wants_key(now())
    said = (office.journals / "last.log").read_bytes() + (office.journals / ".lock").read_bytes()
    secret = KEY.private.private_bytes_raw().hex().encode()
    assert secret not in said
    kept = [path for path in office.folder.rglob("*") if path.is_file()]
    assert not any(secret in path.read_bytes() for path in kept)


def test_a_process_that_waited_in_vain_ends(office, publisher):
    publisher.warm(now())
    waiting = publisher._warm
    publisher.round(now() + timedelta(minutes=11))
    assert waiting.poll() is not None
    assert publisher._warm is None


def test_the_key_is_forgotten_when_its_time_is_over(publisher):
    held, later = publisher.held, now() + timedelta(minutes=30)
    with pytest.raises(RequestError, match="口令不对"):
        held.unlock("别的", later)
    assert held.key(now()) is None
    held.unlock(PASSPHRASE, later)
    held.unlock(PASSPHRASE, now())  # a shorter time shortens nothing
    assert held.key(now()).id == KEY.id
    assert held.key(later) is None
    assert held.key(now()) is None
    held.unlock(PASSPHRASE, later)
    held.forget()
    assert held.key(now()) is None


def test_the_key_stays_until_what_is_scheduled_is_done(office, publisher):
    due = (now() + timedelta(days=3)).replace(microsecond=0)
    office.sign("call", "请申报。\n", due=due)
    assert publisher.will_want_key(now()) == due
    publisher.unlock(PASSPHRASE, now())
    assert publisher.will_want_key(now()) is None
    assert publisher.held.key(due + timedelta(minutes=30)).id == KEY.id
    assert publisher.held.key(due + timedelta(hours=2)) is None
