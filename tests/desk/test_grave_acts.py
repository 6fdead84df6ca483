"""Every act that asks for a fresh code takes a passkey too, and none that is not its owner's."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import html5lib
import pytest
from sqlalchemy import select

from portal.casework.models import AuditLine, Staff
from portal.casework.people import Person, Right
from portal.desk.entry.access import PROVED
from portal.errors import RequestError
from tests.casedesk import CITY, NOW, PINGDING, PINGDING_2
from tests.desk.authenticator import ORIGIN, PRESENT, Device, enrol, options
from tests.desk.conftest import make_office, post, token
from tests.desk.publishing.conftest import (
    DRAFTER,
    PAST,
    REVIEWER,
    SIGNER,
    fields,
    making,
)

NUMBER = "13800138000"
PROOF = "/passkeys/proof"
COLLEAGUE = f"/staff/{PINGDING.username}"
# What the register notes of attempts, and of the devices themselves.
_NOISE = {"sign-in", "sign-in-failed", "passkey-add", "passkey-copied"}


@dataclass
class Gate:
    """Where somebody stands before a grave act: who, the page, and what the form carries."""

    person: Person
    action: str
    page: str
    typed: dict


def _confirm(office):
    citizen = office.cases.arrive()
    first, page = office.opened(PINGDING, citizen), f"/cases/{citizen.number}/"
    for step in ("accept", "examine"):
        post(first, f"{page}step/{step}")
    said = {"close-outcome": "rejected", "close-summary": "不属实。", "close-reply": "不属实。"}
    assert post(first, f"{page}close", said).status_code == 302
    return Gate(PINGDING_2, f"{page}confirm", page, {"confirm-unread": "y"})


def _propose(_):
    page = f"{COLLEAGUE}/recovery"
    return Gate(PINGDING_2, f"{page}/propose", page, {"reason": "手机丢失，已当面核实身份"})


def _recover(_):
    """What was proposed by the gate before."""
    page = f"{COLLEAGUE}/recovery"
    return Gate(CITY, f"{page}/confirm", page, {})


def _rights(office):
    office.desk.accounts.allow(CITY.username, {Right.SIGN_OFF}, NOW, "test")
    page = f"{COLLEAGUE}/rights"
    return Gate(CITY, page, page, {"may": ["draft"], "seen": ""})


def _another(_):
    return Gate(PINGDING_2, "/passkeys", "/passkeys", {"label": "手机"})


def _strike(publishing):
    publishing.tree.write(PAST.replace("予以公示。", f"予以公示。联系人{NUMBER}。")).record()
    page = "/published/pingding-list/redact"
    asked = {"leaked": NUMBER, "reason": "误登手机号码"}
    return Gate(DRAFTER, f"{page}/strike", f"{page}/look", asked)


def _sign_off(publishing):
    """What the gate before has left goes the way of the three acts."""
    page = "/publishing/pingding-list/send"
    client, reviewer = publishing.client(), publishing.client(REVIEWER)
    assert post(client, page, fields(client.get(page).text)).status_code == 302
    seen = fields(reviewer.get(page).text)
    passed = post(reviewer, f"{page}/pass", {**seen, "check": ["list", "dates"]})
    assert passed.status_code == 302
    shown = re.findall(
        r'name="(state-seen|digest)" value="(\w+)"', publishing.client(SIGNER).get(page).text
    )
    return Gate(SIGNER, f"{page}/sign-off", page, dict(shown))


CASES = {
    "acts.confirm": _confirm,
    "passkeys.add": _another,
    "staff.allow": _rights,
    "recovery.propose": _propose,
    "recovery.confirm": _recover,
}
TEXTS = {"redact.strike": _strike, "draft_send.sign_off": _sign_off}


def done(office):
    with office.desk.room.register.read() as session:
        return [line.action for line in session.scalars(select(AuditLine)) if _counts(line)]


def _counts(line):
    return line.action not in _NOISE


def form(text, action):
    """The fields and the passkey's button of the form of an address."""
    page = html5lib.parse(text, namespaceHTMLElements=False)
    assert any("passkey" in one.get("src", "") for one in page.iter("script"))
    [found] = [one for one in page.iter("form") if one.get("action") == action]
    names = {one.get("name") for one in found.iter("input")}
    [button] = [
        one
        for one in found.iter("button")
        if one.get("data-field") == "passkey" and one.get("data-passkey") == PROOF
    ]
    assert button.get("hidden") is not None, "shown by the script alone"
    return names


@contextmanager
def retired(office, person):
    """An account that is switched off behind the desk's back, its rows left."""
    _switch(office, person, off=True)
    yield
    _switch(office, person, off=False)


def _switch(office, person, *, off):
    with office.desk.room.register.write() as session:
        row = session.scalars(select(Staff).where(Staff.username == person.username)).one()
        row.disabled = off


def test_the_acts_that_ask_are_all_walked_here():
    assert set(CASES) | set(TEXTS) == PROVED


def test_nothing_asks_for_a_code_except_through_the_one_door():
    """Who asked in another way would forget the passkey, or count an answer twice."""
    askers = {"portal/desk/entry/code_again.py", "portal/demo/demo_drafts.py"}
    asked = {
        str(path)
        for path in Path("portal").rglob("*.py")
        if re.search(r"\b(signing_in|passkeys)\.prove\(", path.read_text(encoding="utf-8"))
    }
    assert asked == askers
    fields_of_codes = {
        path.name
        for path in Path("portal/desk/templates").rglob("*.html")
        if re.search("one-time-code", path.read_text(encoding="utf-8"))
    }
    assert fields_of_codes == {"desk_macros.html", "sign_in.html"}


class Walk:
    """Goes to the gates with three devices: one's own, a stranger's, and one that was copied."""

    def __init__(self, office, tries=2):
        self.office, self.tries = office, tries
        self.stranger, self.theirs = office.sign_in(PINGDING), Device()
        enrol(office, PINGDING, self.theirs, self.stranger)
        self.known = {}

    def come(self, person):
        """A client of a person with a device registered, once."""
        if person not in self.known:
            device = Device()
            self.known[person] = (enrol(self.office, person, device)[0], device)
        return self.known[person]

    def attempt(self, client, gate, **proof):
        typed = dict(gate.typed)
        if gate.action == "/passkeys":
            typed["created"] = Device().make(options(client, "/passkeys/new"))
        return post(client, gate.action, {**typed, **proof})

    def go(self, gate):
        """Show the form, refuse what is not this person's, and do it with what is."""
        client, mine = self.come(gate.person)
        look = post(client, gate.page, gate.typed) if "look" in gate.page else client.get(gate.page)
        assert {"code", "passkey"} <= form(look.text, gate.action)
        before = done(self.office)
        wrong = [mine.answer(options(self.stranger, PROOF)), ""]
        for said in (self.theirs.answer(options(client, PROOF)), *wrong[: self.tries]):
            assert self.attempt(client, gate, passkey=said).status_code in {409, 422}
        assert done(self.office) == before
        said = mine.answer(options(client, PROOF))
        answer = self.attempt(client, gate, passkey=said)
        assert answer.status_code == (200 if gate.action.endswith("recovery/confirm") else 302)
        assert gate.action == "/passkeys" or done(self.office) != before


def test_a_passkey_opens_every_act_on_cases_and_people_to_its_owner_alone(
    sqlite_register, tmp_path
):
    office = make_office(tmp_path, str(sqlite_register.engine.url), origin=ORIGIN)
    walk = Walk(office)
    for build in CASES.values():
        walk.go(build(office))
    assert len(office.desk.passkeys.of(PINGDING_2.username)) == 2
    office.desk.close()


def test_a_passkey_opens_every_act_on_texts_to_its_owner_alone(
    sqlite_register, site_from, tmp_path
):
    publishing = making(sqlite_register, site_from, tmp_path, origin=ORIGIN)
    walk = Walk(publishing.office, tries=0)  # each shows a draft, with all its checks
    for build in TEXTS.values():
        walk.go(build(publishing))
    now = publishing.office.clock.now
    assert publishing.reviews.standing("pingding-list", now).signed
    publishing.office.desk.close()


def test_no_broken_used_or_copied_answer_opens_one(sqlite_register, tmp_path):
    """At one gate: the door behind all of them is the same."""
    office = make_office(tmp_path, str(sqlite_register.engine.url), origin=ORIGIN)
    walk, gate = Walk(office), _propose(office)
    client, mine = walk.come(gate.person)
    copied = Device()
    enrol(office, gate.person, copied, client)

    def broken(**how):
        was, mine.how = mine.how, mine.how | how
        said = mine.answer(options(client, PROOF))
        mine.how = was
        return said

    used = mine.answer(options(client, PROOF))
    assert (
        walk.attempt(client, replace(gate, typed={"reason": ""}), passkey=used).status_code == 422
    )
    copied.count = -1
    behind = copied.answer(options(client, PROOF))
    before = done(office)
    for why, said in {
        "for the sign-in": mine.answer(options(office.client(), "/sign-in/passkey")),
        "of another origin": broken(origin="https://desk.example.gov.cn.evil.example"),
        "of another party": broken(rp="evil.example"),
        "its user not verified": broken(flags=PRESENT),
        "used before": used,
        "counted back": behind,
        "ended since": copied.answer(options(client, PROOF)),
    }.items():
        answer = walk.attempt(client, gate, passkey=said, code="000000")
        assert answer.status_code == 422, why
    assert done(office) == before
    said, held = mine.answer(options(client, PROOF)), token(client)
    with retired(office, gate.person):
        away = client.post(gate.action, data={**gate.typed, "passkey": said, "csrf_token": held})
        assert away.location == "/sign-in"
        late = mine.answer(options(office.client(), "/sign-in/passkey"))
        with pytest.raises(RequestError, match="没有通过"):
            office.desk.passkeys.owner(late, "sign-in", office.clock())
    assert done(office) == before
    office.desk.accounts.disable(gate.person.username, office.clock(), "test")
    assert not office.desk.passkeys.of(gate.person.username), "it goes with its account"
    office.desk.close()
