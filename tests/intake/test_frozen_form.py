"""The form as one file: the same for everybody; all that is a visitor's own comes apart."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.casework.identities import new_identity
from portal.form.frozen_form import has_form, receivers
from tests.formkeys import enter_keys, published_side
from tests.publicside import CLOSES, OPENS, SLUG, Citizen, public_side

FROZEN = f"/objections/{SLUG}/"


@pytest.fixture
def tree(site_from):
    return site_from()


@pytest.fixture
def side(tree, tmp_path):
    return published_side(tree, tmp_path / "state")


def begin(citizen):
    answer = citizen.client.get(f"{FROZEN}begin")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.get_json()


def test_everybody_is_given_the_same_bytes_without_a_cookie_and_asks_for_tokens_apart(side):
    citizens = [Citizen(side), Citizen(side, address="203.0.113.9")]
    answers = [one.client.get(f"{FROZEN}{query}") for one in citizens for query in ("", "?entry=x")]
    assert {one.status_code for one in answers} == {200}
    assert len({one.data for one in answers}) == 1
    assert all("Set-Cookie" not in one.headers for one in answers)
    assert {one.headers["Referrer-Policy"] for one in answers} == {"no-referrer"}
    known = {"If-None-Match": answers[0].headers["ETag"]}
    assert citizens[0].client.get(FROZEN, headers=known).status_code == 304
    told = [begin(one) for one in citizens]
    assert told[0]["token"] != told[1]["token"]
    assert told[0]["csrf"] != told[1]["csrf"]
    for one in told:
        assert one["token"] not in answers[0].text


def test_what_was_begun_so_is_sent_as_from_any_form(side):
    citizen = Citizen(side)
    told = begin(citizen)
    side.clock.forward(seconds=30)
    citizen.page = citizen.client.get(FROZEN).text
    tokens = {"csrf_token": told["csrf"], "token": told["token"], "privacy": told["privacy"]}
    citizen.post(f"{FROZEN}new", {**citizen.hidden(), **tokens, **citizen.answers})
    assert "还没有提交" in citizen.page
    citizen.press("send")
    assert citizen.receipt_code()
    assert len(side.objections()) == 1


def test_the_frozen_form_sent_without_script_loses_nothing_that_was_typed(side):
    citizen = Citizen(side)
    citizen.page = citizen.client.get(FROZEN).text
    citizen.post(f"{FROZEN}new", {**citizen.hidden(), **citizen.answers})
    assert citizen.code == 422
    assert str(citizen.answers["facts"]) in citizen.page
    side.clock.forward(seconds=30)
    citizen.check()
    citizen.press("send")
    assert citizen.receipt_code()


def test_the_window_is_the_servers_and_a_kept_page_lets_nothing_in(side):
    citizen = Citizen(side)
    for now, state in (
        (OPENS - timedelta(seconds=1), "unknown"),
        (OPENS, "open"),
        (CLOSES - timedelta(seconds=1), "open"),
        (CLOSES, "closed"),
    ):
        side.clock.now = now
        told = begin(citizen)
        assert told["state"] == state
        assert ("token" in told) is (state == "open")
        assert bool(told.get("message")) is (state != "open")
    assert "公示期已经届满" in citizen.get(FROZEN)
    assert "data-begin" not in citizen.page
    assert begin(Citizen(side))["state"] == "closed"
    assert citizen.client.get("/objections/nothing/begin").get_json()["state"] == "unknown"


def test_a_window_without_keys_in_the_ledger_has_the_apps_own_form_and_gets_its_file(tree, side):
    new = f"{FROZEN}new?entry=x"
    assert f'data-frozen="{FROZEN}"' in Citizen(side).get(new)
    fresh = new_identity()[1]
    (side.root / f"keys/public/pingding-office/{SLUG}.pub").write_text(f"{fresh}\n")
    other = Citizen(side)
    page = other.get(FROZEN)
    assert fresh not in page, "the file seals to what the ledger has"
    assert fresh in begin(other)["keys"]["pingding-office"], "and is told that the server has more"
    shown = other.get(new)
    assert "data-frozen" not in shown
    assert "与签名的发布台账里登记的不同" in shown
    enter_keys(side, tree, side.clock() + timedelta(days=1))
    assert fresh in Citizen(side).get(FROZEN)


def test_whom_it_may_go_to_stands_in_the_file(tree, side):
    notice, site = side.catalogue.notice(SLUG), side.catalogue.site
    known = ("pingding-office", "city-office", "yuxian-office")
    of_county = receivers(notice, site, known)
    assert (of_county["first"], of_county["above"]) == ("pingding-office", ["city-office"])
    assert set(of_county["names"]) == {"pingding-office", "city-office"}
    told = begin(Citizen(side))
    assert (told["first"], told["above"]) == ("pingding-office", "city-office")
    of_city = receivers(replace(notice, county=None, issuer=site.office), site, known)
    assert of_city["first"] == site.office
    assert site.office not in of_city["above"], "nobody judges a complaint of himself"
    assert set(of_city["names"]) == {site.office, *of_city["above"]}
    for path in (side.root / "keys/public/pingding-office").glob("*"):
        path.unlink()
    enter_keys(side, tree, side.clock() + timedelta(days=1))
    assert not has_form(side.catalogue, notice), "keys of other offices make no form"


@pytest.mark.parametrize("name", ["receipt", "leave"])
def test_what_only_a_form_leads_to_is_taken_for_no_notice(side, name):
    for query in ("", "?shown=0123456789abcdef"):
        answer = Citizen(side).client.get(f"/objections/{name}{query}")
        assert (answer.status_code, answer.location) == (303, "/objections/status")


def test_before_the_first_line_the_link_leads_to_the_apps_own_form(tree, tmp_path):
    side = public_side(tree, tmp_path / "state")
    answer = Citizen(side).client.get(f"{FROZEN}?entry=x")
    assert (answer.status_code, answer.location) == (303, f"{FROZEN}new?entry=x")
    page = Citizen(side).get(f"{FROZEN}new")
    assert "data-sealing" in page
    assert "台账里登记的不同" not in page
