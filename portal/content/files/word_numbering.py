"""Word's automatic numbers: 一、 （一） 1. that stand in no text, but in what Word shows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from portal.content.files.office_package import child, local, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

_DIGITS = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_CIRCLED = 0x2460
_MOST_CIRCLED, _TEN, _HUNDRED = 20, 10, 100
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"))


class Number(NamedTuple):
    """What Word puts before a paragraph: a label, or only the sign of a list."""

    label: str
    bullet: bool = False
    known: bool = True


class _Level(NamedTuple):
    start: int
    form: str
    text: str


def chinese(number: int) -> str:
    """`十二`, `二十`, `一百零三`, for numbers below 1000."""
    if number < _TEN:
        return _DIGITS[number]
    hundreds, rest = divmod(number, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif ones and hundreds:
        said += "零"
    return said + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    said = ""
    for value, letters in (*_ROMAN, (1, "i")):
        while number >= value:
            said, number = said + letters, number - value
    return said


def _letters(number: int) -> str:
    times, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (times + 1)


def _circled(number: int) -> str:
    return chr(_CIRCLED + number - 1) if number <= _MOST_CIRCLED else f"（{number}）"


_FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: "".join(chr(ord(d) + 0xFEE0) for d in str(number)),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(d)] for d in str(number)),
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "none": lambda _: "",
}


class Numbering:
    """The lists of a document, counted as its paragraphs go by."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._abstract: dict[str, str] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        for element in () if root is None else root:
            if local(element.tag) == "abstractNum":
                self._levels[value_of(element, "abstractNumId") or ""] = dict(_levels(element))
            elif local(element.tag) == "num":
                self._read_list(element)

    def _read_list(self, element: Element) -> None:
        name = value_of(element, "numId") or ""
        self._abstract[name] = value_of(child(element, "abstractNumId")) or ""
        for override in element:
            start = child(override, "startOverride")
            if start is not None:
                level = _whole(value_of(override, "ilvl"))
                self._starts[name, level] = _whole(value_of(start), 1)

    def next(self, name: str, level: int) -> Number | None:
        """The number of a list's next paragraph; None for a list that is none."""
        levels = self._levels.get(self._abstract.get(name, ""), {})
        if level not in levels or name in ("", "0"):
            return None
        counts = self._counts[self._abstract[name]]
        if (name, level) in self._starts and (name, level) not in self._begun:
            counts[level] = self._starts[name, level] - 1
        self._begun.add((name, level))
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        own = levels[level]
        if own.form == "bullet":
            return Number("", bullet=True)
        return _label(own, levels, counts)


def _label(own: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> Number:
    label, known = own.text, True
    for level, other in levels.items():
        place = f"%{level + 1}"
        if place in label:
            form = _FORMS.get(other.form)
            known = known and form is not None
            count = counts.get(level, other.start)
            label = label.replace(place, form(count) if form else str(count))
    return Number(label, known=known)


def _levels(element: Element) -> Iterator[tuple[int, _Level]]:
    for level in element:
        if local(level.tag) == "lvl":
            form = value_of(child(level, "numFmt")) or "decimal"
            text = value_of(child(level, "lvlText")) or ""
            start = _whole(value_of(child(level, "start")), 1)
            yield _whole(value_of(level, "ilvl")), _Level(start, form, text)


def _whole(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isdecimal() and len(text) < _TEN else otherwise
