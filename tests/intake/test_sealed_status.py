"""Looking up without the code: who holds the reply key gets letters, nobody else a word."""

import base64
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from portal.casework.identities import new_identity
from portal.domain.exchange import write_message
from portal.domain.objection import MESSAGES_LIMIT, Message, MessageKind
from portal.domain.receipt_code import ReceiptCode, read_code
from portal.errors import SealError
from portal.intake.intake_options import IntakeLimits
from portal.sealed.bech32 import bech32
from portal.sealed.envelope import Header, container, write_head
from portal.sealed.receipts import derived
from portal.sealed.suites import AGE
from portal.submission.sealed_cases import MOST, letters
from tests.codes import new_code
from tests.pagesealed import age
from tests.publicside import SLUG, Citizen, PublicSide

if TYPE_CHECKING:
    from collections.abc import Callable

Fields = list[tuple[str, str]]


class Page:
    """Asks as the look-up page's script does."""

    def __init__(self, side: PublicSide, app: object = None, address: str = "") -> None:
        self.citizen = Citizen(side, app, address)  # type: ignore[arg-type]
        self.citizen.get("/objections/status")
        self.token = str(self.citizen.hidden()["csrf_token"])
        self.waits: list[float] = []
        intake = self.citizen.client.application.extensions["portal.intake"]
        object.__setattr__(intake, "pause", self.waits.append)

    def post(self, path: str, fields: Fields) -> tuple[int, bytes]:
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        headers = {"X-CSRFToken": self.token, "Sec-Fetch-Mode": "cors"}
        answer = self.citizen.client.post(
            f"/objections/status/{path}",
            data=data,
            headers=headers,
            environ_base=self.citizen.environ,
        )
        return answer.status_code, answer.data

    def challenge(self, reply: str) -> tuple[str, bytes]:
        code, data = self.post("challenge", [("reply", reply)])
        assert code == 200
        told = json.loads(data)
        return str(told["at"]), base64.b64decode(told["sealed"][0])

    def fields(self, code: ReceiptCode) -> Fields:
        known = derived(code)
        at, sealed = self.challenge(known.reply)
        proof = io.BytesIO()
        AGE.open(io.BytesIO(sealed), proof, [known.identity])
        return [
            ("reply", known.reply),
            ("proof", proof.getvalue().decode()),
            ("at", at),
            ("lookup", known.lookup),
        ]

    def ask(self, fields: Fields) -> tuple[int, bytes]:
        return self.post("sealed", fields)


@pytest.fixture
def code(citizen: Citizen) -> ReceiptCode:
    return read_code(citizen.object())


def exchanged(fields: Fields, **values: str) -> Fields:
    return [(name, values.get(name, value)) for name, value in fields]


def plain(page: bytes) -> str:
    return re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", page.decode())


def test_the_holder_of_the_code_gets_the_page_without_content(
    side: PublicSide, code: ReceiptCode
) -> None:
    page = Page(side)
    status, data = page.ask(page.fields(code))
    assert status == 200
    first, rest = data.split(b"\n", 1)
    told = json.loads(first)
    assert (told["number"][:2], told["reply"]) == ("YY", derived(code).reply)
    assert "异议办理情况" in told["page"]
    assert code not in told["page"]
    assert rest == b"end 0\n"
    assert page.waits == []


def test_who_knows_all_but_the_code_learns_what_a_guesser_learns(
    side: PublicSide, code: ReceiptCode
) -> None:
    """A copy of the drop box names every lookup and reply key; they open nothing."""
    page, known = Page(side), derived(code)
    good = page.fields(code)
    _, sealed = page.challenge(known.reply)
    identity, own = new_identity()
    with pytest.raises(SealError):
        AGE.open(io.BytesIO(sealed), io.BytesIO(), [identity])
    at, mine = page.challenge(own)
    proof = io.BytesIO()
    AGE.open(io.BytesIO(mine), proof, [identity])
    proved = proof.getvalue().decode()
    late = page.fields(code)
    tries = {
        "no such case": exchanged(page.fields(read_code(new_code()))),
        "nothing typed": [("typed", "nothing")],
        "another's proof": exchanged(good, proof=proved),
        "the own key": [("reply", own), ("proof", proved), ("at", at), ("lookup", known.lookup)],
        "both keys": [("reply", own), ("proof", proved), *exchanged(good, proof="0" * 64)],
        "no proof": [("reply", known.reply), ("at", at), ("lookup", known.lookup)],
        "another time": exchanged(good, at=str(int(at) - 1)),
        "no time": exchanged(good, at="x"),
        "another lookup": exchanged(good, lookup="0" * 32),
        "no lookup": exchanged(good, lookup="../../etc/passwd"),
        "letters": exchanged(good, proof="é"),
    }
    answers = {name: page.ask(fields) for name, fields in tries.items()}
    side.clock.forward(minutes=11)
    answers["too late"] = page.ask(late)
    assert {status for status, _ in answers.values()} == {422}
    assert len({plain(data) for _, data in answers.values()}) == 1
    assert "没有查到这个查询码" in answers["too late"][1].decode()
    assert len(page.waits) == len(tries) + 1
    assert all(0.3 < wait <= 0.5 for wait in page.waits), "half a second from the beginning"
    assert page.ask(page.fields(code))[0] == 200


def test_wrong_questions_use_up_the_quota_of_wrong_codes_and_no_right_one(
    side: PublicSide, code: ReceiptCode
) -> None:
    limits = IntakeLimits(free_bytes=0, wrong_codes_per_address=2)
    page = Page(side, side.app(limits=limits), "10.0.0.9")
    for _ in range(2):
        assert page.ask([("typed", "nothing")])[0] == 422
    assert page.ask(page.fields(read_code(new_code())))[0] == 429
    page.citizen.look_up("AAAAA")
    assert page.citizen.code == 429, "one quota for both ways"
    assert page.ask(page.fields(code))[0] == 200


def test_a_stale_page_is_told_what_it_needs_and_a_foreign_key_is_refused(side: PublicSide) -> None:
    page = Page(side)
    no_key = (bech32("age", bytes(32)), "sm21" + "p" * 200_000, "age1" + "q" * 200_000)
    for reply in ("", "age1nothing", "x" * 5000, *no_key):
        assert page.post("challenge", [("reply", reply)])[0] == 400
    assert page.post("challenge", [("reply", "q" * (3 << 20))])[0] == 413
    page.token = "stale"
    for path in ("challenge", "sealed"):
        status, data = page.post(path, [("typed", "nothing")])
        assert (status, json.loads(data)["error"]) == (400, "stale")
    page.token = json.loads(data)["csrf"]
    assert page.ask([("typed", "nothing")])[0] == 422


def test_one_answer_has_a_bound_and_says_when_it_is_cut() -> None:
    read: Callable[[int], bytes] = lambda _: bytes(1024 * 1024)  # noqa: E731
    letter = type("Letter", (), {"read": staticmethod(read)})()
    stream = list(letters({}, [letter] * 40, [letter]))
    assert sum(map(len, stream)) < MOST + 2000
    assert stream[-1] == b"cut 0\n"


class Speaking(Page):
    """Sends later messages as the page does."""

    def envelope(self, header: Header, keys: tuple[str, ...] = ()) -> bytes:
        notice, office = header.notice or SLUG, header.office or "pingding-office"
        side = self.citizen.side
        recipients = keys or side.submissions().keys.recipients(office, notice)
        message = Message(MessageKind.WITHDRAWAL, side.clock(), "不再异议")
        inside = container("message.json", write_message(message, header.bound)).read()
        target = io.BytesIO()
        write_head(header, target)
        return target.getvalue() + age(inside, recipients)

    def say(self, fields: Fields, body: bytes) -> tuple[int, dict[str, str]]:
        named = {name: value for name, value in fields if name != "typed"}
        headers = {f"X-{name.capitalize()}": value for name, value in named.items()}
        answer = self.citizen.client.post(
            "/objections/status/message/sealed",
            data=body,
            content_type="application/octet-stream",
            headers=headers | {"X-CSRFToken": self.token, "Sec-Fetch-Mode": "cors"},
            environ_base=self.citizen.environ,
        )
        return answer.status_code, answer.json


def of_case(lookup: str, id_: str = "0123456789abcdef", **more: str) -> Header:
    shown = {"notice": SLUG, "office": "pingding-office", "sealed": "page", **more}
    return Header("message", lookup, id=id_, **shown)  # type: ignore[arg-type]


def test_who_knows_a_lookup_alone_cannot_speak_or_withdraw_in_a_case(
    side: PublicSide, code: ReceiptCode
) -> None:
    page, known = Speaking(side), derived(code)
    body, good = page.envelope(of_case(known.lookup)), page.fields(code)
    identity, own = new_identity()
    at, sealed = page.challenge(own)
    proof = io.BytesIO()
    AGE.open(io.BytesIO(sealed), proof, [identity])
    mine = [("reply", own), ("proof", proof.getvalue().decode()), ("at", at)]
    for fields in (
        [],
        exchanged(good, proof="0" * 64),
        exchanged(good, proof=mine[1][1]),
        [*mine, ("lookup", known.lookup)],
        exchanged(good, lookup="0" * 32),
    ):
        assert page.say(fields, body)[0] == 403
    assert len(page.waits) == 5
    assert side.messages() == []
    status, told = page.say(good, body)
    assert (status, told["received"]) == (200, side.clock().isoformat())
    [message] = side.messages()
    assert message.kind is MessageKind.WITHDRAWAL


def test_only_a_message_of_the_own_case_to_keys_of_its_window_is_taken(
    side: PublicSide, code: ReceiptCode
) -> None:
    page, lookup = Speaking(side), derived(code).lookup
    other = derived(read_code(Citizen(side).object())).lookup
    strangers = (new_identity()[1], new_identity()[1])
    one_key = (strangers[0],)
    wrong = (
        page.envelope(of_case(other)),
        page.envelope(of_case(lookup, notice="yuxian-list", office="yuxian-office")),
        page.envelope(of_case(lookup, office="nobody"), strangers),
        page.envelope(of_case(lookup), one_key),
        page.envelope(of_case(lookup))[:-20],
        b"",
        b"portal-envelope/1 age-x25519-v1\n{}\n",
    )
    for body in wrong:
        assert page.say(page.fields(code), body)[0] == 400
    assert side.messages() == []
    good = page.envelope(of_case(lookup))
    for _ in range(2):
        assert page.say(page.fields(code), good)[0] == 200
    assert len(side.messages()) == 1
    for number in range(MESSAGES_LIMIT - 1):
        more = page.envelope(of_case(lookup, f"{number:016x}"))
        assert page.say(page.fields(code), more)[0] == 200
    status, told = page.say(page.fields(code), page.envelope(of_case(lookup, "f" * 16)))
    assert (status, told["error"]) == (409, "many")
    assert page.say(page.fields(code), good)[0] == 200, "the same again"
