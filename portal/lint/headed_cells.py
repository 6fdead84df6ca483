"""Headed cells: numbers of persons that only the heading of their column tells to be such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.personal_numbers import (
    find_accounts,
    find_bank_cards,
    find_identity_numbers,
    find_mobile_numbers,
    find_papers,
    plain_digits,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HEADING = re.compile(
    r"身份证|身份号|证件号|护照|通行证|军官证|士兵证|警官证|驾驶证|社保|社会保障|医保|居住证"
    r"|银行[账帐卡]|[账帐][号户]|卡号|微信|QQ|扣扣",
    re.IGNORECASE,
)
_LONGEST_HEADING = 16
_NUMBER = re.compile(r"(?<![@.])(?:[0-9A-Za-z] ?[-_.]?){5,30}(?![@*×X])")
_MASKED = re.compile(r"[*×＊]|[Xx]{2,}|•{2,}")
_LEAST_DIGITS = 5
_FINDERS = (
    *(find_identity_numbers, find_mobile_numbers, find_bank_cards),
    *(find_papers, find_accounts),
)


def headed_cells(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Row and column, from 1, and the heading of each such cell.

    What is found by itself is left to who looks for it; a number with its middle hidden is none.
    """
    headings: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            text = cell.strip()
            if _is_heading(text):
                headings[column] = text
            elif column in headings and _is_number(text):
                yield number, column, headings[column]


def text_rows(text: str) -> list[list[str]]:
    """The cells of each line of a text that may be a table."""
    return [re.split(r"[,\t|;，；]", line) for line in text.split("\n")]


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and bool(_HEADING.search(text)) and not _digits(text)


def _is_number(text: str) -> bool:
    if not _digits(text) or _MASKED.search(text) or "@" in text:
        return False
    plain = plain_digits(text)
    return bool(_NUMBER.search(plain)) and not any(find(text) for find in _FINDERS)


def _digits(text: str) -> bool:
    return sum(c.isdecimal() for c in plain_digits(text)) >= _LEAST_DIGITS
