"""Checked strings: slugs, document numbers (文号), credit codes, identity and mobile numbers.

Parsers raise ValueError with a Chinese message. What finds personal numbers in running text is in
`personal_numbers`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NewType

from portal.domain.text import halfwidth, lazy_pattern

DocumentNumber = NewType("DocumentNumber", str)
CreditCode = NewType("CreditCode", str)
IdentityNumber = NewType("IdentityNumber", str)

SLUG = re.compile(r"(?![a-z0-9-]{101})[a-z0-9]+(?:-[a-z0-9]+)*")
"""Lower-case letters, digits and single hyphens, at most 100: a part of an address that lasts."""


_DOCUMENT = lazy_pattern(
    r"(?P<body>[\u4e00-\u9fff](?:[\u4e00-\u9fff ]{0,18}[\u4e00-\u9fff])?) {0,3}[〔\[【﹝\(] {0,3}"
    r"(?P<year>\d{4}) {0,3}[〕\]】﹞\)] {0,3}第? {0,3}0*(?P<number>[1-9]\d{0,4}) {0,3}号"
)

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_LENGTH = 18

_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
_PROVINCE_CODES = """
11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65
71 81 82 83
"""
_PROVINCES = frozenset(_PROVINCE_CODES.split())
_FIRST_YEAR, _LAST_YEAR = 1880, 2099


def parse_document_number(text: str) -> DocumentNumber:
    """A 文号 in the form of GB/T 9704: 〔 〕, no spaces, no 第, no leading zeros."""
    match = _DOCUMENT().fullmatch(halfwidth(text).strip())
    if not match:
        raise ValueError(f"“{text}”不是文号：应如“阳政发〔2020〕10号”")
    return _document_number(match)


def _document_number(match: re.Match[str]) -> DocumentNumber:
    body = match["body"].replace(" ", "")
    return DocumentNumber(f"{body}〔{match['year']}〕{match['number']}号")


def credit_check(first: str) -> str:
    """Check character of the first 17 characters of a credit code (GB 32100-2015)."""
    total = sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return CREDIT_ALPHABET[-total % 31]


def parse_credit_code(text: str) -> CreditCode:
    """A unified social credit code (统一社会信用代码, GB 32100-2015) with a right check digit."""
    code = re.sub(r"\s", "", halfwidth(text)).upper()
    if len(code) != _CREDIT_LENGTH:
        raise ValueError(f"统一社会信用代码应为18位，“{code}”为{len(code)}位")
    wrong = [c for c in code if c not in CREDIT_ALPHABET]
    if wrong:
        raise ValueError(f"统一社会信用代码不含“{wrong[0]}”：只有数字和除 I、O、S、V、Z 外的字母")
    if credit_check(code[:-1]) != code[-1]:
        raise ValueError(f"统一社会信用代码“{code}”的校验位不对，请与证照核对")
    return CreditCode(code)


def parse_identity_number(text: str) -> IdentityNumber:
    """A citizen identity number (GB 11643-1999): province, date of birth and check digit right."""
    number = re.sub(r"[\s-]", "", halfwidth(text)).upper()
    if not re.fullmatch(r"\d{17}[0-9X]", number) or number[:2] not in _PROVINCES:
        raise ValueError("身份证号码应为18位数字，末位可为 X")
    if not identity_plausible(number[:6], number[6:14]):
        raise ValueError("身份证号码中的出生日期不存在")
    total = sum(int(c) * w for c, w in zip(number, _IDENTITY_WEIGHTS, strict=False))
    if _IDENTITY_CHECKS[total % 11] != number[-1]:
        raise ValueError("身份证号码的校验位不对")
    return IdentityNumber(number)


def identity_plausible(division: str, born: str) -> bool:
    """Whether the beginning of an identity number can be one: province, date of birth."""
    try:
        year = date(int(born[:4]), int(born[4:6]), int(born[6:8])).year
    except ValueError:
        return False
    return division[:2] in _PROVINCES and _FIRST_YEAR <= year <= _LAST_YEAR


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)  # noqa: PLR2004
    return total % 10 == 0
