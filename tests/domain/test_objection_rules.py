"""Telephone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.objection_rules import is_phone, tidy_phone

PARTS = st.sampled_from(["", " ", "-", "—", "－", "　", " - ", "."])


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.data())
def test_a_mobile_number_is_known_however_it_is_parted(number: str, data: st.DataObject) -> None:
    typed = "".join(digit + data.draw(PARTS) for digit in number)
    typed = (
        data.draw(st.sampled_from(["", "+86", "+86 ", "0086-", "86 ", "手机：", "Tel: "])) + typed
    )
    if data.draw(st.booleans()):
        typed = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in typed)
    assert tidy_phone(typed) == number


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("(138)0013 8000", "13800138000"),
        ("（０３５３）１２３４５６７", "0353 1234567"),
        ("0353—1234567", "0353-1234567"),
        ("+86 353 1234567 转 8001", "+86 353 1234567 转 8001"),
        ("电话：0353-1234567", "0353-1234567"),
    ],
)
def test_a_number_with_brackets_and_dashes_is_taken(typed: str, known: str) -> None:
    assert tidy_phone(typed) == known


@given(st.text(alphabet="0123456789+-()（） —转ext.#０１", max_size=24))
def test_what_is_tidied_again_does_not_change(typed: str) -> None:
    assert tidy_phone(tidy_phone(typed)) == tidy_phone(typed)


def test_two_numbers_and_words_are_none() -> None:
    for typed in ("0353-1234567、0353-7654321", "打电话", "138", ""):
        assert not is_phone(tidy_phone(typed))
