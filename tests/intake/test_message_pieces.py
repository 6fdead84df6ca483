"""A large later message in pieces: whole over any breaks, only by who proves the code each time."""

import io
import os
import secrets
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.objection import MESSAGES_LIMIT
from portal.domain.receipt_code import ReceiptCode, read_code
from portal.sealed.envelope import write_head
from portal.sealed.receipts import derived
from tests.intake.test_pieces import InPieces, parts
from tests.intake.test_sealed_status import Fields, Speaking, exchanged, of_case
from tests.pagesealed import age
from tests.publicside import SLUG, Citizen, PublicSide

SIZE = 300_000


class Saying(Speaking):
    """Sends a large message as the page does."""

    def large(self, lookup: str, id_: str = "0123456789abcdef") -> bytes:
        """An envelope of right form; what is in it the server cannot see."""
        keys = self.citizen.side.submissions().keys.recipients("pingding-office", SLUG)
        target = io.BytesIO()
        write_head(of_case(lookup, id_), target)
        return target.getvalue() + age(os.urandom(SIZE - SIZE % 16384), keys)

    def act(self, path: str, body: bytes, fields: Fields, **headers: object) -> tuple[int, dict]:
        named = {f"X-{name.capitalize()}": value for name, value in fields}
        more = {f"X-{name.capitalize()}": str(value) for name, value in headers.items()}
        answer = self.citizen.client.post(
            f"/objections/status/message/{path}",
            data=body,
            content_type="application/octet-stream",
            headers={**named, **more, "X-CSRFToken": self.token, "Sec-Fetch-Mode": "cors"},
            environ_base=self.citizen.environ,
        )
        return answer.status_code, answer.json

    def begin(self, fields: Fields, body: bytes) -> tuple[int, dict]:
        first = b"".join(line + b"\n" for line in body.split(b"\n", 2)[:2])
        return self.act("pieces", first, fields, length=len(body))

    def more(self, token: str, offset: int, piece: bytes) -> tuple[int, dict]:
        return self.act("pieces/more", piece, [], upload=token, offset=offset)

    def end(self, fields: Fields, token: str) -> tuple[int, dict]:
        return self.act("sealed", b"", fields, upload=token)

    def bring(self, code: ReceiptCode, body: bytes) -> str:
        """All of it but the end; the secret."""
        begun = self.begin(self.fields(code), body)[1]
        assert self.more(begun["upload"], begun["offset"], body[begun["offset"] :])[0] == 200
        return str(begun["upload"])


@pytest.fixture
def code(citizen: Citizen) -> ReceiptCode:
    return read_code(citizen.object())


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_arrives_whole_over_any_breaks(
    side: PublicSide, code: ReceiptCode, data: st.DataObject
) -> None:
    page, lookup = Saying(side), derived(code).lookup
    body = page.large(lookup, secrets.token_hex(8))
    begun = page.begin(page.fields(code), body)[1]
    token, at = begun["upload"], begun["offset"]
    early = {"error": "offset", "message": "", "offset": at}
    assert page.end(page.fields(code), token) == (409, early)
    while at < len(body):
        start = data.draw(st.sampled_from([at, at, at - 1]))
        size = data.draw(st.integers(60_000, 200_000))
        at = page.more(token, start, body[start : start + size])[1]["offset"]
    before = len(side.box.messages(lookup))
    side.clock.forward(minutes=30)  # longer than a proof is good: the end brings a fresh one
    told = page.end(page.fields(code), token)
    assert told == (200, {"received": side.clock().isoformat()})
    side.clock.forward(minutes=1)
    assert page.end(page.fields(code), token) == told, "the answer was lost"
    assert len(side.box.messages(lookup)) == before + 1
    [path] = [p for p in side.box.inbox.glob("*.sealed") if body[-1000:] in p.read_bytes()]
    assert path.read_bytes().endswith(body.split(b"\n", 2)[2])
    assert parts(side) == []
    path.unlink()


def test_who_proves_no_code_or_another_s_begins_and_ends_nothing(
    side: PublicSide, code: ReceiptCode
) -> None:
    page, other = Saying(side), read_code(Citizen(side).object())
    body, fields = page.large(derived(code).lookup), page.fields(code)
    for wrong, status in (
        ([], 403),
        (exchanged(fields, proof="0" * 64), 403),
        (exchanged(fields, lookup="0" * 32), 403),
        (page.fields(other), 400),
    ):
        assert page.begin(wrong, body)[0] == status
    for changed in (body[:-20], b"portal-envelope/1 age-x25519-v1\n{}\n"):
        assert page.begin(fields, changed)[0] == 400
    assert parts(side) == []
    token = page.bring(code, body)
    assert page.end([], token)[0] == 403
    assert page.end(page.fields(other), token)[0] == 400
    assert page.end(page.fields(code), f"{'0' * 32}-9")[1]["error"] == "gone"
    assert side.box.messages(derived(code).lookup) == ()
    assert page.end(page.fields(code), token)[0] == 200
    assert page.end(page.fields(other), token)[1]["error"] == "gone", "not another's answer"


def test_pieces_of_an_objection_are_no_message_and_the_other_way_round(
    side: PublicSide, code: ReceiptCode
) -> None:
    page, form = Saying(side), InPieces(Citizen(side))
    token = page.bring(code, page.large(derived(code).lookup))
    assert form.end(token)[1]["error"] == "form"
    assert page.end(page.fields(code), token)[0] == 200
    assert form.end(token)[1]["error"] == "gone", "no receipt for a message"
    objection = form.body()
    begun = form.begin(objection)[1]
    form.more(begun["upload"], begun["offset"], objection[begun["offset"] :])
    assert page.end(page.fields(code), begun["upload"])[0] == 400
    assert form.end(begun["upload"])[0] == 200
    assert page.end(page.fields(code), begun["upload"])[1]["error"] == "gone"
    assert len(side.box.messages(derived(code).lookup)) == 1


def test_one_too_many_is_refused_before_it_travels(side: PublicSide, code: ReceiptCode) -> None:
    page, lookup = Saying(side), derived(code).lookup
    for number in range(MESSAGES_LIMIT):
        header = replace(of_case(lookup, f"{number:016x}"), received=side.clock())
        side.box.put(header, partial(write_head, header))
    assert page.begin(page.fields(code), page.large(lookup))[1]["error"] == "many"
    assert parts(side) == []
