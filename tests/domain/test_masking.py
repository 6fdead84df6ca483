import pytest

from portal.domain.masking import (
    mask_bank_card,
    mask_identity_number,
    mask_mobile,
    mask_name,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李明", "李*"),
        ("李小明", "李*明"),
        ("田 华", "田*"),
        ("欧阳明", "欧阳*"),
        ("欧阳小明", "欧阳*明"),
        ("司马相如", "司马*如"),
        ("巴依卡·凯力迪别克", "巴**·*****"),
        ("李", "李"),
    ],
)
def test_names_keep_the_surname(name, masked):
    assert mask_name(name) == masked


def test_numbers_keep_what_recognition_needs():
    assert mask_mobile("13812341234") == "138****1234"
    assert mask_mobile("+86 138 1234 1234") == "138****1234"
    assert mask_mobile("2880836") == "*****36"
    assert mask_identity_number("350102199001011123") == "35*************123"
    assert mask_identity_number("11010519491231002x") == "11*************02X"
    assert mask_identity_number("123") == "***"
    assert mask_bank_card("6222 0202 0011 2233 446") == "***************3446"
    assert mask_bank_card("12345678") == "****5678"
    assert mask_bank_card("1234567") == "*******"
    assert mask_mobile("110") == "***"
