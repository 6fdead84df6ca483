"""Characters: the one hygiene of every text that enters: what is folded, doubted or refused.

`clean` gives the text without what nobody can see or set, and tells each change. A form takes
`text`, and shows what was refused beside its field, with what was typed:

    cleaned = clean(field.data)
    field.data = cleaned.text
    field.errors = [remark.message for remark in cleaned.refused]

The import folds and tells, and asks where something is doubted or refused; the lint reports what
`clean` would change, at its place; search drops and folds by the same tables.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from portal.domain.text import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Equivalent_Unified_Ideograph of the Unicode Character Database, without the Kangxi radicals,
# which NFKC folds: scanners and PDF files give them for the character of a name.
_RADICALS = """
⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢
⺑𡯂 ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺟母 ⺠民 ⺡氵
⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓
⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎
⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長
⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐
⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜
⻲亀 ⻳龟 ㇆𠃌 ㇏乀 ㇐一 ㇑丨 ㇒丿 ㇓丿 ㇔丶 ㇕𠃍 ㇖乛 ㇗𠃊 ㇘𠃎 ㇙𠄌 ㇚亅 ㇛𡿨
㇜𠃋 ㇝乀 ㇞𠃑 ㇟乚 ㇠乙 ㇡𠄎
"""
# Characters of GB 18030 that had no code point of their own before Unicode 4.1 and 3.1; systems
# that still hold them as private use write these.
_FORMERLY_PRIVATE = """
E81E:9FB4 E826:9FB5 E82B:9FB6 E82C:9FB7 E832:9FB8 E843:9FB9 E854:9FBA E864:9FBB
E816:20087 E817:20089 E818:200CC E831:215D7 E83B:2298F E855:241FE
"""
_MEANT = {
    chr(int(private, 16)): chr(int(public, 16))
    for private, _, public in (pair.partition(":") for pair in _FORMERLY_PRIVATE.split())
}

# Letters of Greek and Cyrillic that nobody can tell from a Latin one.
_LOOKALIKES = """
0391A 0392B 0395E 0396Z 0397H 0399I 039AK 039CM 039DN 039FO 03A1P 03A4T 03A5Y 03A7X 03BFo 0405S
0406I 0408J 0410A 0412B 0415E 041AK 041CM 041DH 041EO 0420P 0421C 0422T 0423Y 0425X 0430a 0435e
043Eo 0440p 0441c 0443y 0445x 0455s 0456i 0458j 04BBh 0501d 051Bq 051Dw
"""
_ALIKE = {int(pair[:4], 16): pair[4:] for pair in _LOOKALIKES.split()}
_FOREIGN = "\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ff\u0400-\u0481\u048a-\u052f"
_ACCENTS = "\u0300-\u034e\u0350-\u036f\u1ab0-\u1abd\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""Chinese characters, as a class of a regular expression; of the planes 2 and 3 also those that
later versions of Unicode add."""

DROPPED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f"
    "\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What nobody sees, as a class of a regular expression: controls, soft hyphen, zero-width and bidi
controls, fillers, variation selectors, tags. Tab and line ends are not among them."""

FOLDED: dict[str, str] = {
    **{pair[0]: pair[1:] for pair in _RADICALS.split()},
    **{
        chr(code): unicodedata.normalize("NFKC", chr(code))
        for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
        if "CJK COMPAT" in unicodedata.name(chr(code), "") or code < 0x3000  # noqa: PLR2004
        if unicodedata.normalize("NFKC", chr(code)) != chr(code)
    },
}
"""Radicals, strokes and compatibility forms, and the character that they look like."""

DOTS = "・•‧∙⋅･᛫⸱⸳"
"""Other middle dots: between two Chinese characters each is the dot of a name, ·."""

_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"
_SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f"
_CONTROLS = lazy_pattern("[\x00-\x1f\x7f-\x9f]")
_BIDI = lazy_pattern("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_VARIANTS = lazy_pattern("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LINES = re.compile(r"\r\n?")
_UNSEEN = lazy_pattern(f"[{DROPPED}]")
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SUSPECT = lazy_pattern(
    # As spreadsheets escape control characters.
    r"_x(?P<escape>00[0189][0-9A-Fa-f]|007[Ff])_(?:(?<=_x000[Dd]_)\n)?"
    rf"|(?P<line>[{_LINE_ENDS}])|(?P<space>[{_SPACES}])|(?P<dropped>[{DROPPED}])"
    "|(?P<folded>[\u2e80-\u2fdf\u31c0-\u31ef\uf900-\ufaff\U0002f800-\U0002fa1f])"
    "|(?P<private>[\ue000-\uf8ff\U000f0000-\U0010ffff])"
    "|(?P<lost>[\ufffc\ufffd]|锟斤拷)"
    r"|(?P<combined>[A-Za-z\u00c0-\u024f][\u0300-\u036f]+)"
    rf"|(?P<mixed>(?<![A-Za-z{_FOREIGN}])(?=[A-Za-z]*[{_FOREIGN}])[A-Za-z{_FOREIGN}]+)"
    # Everything that is not common: surrogates and what Unicode has not assigned.
    "|(?P<rare>[^\t\n -~\u00a1-\u024f\u2010-\u206f\u2e80-\u9fff\uff00-\uffef\U00020000-\U0003fffd])"
)
_ACCENT = rf"(?<=[{HAN}])(?P<accent>[{_ACCENTS}]{{1,20}})"
_BETWEEN = lazy_pattern(
    rf"(?<=[{HAN}])(?:(?P<dots>[{DOTS}])|(?P<lost>[?□▯〓]+))(?=[{HAN}])|{_ACCENT}"
)
_IN_NAMES = lazy_pattern(
    rf"(?<=[{HAN}])(?:(?P<dots>[{DOTS}●.．])(?=[{HAN}])|(?P<lost>[?？□▯〓]+))"
    rf"|(?P<first>[?？□▯〓]+)(?=[{HAN}])|{_ACCENT}"
    "|(?P<squared>[\u3220-\u3247\u3280-\u32b0\u32cc-\u32cf\u32ff\u3300-\u33ff])"
)


# Whatever else than these ordinary characters: only with one can a pattern above find anything.
_ORDINARY = (
    "[^\t\n ->@-^`-~·—…“”‘’\u3001-\u3012\u3014-\u301f\u3400-\u4dbf\u4e00-\u951e\u9520-\u9fff"
    "\uff01-\uff5e]"
)
_ODD = lazy_pattern(_ORDINARY)
_ODD_IN_NAMES = lazy_pattern(f"{_ORDINARY}|[.．？]")


class Verdict(StrEnum):
    """What becomes of a character."""

    FOLDED = "folded"
    DOUBTED = "doubted"
    REFUSED = "refused"


class Remark(NamedTuple):
    """One character or run: its offset in the text as given, and a Chinese sentence about it.

    `instead` is what stands in the cleaned text, or for what was refused, what may be meant.
    """

    offset: int
    found: str
    verdict: Verdict
    instead: str
    message: str


_Judged = tuple[Verdict | None, str, str]
"""A verdict, None for what is not worth telling; what stands instead; the message."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text after hygiene; what was doubted or refused stands in it as it was given."""

    text: str
    remarks: tuple[Remark, ...] = ()

    @property
    def changes(self) -> tuple[Remark, ...]:
        """What was folded, to be told."""
        return self._with(Verdict.FOLDED)

    @property
    def doubts(self) -> tuple[Remark, ...]:
        """What may be a lost character, to be warned of."""
        return self._with(Verdict.DOUBTED)

    @property
    def refused(self) -> tuple[Remark, ...]:
        """What cannot be taken; each message says what to do."""
        return self._with(Verdict.REFUSED)

    def _with(self, verdict: Verdict) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.verdict is verdict)


def clean(text: str, *, name: bool = False) -> Cleaned:
    """A text without invisible and foreign forms; a `name` has one kind of dot besides.

    CR becomes LF and unusual spaces a space, untold. A question mark or empty box beside
    Chinese is a lost character: refused in a name, doubted between Chinese in running text. What
    is cleaned again does not change.
    """
    if not (_ODD_IN_NAMES if name else _ODD)().search(text):
        return Cleaned(text)
    text = _LINES.sub("\n", text) if "\r" in text else text
    pattern, judge = (_IN_NAMES(), _of_name) if name else (_BETWEEN(), _of_prose)
    if not (_SUSPECT().search(text) or pattern.search(text)):
        return Cleaned(text)
    remarks: list[Remark] = []
    offsets: Sequence[int] = range(len(text))
    while True:
        # What was dropped may have parted an escape: until nothing changes.
        before = text
        told: list[Remark] = []
        text, offsets = _replace(_SUSPECT(), _alone, text, offsets, told)
        remarks += told if text == before else [r for r in told if r.verdict is Verdict.FOLDED]
        if text == before:
            break
    text, _ = _replace(pattern, judge, text, offsets, remarks)
    return Cleaned(text, tuple(sorted(remarks)))


def without_controls(text: str) -> str:
    """A text without what neither XML, PDF nor a workbook can hold; tab and line ends stay."""
    return _UNHOLDABLE.sub("", text)


def without_unseen(text: str) -> str:
    """A text without what nobody sees, which by itself is no glyph; tab and line ends stay."""
    return _UNSEEN().sub("", without_controls(text))


def shown(character: str) -> str:
    """A character as a message can name it, with its code point; what nobody sees by that alone."""
    code = f"U+{ord(character[0]):04X}"
    hidden = unicodedata.category(character[0]) in ("Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Zs")
    fillers = "\u115f\u1160\u3164\uffa0"
    return code if hidden or character in fillers else f"“{character}”（{code}）"


def _replace(
    pattern: re.Pattern[str],
    judge: Callable[[re.Match[str]], _Judged],
    text: str,
    offsets: Sequence[int],
    remarks: list[Remark],
) -> tuple[str, Sequence[int]]:
    """One pass; `offsets` are those in the text as given, for the text before and after."""
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        verdict, instead, message = judge(match)
        start, end = match.span()
        if verdict is not None:
            remarks.append(Remark(offsets[start], match.group(), verdict, instead, message))
        kept = instead if verdict in (None, Verdict.FOLDED) else match.group()
        parts += (text[done:start], kept)
        places += offsets[done:start]
        places += [offsets[start]] * len(kept)
        done = end
    if not parts:
        return text, offsets
    return "".join(parts) + text[done:], [*places, *offsets[done:]]


def _alone(match: re.Match[str]) -> _Judged:
    """A character that needs no neighbour to be judged."""
    found = match.group()
    if match["space"]:
        return None, " ", ""
    if match["line"]:
        return Verdict.FOLDED, "\n", f"特殊的换行符{shown(found)}改为换行"
    if match["escape"]:
        instead = "\n" if match["escape"].upper() in ("000A", "000D") else ""
        return Verdict.FOLDED, instead, f"去掉了表格软件留下的“{found.rstrip()}”"
    if match["dropped"]:
        return Verdict.FOLDED, "", f"去掉了看不见的{_invisible(found)}{shown(found)}"
    if match["folded"]:
        instead = FOLDED.get(found, found)
        message = f"部首或兼容字形{shown(found)}改为“{instead}”"
        return Verdict.FOLDED if instead != found else None, instead, message
    return _letters(found) if match["combined"] or match["mixed"] else _unusable(match)


def _letters(found: str) -> _Judged:
    """A letter with its accent apart, or a word of Latin and letters that look like Latin ones."""
    whole = unicodedata.normalize("NFC", found)
    if whole != found:
        apart = f"字母和附加符号分开的“{found}”改为“{whole}”"
        return Verdict.FOLDED if len(whole) == 1 else None, whole, apart
    latin = found.translate(_ALIKE)
    cyrillic = re.search("[\u0400-\u052f]", found)
    if not re.search("[A-Za-z]", found) or (latin == found and not cyrillic):
        return None, found, ""  # also 50kΩ, TGFβ
    if latin.isascii():
        return Verdict.FOLDED, latin, f"混有西里尔或希腊字母的“{found}”改为拉丁字母“{latin}”"
    return Verdict.DOUBTED, found, f"“{found}”里拉丁字母和西里尔或希腊字母混在一起；请与原件核对"


def _unusable(match: re.Match[str]) -> _Judged:
    """What is refused: no character that others can read, or none at all."""
    found = match.group()
    if match["private"]:
        meant = _MEANT.get(found, "")
        hint = f"可能是{shown(meant)}；" if meant else ""
        message = f"{shown(found)}是自造字，别的电脑上显示不出来；{hint}请换成标准字库中的字"
        return Verdict.REFUSED, meant, message
    if match["lost"]:
        return Verdict.REFUSED, "", f"{shown(found)}是转换编码时丢失的文字；请照原件补上"
    if unicodedata.category(found) in ("Cn", "Cs"):
        return Verdict.REFUSED, "", f"{shown(found)}不是文字；请照原件改正"
    return None, found, ""


def _of_prose(match: re.Match[str]) -> _Judged:
    found = match.group()
    if match.lastgroup == "dots":
        return Verdict.FOLDED, "·", f"间隔号{shown(found)}改为“·”"
    if match.lastgroup == "accent":
        return Verdict.DOUBTED, found, f"汉字后面有附加符号{shown(found)}；请与原件核对"
    return Verdict.DOUBTED, found, f"汉字之间的“{found}”可能是丢失的字；请与原件核对"


def _of_name(match: re.Match[str]) -> _Judged:
    found = match.group()
    if match.lastgroup == "dots":
        return Verdict.FOLDED, "·", f"间隔号{shown(found)}改为“·”"
    if match.lastgroup == "accent":
        return Verdict.REFUSED, "", f"汉字后面有附加符号{shown(found)}；请删去，或照原件改正"
    if match.lastgroup == "squared":
        instead = unicodedata.normalize("NFKC", found).replace("(", "（").replace(")", "）")
        return Verdict.REFUSED, instead, f"{shown(found)}是几个字合成的符号；请写作“{instead}”"
    return Verdict.REFUSED, "", f"“{found}”是丢失的字；请照原件补上"


def _invisible(found: str) -> str:
    """The kind of an invisible character, in Chinese."""
    if _CONTROLS().match(found):
        return "控制字符"
    if _BIDI().match(found):
        return "文字方向控制符"
    if _VARIANTS().match(found):
        return "异体字选择符"
    return "软连字符" if found == "\xad" else "零宽或填充字符"
