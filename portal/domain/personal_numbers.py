"""Personal numbers in running text, as people type them: with spaces, dots, dashes, line ends.

Finders give offsets into the text as it stands. Full-width and other digits, Chinese numerals,
characters that nobody sees and the marks of Markdown and HTML between two digits hide nothing.
Every pattern is bounded, so that a hostile text costs no more than its length.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.domain.identifiers import identity_plausible, luhn, parse_identity_number
from portal.domain.text import Span, halfwidth, holds_any, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMERAL = dict(zip("零一二三四五六七八九", "0123456789", strict=True))
_NUMERAL |= dict(zip("〇壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)) | {"○": "0", "幺": "1"}
# Digits in a circle, in brackets, with a point: ①⑴⒈❶➀➊ and so on, each after its first.
_NUMERAL |= {chr(first + n): str(n + 1) for first in map(ord, "①⑴⒈⓵❶➀➊") for n in range(9)} | {
    "⓪": "0",
    "⓿": "0",
}
_WRITTEN_OUT = re.compile(rf"[{''.join(_NUMERAL)}](?:[ -]?[{''.join(_NUMERAL)}]){{10,18}}")
_SOME_DIGITS = re.compile(r"\d+")

# What may stand between two digits of one number: at most three of these, of line ends only one.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_MARK = rf"[ \t\u2000-\u200a\u202f\u205f.·•・‧_*`~\\\-‐-―−﹣{_UNSEEN}]"
_CODE = r"&[#A-Za-z0-9]{1,8};|</?[A-Za-z][^<>\n]{0,30}>"
_GAP = rf"(?:{_MARK}{{1,3}}|[ \t]{{0,3}}\r?\n[ \t]{{0,3}}|{_CODE})?"
# These part numbers from one another as often as the groups of one: only between usual groups.
_BETWEEN = r"[ /,、;:|()\[\]#+=&'\"]"
_WIDE = rf"(?:{_BETWEEN}|{_MARK}){{0,4}}"
_MARKUP = re.compile(_CODE)
_NOT_INSIDE = r"(?<![0-9])(?<![0-9][.])"

_EIGHTEEN = re.compile(rf"{_NOT_INSIDE}(?=[1-9])\d(?:{_GAP}\d){{16}}{_GAP}[0-9Xx](?![0-9])")
_EIGHTEEN_GROUPED = re.compile(
    rf"{_NOT_INSIDE}(?=[1-9])\d{{6}}{_WIDE}\d{{4}}{_WIDE}\d{{2}}{_WIDE}\d{{2}}{_WIDE}\d{{3}}{_WIDE}[0-9Xx](?![0-9])"
)
_FIFTEEN = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][ .-])(?=[1-9])\d{6}[ -]?\d{6}[ -]?\d{3}(?![0-9A-Za-z]|[ .-][0-9])"
)
_LABELLED = re.compile(
    rf"(?:身份证|身份号码|身份号|证件号|居民证)[^0-9\n]{{0,12}}(?P<number>\d(?:{_GAP}\d){{13,16}}{_GAP}[0-9Xx])"
    r"(?![0-9])"
)
_NO_PERSON = re.compile(r"(?:注册号|登记号|编号|批号|单号|订单|账号|信用代码)\D{0,4}$")
_MOBILE = re.compile(
    rf"(?<![0-9A-Za-z])(?<!\d[.-])(?:(?:\+|00)?86{_GAP})?(?P<number>1{_GAP}[3-9](?:{_GAP}\d){{9}})"
    r"(?![0-9A-Za-z]|\.[0-9])"
)
_MOBILE_GROUPED = re.compile(
    r"(?<![0-9A-Za-z])(?<!\d[.,/-])(?P<number>1[3-9]\d"
    rf"{_WIDE}(?:\d{{4}}{_WIDE}\d{{4}}|\d{{3}}{_WIDE}\d{{5}}|\d{_WIDE}\d{{4}}{_WIDE}\d{{3}}))"
    r"(?![0-9A-Za-z]|[.,/-][0-9])"
)
_CARD = re.compile(
    rf"{_NOT_INSIDE}(?<![A-Za-z])(?=62|4|5[1-5])\d(?:{_GAP}\d){{15,18}}(?![0-9A-Za-z])"
)
_LABELLED_CARD = re.compile(
    rf"(?:银行卡|卡号)[^0-9\n]{{0,8}}(?P<number>\d(?:{_GAP}\d){{14,18}})(?![0-9])"
)
_CARD_LENGTH = 16
_GROUPS = re.compile(r"\d+")
_LEAST_GROUP = 3
_MOST_GROUPS = 4

_URL = re.compile(r"https?://[!-~]{1,300}")
_TELLS = re.compile(r"(?:tel|phone|mobile|shouji)=$", re.IGNORECASE)
_MAILBOX = re.compile(r"@[A-Za-z0-9-]{1,60}\.")

_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63} ?(?:@|\(at\)|\[at\]) ?"
    r"[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,4}",
    re.IGNORECASE,
)

_PAPER = re.compile(
    r"(?:护照|通行证|回乡证|台胞证|军官证|士兵证|警官证|驾驶证|行驶证"
    r"|社保卡?|社会保障卡?|医保卡?|居住证)"
    r"(?:号码|编号|证号|号)?[\s:为是,(字第]{0,4}"
    r"(?P<number>[A-Za-z]{0,3}[ -]?\d(?:[ -]?[0-9A-Za-z]){5,18})"
)
_ACCOUNT = re.compile(
    r"(?:微信|(?<![A-Za-z])(?:we-?chat|wx|vx)|(?<![@A-Za-z0-9])QQ|扣扣|抖音)(?:账号|号码|号|群)?"
    r"[\s:为是,(+]{0,4}(?P<number>[A-Za-z0-9][A-Za-z0-9_-]{4,19})(?![A-Za-z0-9_@.-]*@)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# What a match must hold, whatever else is in it, and with how many digits.
_LABELS = ("身份", "证件号", "居民证")
_OF_A_PAPER = "照证保"
_OF_AN_ACCOUNT = "微扣抖wWvVqQ"
_OF_A_BIRTH = "生"
_BEGIN_OF_A_PERSON = re.compile("[1-9]")
_BEGIN_OF_A_MOBILE = re.compile("[+018]")
_BEGIN_OF_A_CARD = re.compile("[456]")
_LEAST_OF_A_PERSON = 14
_LEAST_OF_A_MOBILE = 11
_LEAST_OF_A_CARD = 15
# So many digits with nothing between two of them but what may stand in a gap without a code.
_CLOSE = {
    least: re.compile(rf"[0-9](?:(?:{_BETWEEN}|{_MARK}|[\r\n]){{0,9}}[0-9]){{{least - 1}}}")
    for least in (_LEAST_OF_A_PERSON, _LEAST_OF_A_MOBILE, _LEAST_OF_A_CARD)
}
_YEAR = r"(?P<year>19[0-9]{2}|20[0-2][0-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])"
_DATE = rf"{_YEAR}(?: ?年 ?|[-./])?{_MONTH}(?:(?: ?月 ?|[-./])?{_DAY} ?日?|月)?"
_BORN = (
    re.compile(rf"(?:出生(?:日期|年月日?|时间)?|生日|生于)[\s:为是于,]{{0,4}}{_DATE}(?![0-9])"),
    re.compile(rf"(?<![0-9]){_DATE}(?:日|月)?(?:出生|生(?![产成效态命活物日期存前]))"),
)


@lru_cache(maxsize=8)
def plain_digits(text: str) -> str:
    """The text with every digit and every long Chinese numeral in ASCII; its length stays."""
    plain = halfwidth(text)
    if not plain.isascii():
        plain = _SOME_DIGITS.sub(lambda match: _ascii_digits(match.group()), plain)
        plain = _WRITTEN_OUT.sub(
            lambda match: "".join(_NUMERAL.get(c, c) for c in match.group()), plain
        )
    return plain


def spelled_otherwise(wanted: str) -> re.Pattern[str]:
    """A pattern of one known number, name or address in the text that `plain_digits` gives.

    Spaces, marks and characters that nobody sees may stand between its characters.
    """
    characters = map(re.escape, plain_digits(wanted))
    return re.compile(_GAP.join(characters), re.IGNORECASE)


def _ascii_digits(text: str) -> str:
    return text if text.isascii() else "".join(str(unicodedata.decimal(c, 0)) for c in text)


def _has_number(plain: str, least: int) -> bool:
    """Whether so many digits stand close enough for one number; in most texts they do not."""
    if not _has_digits(plain, least):
        return False
    return "&" in plain or "<" in plain or _CLOSE[least].search(plain) is not None


def _has_digits(plain: str, least: int = 1) -> bool:
    """Whether a text has digits enough for a number; most texts have not."""
    many = 0
    for digit in "0123456789":
        many += plain.count(digit)
        if many >= least:
            return True
    return False


def find_identity_numbers(text: str) -> list[tuple[Span, str]]:
    """Identity numbers: right ones, labelled ones with a wrong check digit, and the old 15 digits.

    Credit codes of organizations have the same length. Digits 7 and 8, the century of birth, are
    there the end of a division code, 00 to 22 without 19 and 20 in this city, so none is taken
    for a person.
    """
    return list(_identity_numbers(plain_digits(text)))


@lru_cache(maxsize=4)
def _identity_numbers(plain: str) -> tuple[tuple[Span, str], ...]:
    if not _has_number(plain, _LEAST_OF_A_PERSON):
        return ()
    taken = set[int]()
    found = []
    for pattern in (_EIGHTEEN, _EIGHTEEN_GROUPED):
        for match in matches(pattern, _BEGIN_OF_A_PERSON, plain):
            number = _digits(match.group())
            if _sound(number) and _free(match.span(), taken):
                found.append((match.span(), number))
    found += [
        (match.span("number"), _digits(match["number"]))
        for match in _labelled(plain)
        if _free(match.span("number"), taken)
    ]
    for match in matches(_FIFTEEN, _BEGIN_OF_A_PERSON, plain):
        number = _digits(match.group())
        before = plain[max(match.start() - 10, 0) : match.start()]
        person = identity_plausible(number[:6], f"19{number[6:12]}") and not _NO_PERSON.search(
            before
        )
        if person and _free(match.span(), taken):
            found.append((match.span(), number))
    return tuple(sorted(found))


def _labelled(plain: str) -> Iterator[re.Match[str]]:
    """Numbers behind a label; a text without any of the words is not searched."""
    return _LABELLED.finditer(plain) if any(word in plain for word in _LABELS) else iter(())


def find_mobile_numbers(text: str) -> list[tuple[Span, str]]:
    """Mobile numbers, with or without +86 and separators; never a part of a longer number.

    An address of the web and the name of a mailbox may hold eleven digits.
    """
    plain = plain_digits(text)
    if not _has_number(plain, _LEAST_OF_A_MOBILE):
        return []
    addresses = [match.span() for match in _URL.finditer(plain)] if "://" in plain else []
    taken: set[int] = set()
    for (start, end), _ in find_identity_numbers(text):
        taken.update(range(start, end))
    found = []
    for pattern in (_MOBILE, _MOBILE_GROUPED):
        for match in matches(pattern, _BEGIN_OF_A_MOBILE, plain):
            start, end = match.span()
            if not _free((start, end), taken):
                continue
            told = _TELLS.search(plain[:start][-8:])
            inside = any(a <= start < b for a, b in addresses) and not told
            if not inside and not _MAILBOX.match(plain, end) and _grouped(match["number"]):
                found.append(((start, end), _digits(match["number"])))
    return sorted(found)


def find_bank_cards(text: str) -> list[tuple[Span, str]]:
    """Bank card numbers by issuer prefix, length and Luhn, or by their label."""
    plain, taken = plain_digits(text), set[int]()
    if not _has_number(plain, _LEAST_OF_A_CARD):
        return []
    for (start, end), _ in find_identity_numbers(text):
        taken.update(range(start, end))
    found = [
        (match.span("number"), _digits(match["number"]))
        for match in _LABELLED_CARD.finditer(plain)
        if _free(match.span("number"), taken)
    ]
    for match in matches(_CARD, _BEGIN_OF_A_CARD, plain):
        digits = _digits(match.group())
        # Only UnionPay cards (62…) are longer than 16 digits.
        right = luhn(digits) and (len(digits) == _CARD_LENGTH or digits.startswith("62"))
        if right and _free(match.span(), taken):
            found.append((match.span(), digits))
    return sorted(found)


def find_papers(text: str) -> list[tuple[Span, str]]:
    """Numbers of passports, permits, licences and cards of insurance, behind their names."""
    plain = plain_digits(text)
    if not holds_any(plain, _OF_A_PAPER) or not _has_digits(plain):
        return []
    return [(m.span("number"), m["number"]) for m in _PAPER.finditer(plain)]


def find_accounts(text: str) -> list[tuple[Span, str]]:
    """Names of WeChat and QQ accounts; an official account (公众号) and a QQ mailbox are none."""
    plain = plain_digits(text)
    if not holds_any(plain, _OF_AN_ACCOUNT):
        return []
    return [
        (m.span("number"), m["number"])
        for m in _ACCOUNT.finditer(plain)
        if _DIGIT.search(m["number"])
        or m["number"].lower().startswith("wxid_")
        or "号" in m.group()[: m.start("number") - m.start()]
    ]


def find_mailboxes(text: str) -> list[tuple[Span, str]]:
    """Addresses of mailboxes, with @ or what is written for it."""
    plain = plain_digits(text)
    if "@" not in plain and "at" not in plain.lower():
        return []
    return [(match.span(), match.group()) for match in _MAIL.finditer(plain)]


def find_birth_dates(text: str) -> list[tuple[Span, bool]]:
    """Dates of birth, and whether they name the day."""
    plain, taken = plain_digits(text), set[int]()
    if _OF_A_BIRTH not in plain or not _has_digits(plain):
        return []
    return sorted(
        (match.span(), bool(match["day"]))
        for pattern in _BORN
        for match in pattern.finditer(plain)
        if _exists(match) and _free(match.span(), taken)
    )


def _exists(match: re.Match[str]) -> bool:
    try:
        date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    except ValueError:
        return False
    return True


def _digits(text: str) -> str:
    return "".join(_kept(_MARKUP.sub("", text)))


def _kept(text: str) -> Iterator[str]:
    return (c.upper() for c in text if c in "0123456789Xx")


def _sound(number: str) -> bool:
    try:
        parse_identity_number(number)
    except ValueError:
        return False
    return True


def _free(span: Span, taken: set[int]) -> bool:
    """Whether a span holds nothing that was found before; it is taken then."""
    places = range(*span)
    if not taken.isdisjoint(places):
        return False
    taken.update(places)
    return True


def _grouped(number: str) -> bool:
    """Whether the gaps fall as people write a number; 13 500 120 000 is an amount."""
    groups = [len(group) for group in _GROUPS.findall(_MARKUP.sub(" ", number))]
    if len(groups) == 1 or max(groups) == 1:
        return True
    return groups[0] >= _LEAST_GROUP and len(groups) <= _MOST_GROUPS
