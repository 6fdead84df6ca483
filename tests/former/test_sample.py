"""Today's program opens what the former one left: register, keys, drop box, carried notes, ledger.

`make_sample.py` says what the sample holds and how it was made.
"""

import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from portal.casework.audit import verify
from portal.casework.models import Case
from portal.casework.retention import check_store
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.config.public_settings import PublicSettings
from portal.content.catalogue import Catalogue
from portal.content.loader import load
from portal.desk.desk_app import create_app as create_desk
from portal.desk.entry.onetime import code_at
from portal.domain.receipt_code import code_from, grouped
from portal.domain.workdays import SHANGHAI
from portal.intake.intake_options import IntakeLimits
from portal.ledger.chain import check_chain
from portal.ledger.ledger_lines import LEDGER_NAME
from portal.ledger.signing import load_key
from portal.proof.publishing import publish_folder
from portal.public import create_app as create_public
from portal.sealed.courier import desk_side, public_side
from portal.sealed.dropbox import DropBox
from tests.desk.conftest import post, token
from tests.publicside import Citizen, Clock, PublicSide

LATER = datetime(2026, 3, 4, 10, 30, tzinfo=SHANGHAI)
PASSPHRASE = "only for the sample of tests"
PASSWORD = "sample-only-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FACTS = "（演示）第1件：名称与营业执照不一致，请核对。"


@pytest.fixture
def former(tmp_path: Path) -> Path:
    with tarfile.open(Path(__file__).parent / "sample.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def paths_of(former: Path) -> Paths:
    return Paths((former / "content",), (former / "notices",), former / "state")


def published_in(former: Path) -> Catalogue:
    paths = paths_of(former)
    return load(paths.content, paths.notices)


@pytest.fixture
def office(former: Path):
    settings = DeskSettings(
        paths=paths_of(former),
        secret="secret of the sample",
        demonstration=True,
        plain_http=True,
    )
    app = create_desk(settings, Clock(LATER), lambda: published_in(former))
    yield app.extensions["portal.desk"], app.test_client()
    app.extensions["portal.desk"].close()


def sign_in(client) -> None:
    data = {
        "username": "yanshi",
        "password": PASSWORD,
        "code": code_at(SECRET, LATER),
        "csrf_token": token(client, "/sign-in"),
    }
    assert client.post("/sign-in", data=data).status_code == 302


def numbers(desk) -> list[str]:
    with desk.room.register.read() as session:
        return [case.number for case in session.query(Case).order_by(Case.id)]


def test_an_officer_signs_in_collects_and_opens_both_cases(office):
    desk, client = office
    sign_in(client)
    assert not desk.collect(LATER).troubles
    old, new = numbers(desk)
    for number, words in ((old, FACTS), (new, "（演示）第2件")):
        opened = post(client, f"/cases/{number}/open", {"open-passphrase": PASSPHRASE})
        assert opened.status_code == 302
        assert words in client.get(f"/cases/{number}/").text
    assert "（演示）请补充登记信息的来源。" in client.get(f"/cases/{old}/").text
    assert "（演示）见登记信息。" in client.get(f"/cases/{old}/").text


def test_the_audit_chain_and_the_store_hold_and_go_on(office):
    desk, _client = office
    desk.collect(LATER)
    with desk.room.register.read() as session:
        assert verify(session).seq > 3
    assert check_store(desk.room) == []


def test_the_carried_folder_is_taken_up_where_it_was_left(former, office):
    desk, _client = office
    box, carrier = DropBox(former / "state" / "dropbox"), DropBox(former / "carried")
    key = desk.room.signer()
    report = public_side(box, carrier, LATER.timestamp(), key.public)
    assert ["没有工作台的签名" in trouble for trouble in report.troubles] == [True]
    assert len(list(box.inbox.glob("*.sealed"))) == 2, "the former note is not believed"
    for _ in range(2):
        desk_side(carrier, desk.room.folders, LATER.timestamp(), key)
        report = public_side(box, carrier, LATER.timestamp(), key.public)
        assert report.troubles == []
    assert list(box.inbox.glob("*.sealed")) == []
    assert len(list(desk.room.folders.envelopes.glob("*.sealed"))) == 3


def test_a_citizen_asks_by_code_and_reads_the_question(former):
    paths = paths_of(former)
    published = published_in(former)
    settings = PublicSettings(paths=paths, limits=IntakeLimits(free_bytes=0))
    side = PublicSide(former / "state", published, Clock(LATER))
    app = create_public(settings, side.clock, lambda: published)
    for which, words in ((1, "（演示）请补充登记信息的来源。"), (2, "已收到")):
        page = Citizen(side, app).look_up(grouped(code_from(bytes([which]) * 15)))
        assert words in page


def test_the_ledger_holds_and_nothing_is_entered_anew(former):
    paths = paths_of(former)
    ledger = paths.notices[0] / LEDGER_NAME
    before = ledger.read_bytes()
    assert check_chain(before.decode().splitlines()).whole
    signer = load_key(former / "state" / "keys" / "ledger.pem", None)
    published = published_in(former)
    entered = publish_folder(published, paths.notices[0], signer, LATER + timedelta(days=1))
    assert entered == []
    assert ledger.read_bytes() == before
