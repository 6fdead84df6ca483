"""What pages seal: taken whole or not at all, and refused by everything but its content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from portal.casework.identities import new_identity
from portal.intake.intake_options import IntakeLimits
from portal.sealed.bech32 import bech32
from portal.sealed.dropbox import SEALED, sum_of
from portal.sealed.receipts import verify_receipt
from portal.sealed.suites import AGE, SM, SUITES
from tests.pagesealed import OBJECTION, Page
from tests.publicside import BY_NAME, CLOSES, OPEN, OPENS, Citizen
from tests.sealed.parts import run

if TYPE_CHECKING:
    from tests.publicside import PublicSide


def files_of(side: PublicSide) -> list[str]:
    return sorted(p.name for p in side.box.root.rglob("*") if p.is_file())


@pytest.mark.parametrize("side", SUITES, ids=BY_NAME, indirect=True)
def test_it_is_stored_with_time_and_number_and_the_receipt_names_its_bytes(side, citizen):
    page = Page(citizen)
    answer = page.send(page.envelope())
    told = answer.get_json()
    assert answer.status_code == 200
    [objection] = side.objections()
    assert objection.facts == OBJECTION.facts
    [path] = side.box.inbox.glob("*.sealed")
    assert told["sha256"] == sum_of(path).sha256
    key = citizen.client.application.extensions["portal.intake"].submissions.signer.public_pem()
    receipt = verify_receipt(told["signed"], key)
    assert (receipt.number, receipt.envelope) == (told["number"], told["sha256"])
    assert told["number"].startswith("YY20211207-")
    assert receipt.received == side.clock().replace(microsecond=0)
    assert "已收到" in citizen.look_up(page.code)
    assert told["number"] in citizen.page


def test_the_same_again_is_answered_with_the_receipt_and_other_bytes_are_refused(side, citizen):
    page = Page(citizen)
    body = page.envelope()
    first = page.send(body).get_json()
    side.clock.now = CLOSES
    again = page.send(body).get_json()
    assert again == {**first, "repeated": True}
    other = page.send(page.envelope(replace(OBJECTION, facts="另一份内容，与先前的不同。")))
    assert (other.status_code, other.get_json()["error"]) == (409, "other")
    side.collect()
    side.collect()
    later = page.send(body).get_json()
    assert (later["number"], later["signed"]) == (first["number"], "")


@pytest.mark.parametrize("side", SUITES, ids=BY_NAME, indirect=True)
def test_whatever_is_not_our_form_is_refused_and_leaves_nothing(side, citizen):
    page = Page(citizen)
    good = page.envelope()
    stranger = new_identity(side.suite)[1]
    other = AGE if side.suite is SM else SM
    first = f"portal-envelope/1 {side.suite.name}".encode()
    head, line, sealed = good.split(b"\n", 2)
    three = page.envelope(keys=(stranger, stranger, stranger))
    one = page.envelope(keys=(stranger,))
    bad = {
        "cut": good[:-1],
        "longer": good + b"x",
        "only a head": head + b"\n" + line + b"\n",
        "no head": sealed,
        "empty": b"",
        "three keys": three,
        "one key": one,
        "not padded": page.envelope(plain=b"x" * 1000),
        "no head of a suite": head + b"\n" + line + b"\n" + b"x" * len(sealed),
        "another suite": good.replace(first, b"portal-envelope/1 other-suite-1", 1),
        "the other suite's name": good.replace(
            first, f"portal-envelope/1 {other.name}".encode(), 1
        ),
        "the other suite's reply key": page.envelope(
            header=page.header(reply=new_identity(other)[1])
        ),
        "a reply key that nothing can be sealed to": page.envelope(
            header=replace(page.header(), reply=bech32("age", bytes(32)))
        ),
        "another notice": page.envelope(header=page.header(notice="yuxian-list")),
        "another office": page.envelope(header=page.header(office="yuxian-office")),
        "a fiction": page.envelope(header=page.header(demonstration=True)),
        "no reply key": page.envelope(header=page.header(reply="")),
        "with a time": page.envelope(
            header=page.header(received=OPEN, number="YY20211207-00000000")
        ),
        "sealed by the server": page.envelope(header=replace(page.header(), sealed="")),
    }
    for name, body in bad.items():
        answer = page.send(body)
        assert answer.status_code == 400, name
        assert answer.get_json()["message"], name
    assert files_of(side) == []
    assert page.send(good).status_code == 200


def test_only_a_page_of_this_site_sends_and_a_stale_one_goes_on(side, citizen):
    page = Page(citizen)
    body = page.envelope()
    for token in ("x", page.headers["X-Form-Token"] + "x", ""):
        answer = page.send(body, **{"X-Form-Token": token})
        assert (answer.status_code, answer.get_json()["error"]) == (400, "stale")
    assert files_of(side) == []
    page.headers["X-Form-Token"] = answer.get_json()["token"]
    citizen.client.delete_cookie("form", path="/objections")
    waiting = page.send(body).get_json()
    assert (waiting["error"], waiting["wait"]) == ("fast", 3)
    side.clock.forward(seconds=3)
    assert page.send(body, **{"X-Privacy": "0"}).get_json()["error"] == "privacy"
    answer = page.send(body)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)


@pytest.mark.parametrize("now", [OPENS, CLOSES])
def test_the_window_is_that_of_the_moment_in_which_it_is_here(side, citizen, now):
    side.clock.now = OPEN
    page = Page(citizen)
    body = page.envelope()
    side.clock.now = now
    side.clock.forward(seconds=-1 if now is OPENS else 0)
    answer = page.send(body)
    assert answer.status_code in {404, 409}
    assert "接收" in answer.get_json()["message"]
    assert files_of(side) == []
    side.clock.forward(seconds=1 if now is OPENS else -1)
    assert page.send(body).status_code == 200


def test_quotas_count_as_for_the_form_and_work_is_asked(side):
    app = side.app(limits=IntakeLimits(free_bytes=0, submissions_per_address=1))
    page = Page(Citizen(side, app))
    assert page.send(page.envelope()).status_code == 200
    second = Page(Citizen(side, app))
    answer = second.send(second.envelope())
    told = answer.get_json()
    assert (answer.status_code, told["error"]) == (429, "quota")
    assert told["work"]
    [said, work] = run("const one = refusalOf(429, given); return [one.message, one.work];", told)
    assert told["message"] in said
    assert f"请在{-(-told['wait'] // 60)}分钟以后再次发送" in said
    assert "不影响您在公示期内提出异议的权利" in said
    assert "请不要关闭本页" in said
    assert work == told["work"]
    assert len(side.objections()) == 1
    assert page.send(page.envelope()).status_code in {409, 429}


def test_a_full_disk_takes_nothing_and_says_so(side):
    page = Page(Citizen(side, side.app(limits=IntakeLimits(free_bytes=1 << 62))))
    answer = page.send(page.envelope())
    assert (answer.status_code, answer.get_json()["error"]) == (503, "full")
    assert files_of(side) == []


def test_five_large_files_pass_in_one_request(side, citizen):
    page = Page(citizen)
    size = 103 * 1024 * 1024
    from portal.sealed.envelope import padded_length

    body = page.envelope(plain=bytes(padded_length(size)))
    assert page.send(body).status_code == 200


def test_what_nobody_can_read_is_still_taken_and_waits_for_the_desk(side, citizen):
    """The server does not know; the desk has its act for envelopes that cannot be read."""
    page = Page(citizen)
    keys = (new_identity()[1], new_identity()[1])
    assert page.send(page.envelope(keys=keys)).status_code == 200
    side.collect()
    assert [p.name for p in side.desk.envelopes.glob("*" + SEALED)]
