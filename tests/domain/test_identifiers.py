from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.identifiers import (
    credit_check,
    luhn,
    parse_credit_code,
    parse_document_number,
    parse_identity_number,
)

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
# The worked example of GB 11643-1999; not a living person's number.
IDENTITY = "11010519491231002X"

credit_stems = st.builds(
    lambda kind, county, body: f"{kind}1403{county}{body}",
    st.sampled_from(["91", "92", "93", "51", "52", "12", "11"]),
    st.sampled_from(["00", "02", "03", "11", "21", "22"]),
    st.text("0123456789", min_size=9, max_size=9),
)


def card(stem):
    """The stem with its Luhn check digit, found by the definition: exactly one digit fits."""
    (number,) = [stem + d for d in "0123456789" if luhn(stem + d)]
    return number


def identity(stem):
    (number,) = [stem + d for d in "0123456789X" if _is_identity(stem + d)]
    return number


def _is_identity(number):
    try:
        return parse_identity_number(number) == number
    except ValueError:
        return False


identities = st.builds(
    lambda region, born, order: identity(f"{region}{born:%Y%m%d}{order:03}"),
    st.sampled_from(["140302", "140321", "110105", "510104", "620102"]),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    "text",
    [
        "阳政发〔2020〕10号",
        "阳政发[2020]10号",
        "阳政发【2020】10号",
        "阳政发﹝2020﹞10号",
        "阳政发（2020）10号",
        "阳政发 〔2020〕 10号",
        "阳政发〔２０２０〕第010号",
    ],
)
def test_document_numbers_take_one_form(text):
    assert parse_document_number(text) == "阳政发〔2020〕10号"


@pytest.mark.parametrize(
    "text", ["阳政发2020-10", "〔2020〕10号", "阳政发〔20〕10号", "阳政发〔2020〕0号"]
)
def test_what_is_no_document_number_is_refused(text):
    with pytest.raises(ValueError, match="〔2020〕"):
        parse_document_number(text)


@given(credit_stems)
def test_a_credit_code_has_one_right_check_digit(stem):
    code = stem + credit_check(stem)
    assert parse_credit_code(f" {code[:8]} {code[8:].lower()} ".translate(FULL_WIDTH)) == code
    for digit in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {code[-1]}:
        with pytest.raises(ValueError, match="校验位"):
            parse_credit_code(stem + digit)


@given(credit_stems, st.integers(0, 15))
def test_two_neighbours_swapped_in_a_credit_code_are_noticed(stem, place):
    code = stem + credit_check(stem)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(ValueError):
            parse_credit_code(swapped)


def test_a_known_credit_code_and_the_reasons_for_refusal():
    assert parse_credit_code("91350100M000100Y43") == "91350100M000100Y43"  # GB 32100 appendix
    with pytest.raises(ValueError, match="17位"):
        parse_credit_code("91350100M000100Y4")
    with pytest.raises(ValueError, match="“O”"):
        parse_credit_code("9135O100M000100Y43")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (IDENTITY, None),
        (IDENTITY.lower(), None),
        ("110105 19491231 002X", None),
        (IDENTITY.translate(FULL_WIDTH), None),
        ("110105194912310021", "校验位"),
        ("110105194913310020", "出生日期"),
        ("000105194912310020", "18位"),
        ("1101051949123100", "18位"),
    ],
)
def test_identity_numbers_are_checked_by_region_birth_and_digit(number, reason):
    if reason is None:
        assert parse_identity_number(number) == IDENTITY
    else:
        with pytest.raises(ValueError, match=reason):
            parse_identity_number(number)


# Published example numbers; 5 doubled is 10, the edge of the rule.
@pytest.mark.parametrize(
    "number", ["79927398713", "4111111111111111", "4012888888881881", "5555555555554444"]
)
def test_luhn_knows_the_published_examples_and_no_neighbour_of_them(number):
    assert luhn(number)
    others = (number[:-1] + digit for digit in "0123456789" if digit != number[-1])
    assert not any(map(luhn, others))
