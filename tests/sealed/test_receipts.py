"""Receipt codes and signed receipts."""

import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.receipt_code import (
    ALPHABET,
    code_bytes,
    code_from,
    grouped,
    objection_number,
    read_code,
)
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError, VerificationError
from portal.sealed.bech32 import bech32
from portal.sealed.receipts import (
    Receipt,
    ReceiptSigner,
    derived,
    verify_receipt,
)
from portal.sealed.suites import recipient_of
from tests.codes import new_code

CODES = st.binary(min_size=15, max_size=15).map(code_from)
WRONG = "查询码有误，请对照回执核对：共25个字符，五个一组，不含字母I、L、O、U"
RECEIPT = Receipt(
    "YY20211207-7K3QX9PA", "pingding-list", datetime(2021, 12, 7, 10, tzinfo=SHANGHAI), "ab" * 32
)
SIGNER = ReceiptSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))


def fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if 0x21 <= ord(c) < 0x7F else c for c in text)


@given(st.binary(min_size=15, max_size=15))
def test_a_code_holds_its_bytes(data: bytes) -> None:
    assert code_bytes(code_from(data)) == data


@given(CODES, st.data())
def test_a_code_is_understood_as_people_type_it(code: str, data: st.DataObject) -> None:
    """Any case, O and 0, I, l and 1, full width, spaces and dashes anywhere."""
    twins = {"0": "0Oo〇", "1": "1IiLl|"}
    typed = ""
    for character in code:
        choices = twins.get(character, character + character.lower())
        typed += data.draw(st.sampled_from(choices))
        typed += data.draw(st.sampled_from(["", "", " ", "-", "　", "—", "－", "\t"]))
    if data.draw(st.booleans()):
        typed = fullwidth(typed)
    assert read_code(typed) == code


@given(CODES, st.integers(0, 24), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught(code: str, place: int, character: str) -> None:
    if code[place] != character:
        with pytest.raises(RequestError):
            read_code(code[:place] + character + code[place + 1 :])


@given(CODES, st.integers(0, 24), st.integers(0, 24))
def test_two_exchanged_characters_are_caught(code: str, one: int, other: int) -> None:
    if code[one] != code[other]:
        letters = list(code)
        letters[one], letters[other] = letters[other], letters[one]
        with pytest.raises(RequestError):
            read_code("".join(letters))


@given(st.text(max_size=300))
def test_any_text_is_a_code_or_one_and_the_same_error(text: str) -> None:
    try:
        read_code(text)
    except RequestError as error:
        told = str(error)
    else:
        told = WRONG
    assert told == WRONG


def test_codes_are_printed_in_five_groups_of_five() -> None:
    groups = grouped(new_code()).split("-")
    assert [len(group) for group in groups] == [5] * 5


def test_numbers_carry_the_day_and_nothing_of_the_code() -> None:
    code = new_code()
    number = objection_number(datetime(2021, 12, 7, tzinfo=SHANGHAI).date(), derived(code).number)
    assert number.startswith("YY20211207-")
    assert len(number) == len("YY20211207-7K3QX9PA")
    assert number[-8:] not in code


def test_what_derives_from_a_code_is_fixed() -> None:
    """Codes on paper must open their cases in later versions too."""
    known = derived(code_from(bytes(range(15))))
    assert known.lookup == "01aa1cd9bb5b2f1c09d45a39654cb10d"
    assert known.reply == "age12swgvz06yc3va2wauzu6psr68m222eu54up0natewzyqzd70yadqnqjy4k"
    assert known.number.hex() == "be91720b21"


@given(st.binary(min_size=32, max_size=32))
def test_bech32_reads_back(data: bytes) -> None:
    """pyrage checks the checksum and the length."""
    assert recipient_of(bech32("age-secret-key-", data).upper()).startswith("age1")


def test_age_keygen_agrees_on_the_public_key(tmp_path: Path) -> None:
    known = derived(new_code())
    (tmp_path / "key").write_text(known.identity + "\n")
    done = subprocess.run(
        ["age-keygen", "-y", tmp_path / "key"], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == known.reply


def test_a_signed_receipt_holds_and_openssl_agrees(tmp_path: Path) -> None:
    import base64

    signer = ReceiptSigner.new()
    text = signer.sign(RECEIPT)
    assert verify_receipt(text, signer.public_pem()) == RECEIPT
    assert verify_receipt(text.replace("\n", " \r\n"), signer.public_pem()) == RECEIPT
    body, signature = text.rstrip("\n").rsplit("\n签名：", 1)
    (tmp_path / "body").write_text(body + "\n", encoding="utf-8")
    (tmp_path / "signature").write_bytes(base64.b64decode(signature))
    (tmp_path / "key.pem").write_bytes(signer.public_pem())
    line = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile signature"
    subprocess.run(["sh", "-ec", line], cwd=tmp_path, check=True, capture_output=True)


@given(st.data())
def test_a_changed_receipt_is_refused(data: st.DataObject) -> None:
    text = SIGNER.sign(RECEIPT)
    places = [n for n, c in enumerate(text.rstrip()) if c.isascii() and c.isalnum()]
    place = data.draw(st.sampled_from(places))
    other = "7" if text[place] != "7" else "8"
    with pytest.raises(VerificationError):
        verify_receipt(text[:place] + other + text[place + 1 :], SIGNER.public_pem())
    with pytest.raises(VerificationError, match="签名不成立"):
        verify_receipt(text, ReceiptSigner.new().public_pem())
    for rubbish in ("", "异议回执 portal-receipt/1", "签名：", "\n\n"):
        with pytest.raises(VerificationError, match="不是异议回执"):
            verify_receipt(rubbish, SIGNER.public_pem())
