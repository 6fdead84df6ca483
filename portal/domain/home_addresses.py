"""Home addresses in running text; the address of an office, a number in a street, is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.text import holds_any

if TYPE_CHECKING:
    from portal.domain.text import Span

_PLACE = r"[\u4e00-\u9fffA-Za-z0-9（）()-]"
_LABELLED = re.compile(
    r"(?:(?:家庭|户籍|户口|居住|现居|常住)(?:所在地|住址|地址|地)?|现?住址|住所地?|家住|现住)"
    r"\s*(?:为|是|在|：|:|,|，|于|\s)?\s*"
    rf"(?P<address>{_PLACE}{{0,24}}?[省市县区镇乡村路街巷弄](?=(?P<rest>{_PLACE}{{0,24}})))"
)
_EXACT = re.compile(r"\d|村|小区|社区|[号楼栋幢室院苑]")
_UNIT = r"(?:[\d一二三四五六七八九十]{1,2}单元)"
_HOME = re.compile(
    r"[\u4e00-\u9fff\d]{0,8}?(?:小区|家属[院楼区]|花园|公寓|新村|宿舍|苑)(?P<between>[\u4e00-\u9fff]{0,6})"
    rf"\d{{1,4}}(?:号楼|栋|幢|号院|楼)(?P<unit>{_UNIT})?[\d一二三四五六七八九十]{{0,4}}[室户号层]?"
)
_FLAT = re.compile(rf"(?:号楼|栋|幢|楼|号)\s?{_UNIT}\s?\d{{0,4}}|{_UNIT}\s?\d{{3,4}}[室户号]?")
# What a match must hold, whatever else is in it.
_OF_A_HOME = "庭籍户居住楼栋幢院元"
_STREET = re.compile(r"[路街道巷]")


def find_home_addresses(text: str) -> list[Span]:
    """Addresses of homes: behind a label down to a village or number, or down to a flat."""
    if not holds_any(text, _OF_A_HOME):
        return []
    seen: list[Span] = []
    for pattern, is_home in ((_LABELLED, _is_labelled), (_HOME, _is_home), (_FLAT, _is_flat)):
        for match in pattern.finditer(text):
            start, end = match.span()
            if is_home(match) and not any(a < end and start < b for a, b in seen):
                seen.append((start, match.end("rest") if pattern is _LABELLED else end))
    return seen


def _is_labelled(match: re.Match[str]) -> bool:
    return bool(_EXACT.search(match["address"] + match["rest"]))


def _is_home(match: re.Match[str]) -> bool:
    """新苑路6号楼 is the address of a house in a street, 新苑小区6号楼 that of a home."""
    return not _STREET.search(match["between"]) or bool(match["unit"])


def _is_flat(_: re.Match[str]) -> bool:
    return True
