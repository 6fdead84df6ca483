"""Quick questions to a text answer as the slow ones do, for any text."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from portal.domain import characters, dates, personal_numbers
from portal.domain.characters import clean
from portal.domain.text import halfwidth, matches
from portal.lint.rules import list_rules

FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_SHAPES = """
2021年 12月 6日 至 - . 10日 （5个工作日） 五 十 等 共计 3家 组织 名 起 截止 前 ： １ 周 天 王 a X 号
13800138000 +86 138-0013-8000 11010519491231002X 622202 1234 5678 9012 8
"""
PIECES = st.sampled_from([*_SHAPES.split(), " ", "\u3000"])
TEXTS = st.lists(st.one_of(PIECES, st.characters()), max_size=30).map("".join)
PATTERNS = [
    (dates._DATE, dates._BEGIN_OF_A_DATE),
    (dates._LENGTH, dates._BEGIN_OF_A_LENGTH),
    (list_rules._COUNT, list_rules._BEGIN_OF_A_COUNT),
    (personal_numbers._EIGHTEEN, personal_numbers._BEGIN_OF_A_PERSON),
    (personal_numbers._FIFTEEN, personal_numbers._BEGIN_OF_A_PERSON),
]
IN_DIGITS = [
    (personal_numbers._MOBILE, personal_numbers._BEGIN_OF_A_MOBILE),
    (personal_numbers._CARD, personal_numbers._BEGIN_OF_A_CARD),
]


def compiled(pattern):
    """A pattern, or one that is compiled when it is asked for."""
    return pattern() if callable(pattern) else pattern


@given(TEXTS)
def test_halfwidth_is_a_translation(text):
    assert halfwidth(text) == text.translate(FULL)


@given(TEXTS)
def test_a_pattern_is_found_wherever_it_may_begin(text):
    plain = personal_numbers.plain_digits(text)
    for one, other in (*PATTERNS, *IN_DIGITS):
        pattern, beginning = compiled(one), compiled(other)
        found = [match.span() for match in matches(pattern, beginning, plain)]
        assert found == [match.span() for match in pattern.finditer(plain)]


@given(TEXTS)
def test_every_digit_becomes_an_ascii_one(text):
    plain = personal_numbers.plain_digits(text)
    assert len(plain) == len(text)
    assert plain.isascii() or not re.search(r"(?![0-9])\d", plain)
    same = zip(text, plain, strict=True)
    assert all(unicodedata.decimal(a) == int(b) for a, b in same if a.isdecimal())


def test_no_ordinary_character_is_ever_remarked_on():
    """Whatever stands between ordinary ones is looked at as before."""
    for code in range(0x110000):
        character = chr(code)
        if not characters._ODD().match(character):
            assert not characters._SUSPECT().match(character)
            assert not characters._BETWEEN().search(f"王{character}王")
        if not characters._ODD_IN_NAMES().match(character):
            assert not characters._IN_NAMES().search(f"王{character}王")
    assert clean("王锟斤拷").refused
    assert clean("王_x0001_").changes
