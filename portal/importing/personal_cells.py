"""Personal cells: numbers of people in cells of a list, and what a cell says without them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.home_addresses import find_home_addresses
from portal.domain.personal_numbers import (
    find_accounts,
    find_bank_cards,
    find_birth_dates,
    find_identity_numbers,
    find_mailboxes,
    find_mobile_numbers,
    find_papers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from portal.domain.text import Span

_FINDERS: tuple[tuple[str, Callable[[str], Sequence[tuple[Span, object]]]], ...] = (
    ("身份证号码", find_identity_numbers),
    ("手机号码", find_mobile_numbers),
    ("银行卡号", find_bank_cards),
    ("证件号码", find_papers),
    ("微信号或QQ号", find_accounts),
    ("邮箱地址", find_mailboxes),
    ("出生日期", find_birth_dates),
)
# Most cells hold too few digits for any of these.
_MAY = re.compile(
    r"(?:\d\D{0,3}){5}|(?:[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①-⑨]\D?){6}"
    r"|[@＠]|\bat\b|微信|wechat|wx|vx|QQ|扣扣|抖音",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?:本人|居民|公民|联系|移动|电子|家庭)*(?:身份证?|证件|护照|通行证|军官证|驾驶证|社保卡|医保卡"
    r"|手机|电话|方式|联系|邮箱|邮件|e-?mail|微信|wechat|wx|vx|qq|银行卡|卡|出生|生日|生于)"
    r"(?:号码|账号|地址|日期|号)?)+[\s:：为是,，;；(（]*$",
    re.IGNORECASE,
)
_EDGES = " \t\r\n,，;；、:：/|。."
_EMPTY = re.compile(r"[(（][\s,，;；、]*[)）]")


def personal_in(text: str) -> tuple[str, ...]:
    """The kinds of personal numbers and addresses in a cell."""
    return tuple(dict.fromkeys(kind for _, kind in _found(text)))


def without_numbers(text: str) -> str:
    """A cell without the personal numbers and addresses, and without the words that name them."""
    for (start, end), _ in sorted(_found(text), reverse=True):
        label = _LABEL.search(text, 0, start)
        before = text[: label.start() if label else start]
        text = f"{before.rstrip(_EDGES + '(（')} {text[end:].lstrip(_EDGES)}"
    text = _EMPTY.sub("", text).strip(_EDGES)
    text = text if any(c in text for c in "(（") else text.rstrip(")）")
    return " ".join(text.split())


def _found(text: str) -> Iterator[tuple[Span, str]]:
    found = [(span, "家庭住址") for span in find_home_addresses(text)]
    if _MAY.search(text):
        found += [(span, kind) for kind, find in _FINDERS for span, _ in find(text)]
    taken: list[Span] = []
    for (start, end), kind in found:
        if not any(a < end and start < b for a, b in taken):
            taken.append((start, end))
            yield (start, end), kind
