"""Masking of personal data: what stays readable is enough to recognise, not to misuse.

Source: docs/domain.md §8: phones 138****1234, identity numbers 35*************123; names keep the
surname.
"""

from __future__ import annotations

import re

from portal.domain.names import split_name
from portal.domain.text import halfwidth

_SHORT = 7


def mask_name(name: str) -> str:
    """李明 → 李*, 李小明 → 李*明, 欧阳小明 → 欧阳*明; a dotted name keeps its first character."""
    surname, given = split_name(name)
    if given:
        return surname + "*" * max(len(given) - 1, 1) + (given[-1] if len(given) > 1 else "")
    return surname[:1] + re.sub(r"[^·・．•]", "*", surname[1:])


def mask_mobile(number: str) -> str:
    """13812341234 → 138****1234; a shorter number keeps only its last two digits."""
    digits = re.sub(r"\D", "", halfwidth(number))
    if len(digits) < _SHORT:
        return "*" * len(digits)
    if len(digits) < len("13800000000"):
        return "*" * (len(digits) - 2) + digits[-2:]
    return f"{digits[-11:-8]}****{digits[-4:]}"


def mask_identity_number(number: str) -> str:
    """140302199001011234 → 14*************234; anything short is masked whole."""
    plain = re.sub(r"[\s-]", "", halfwidth(number)).upper()
    if len(plain) < len("140302900101123"):
        return "*" * len(plain)
    return plain[:2] + "*" * (len(plain) - 5) + plain[-3:]


def mask_bank_card(number: str) -> str:
    """All but the last four digits masked; a short number whole."""
    digits = re.sub(r"\D", "", halfwidth(number))
    shown = digits[-4:] if len(digits) > _SHORT else ""
    return "*" * (len(digits) - len(shown)) + shown
