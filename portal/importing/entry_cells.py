"""Entry cells: a cell of a table to a value of list.csv, told where it changed, asked in doubt."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

from portal.content.files.workbooks import Mark, column_letters
from portal.domain.characters import clean
from portal.domain.identifiers import parse_credit_code
from portal.importing.asking import IGNORE, Choice, option
from portal.importing.headings import Role
from portal.importing.name_cells import (
    ENDS_AS_UNIT,
    LEGAL_FORM,
    is_unit,
    name_doubt,
    parts_in_doubt,
)
from portal.importing.personal_cells import personal_in, without_numbers

if TYPE_CHECKING:
    from portal.importing.inquiry import Inquiry

_LATIN_SPACE = re.compile(r"(?<=[A-Za-z0-9.&'-]) (?=[A-Za-z0-9&(])")
# Nothing that could be cleaned or made half-width: most cells.
_PLAIN = re.compile(r"[\u4e00-\u9fa50-9A-Za-z（）]+")
_SPACES = re.compile(r"\s+")
_NUMBERED = re.compile(r"(?:[(（]\d{1,3}[)）]|\d{1,3}[、．)）]|\d{1,3}\.(?!\d)|[①-⑳])\s*(?=\S)")
_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)|#{2,}", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d{2}", re.IGNORECASE)
_DEPARTMENT = re.compile("(?:部|处|科|室|所|系|站|队|车间|班组?|组|中心|学院|分厂|分公司|工会)$")
_SHORT = 4
# Letters that no credit code has, and the digits that they are typed for.
_MISTYPED = str.maketrans("OIZSV", "0125U")

_WORDS = {
    Mark.NO_VALUE: "是公式，文件中没有它的结果；请用 Excel 打开、保存后再导入，或写出内容",
    Mark.IMPRECISE: "是数值，超过15位，后几位已经丢失；请照证照写出",
    Mark.UNSEEN: "的内容在表格中不显示；请确认",
}


class EntryCells:
    """Reads the cells of one sheet; each change is told once, with its place."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        counties = inquiry.site.counties.values()
        self._counties = {county.name: county.name for county in counties}
        for county in counties:
            for word in (county.name, *county.lookalikes):
                self._counties[word] = county.name
                if len(word.rstrip("县区")) > 1 or word.rstrip("县区") == county.name.rstrip(
                    "县区"
                ):
                    self._counties.setdefault(word.rstrip("县区"), county.name)
        self._counties.pop("", None)

    def value(self, row: int, column: int, raw: str, role: Role) -> str:
        """The clean value of a cell for a role; asks where the cell cannot be read for certain."""
        said = self.inquiry.answer(f"{column_letters(column)}{row}")
        if said == IGNORE and role is not Role.NAME:
            self.inquiry.tell(f"“{_shown(without_numbers(raw))}”按回答略去", row, column)
            return ""
        if said:
            shown = _shown(without_numbers(raw))
            self.inquiry.tell(f"“{shown}”按回答改为“{said}”", row, column)
            raw = said
        elif self._ask(row, column, raw):
            return raw
        if not said and _PLAIN.fullmatch(raw):
            return raw
        cleaned = clean(raw, name=role is not Role.REMARK)
        for remark in cleaned.changes:
            self.inquiry.tell(remark.message, row, column)
        if cleaned.refused or cleaned.doubts:
            remark = (cleaned.refused or cleaned.doubts)[0]
            meant = [
                Choice(
                    text := raw.replace(remark.found, remark.instead),
                    f"“{text}”",
                    self.inquiry.cell_option(row, column, text),
                )
            ]
            self.inquiry.ask_cell(
                row, column, remark.message, meant if remark.instead and cleaned.refused else ()
            )
            return raw
        if role is Role.EMPLOYER and not said and self._ask_units(row, column, cleaned.text):
            return raw
        value = _tidy(role, cleaned.text)
        if value != cleaned.text.strip() or said:
            self._tell(row, column, cleaned.text.strip(), value)
        return value

    def _ask_units(self, row: int, column: int, text: str) -> bool:
        """Ask about a cell whose parts are units of their own: joined they would be a third."""
        parts = text.split()
        ends = [
            at
            for at, part in enumerate(parts, 1)
            if is_unit(part) and (at == 1 or not _DEPARTMENT.search(part))
        ]
        if len(ends) <= 1:
            return False
        whole = "".join(parts)
        begins = [0, *ends[:-1]]
        units = ["".join(parts[a:b]) for a, b in zip(begins, [*ends[:-1], len(parts)], strict=True)]
        self.inquiry.ask_cell(
            row,
            column,
            f"“{_shown(text)}”是一个单位，还是几个？",
            [
                Choice(one, shown, self.inquiry.cell_option(row, column, one))
                for one, shown in (
                    (whole, f"一个单位：“{whole}”"),
                    ("、".join(units), f"{len(units)}个单位：“{'、'.join(units)}”"),
                )
            ],
        )
        return True

    def _problem(self, row: int, column: int, raw: str) -> str:
        """Why a cell cannot be read, or the empty string."""
        mark = self.inquiry.sheet.marks.get((row, column))
        if mark is Mark.ERROR or _ERROR.fullmatch(raw.strip()):
            return f"这一格是错误值“{raw.strip()}”；请写出应有的内容"
        if mark in _WORDS:
            return f"“{_shown(raw)}”{_WORDS[mark]}" if raw else f"这一格{_WORDS[mark]}"
        if _SCIENTIFIC.fullmatch(raw.strip()):
            return f"“{raw.strip()}”{_WORDS[Mark.IMPRECISE]}"
        return ""

    def _ask(self, row: int, column: int, raw: str, *, both: bool = False) -> bool:
        """Ask about a cell that cannot be read, or holds numbers of people; offer the rest."""
        kinds = personal_in(raw)
        if not kinds:
            if problem := self._problem(row, column, raw):
                same = Choice(raw, f"就是“{raw}”", self.inquiry.cell_option(row, column, raw))
                unseen = self.inquiry.sheet.marks.get((row, column)) is Mark.UNSEEN
                self.inquiry.ask_cell(row, column, problem, [same] if unseen else ())
            return bool(problem)
        rest = without_numbers(raw)
        answer = _shown(rest) or IGNORE
        shown = f"只写“{answer}”" if rest else "这一格空着"
        choices = [Choice(answer, shown, self.inquiry.cell_option(row, column, answer))]
        text = f"第{row}行的这一格有{'、'.join(kinds)}，是个人信息，不能公开；请去掉"
        how = "，写成“单位|职务”" if both else ""
        self.inquiry.ask_cell(row, column, text + how, () if both else choices)
        return True

    def name(self, row: int, column: int, raw: str) -> str:
        """An entry's name: one name on one line, without a leading number."""
        lines = [line.strip() for line in clean(raw).text.split("\n") if line.strip()]
        said = self.inquiry.answer(f"{column_letters(column)}{row}")
        if len(lines) > 1 and not said and not _one_name(lines):
            text = "".join(lines)
            choice = Choice(
                text, f"一个名称：“{text}”", self.inquiry.cell_option(row, column, text)
            )
            self.inquiry.ask_cell(row, column, f"这一格有{len(lines)}行，是一个名称吗？", [choice])
            return text
        value = self.value(row, column, raw, Role.NAME)
        if said:
            return value
        bare = _NUMBERED.sub("", value, count=1) if _NUMBERED.match(value) else value
        if bare != value:
            self.inquiry.tell(f"去掉名称前的编号：“{value}”改为“{bare}”", row, column)
        meant: tuple[str, ...] = (bare,)
        doubt, shown = name_doubt(bare, self.inquiry.words), bare
        if not doubt:
            doubt, meant = parts_in_doubt(clean(raw, name=True).text)
            shown = _shown(raw)
        if doubt:
            choices = [
                Choice(one, f"就是名称“{one}”", self.inquiry.cell_option(row, column, one))
                for one in meant
            ]
            self.inquiry.ask_cell(row, column, f"“{shown}”{doubt}", choices)
        return bare

    def category(self, row: int, column: int, value: str) -> str:
        """A category in the words of list.csv."""
        words = self.inquiry.words
        known = words.synonyms.get(value, value)
        if known in words.terms.category_of:
            if known != value:
                self._tell(row, column, value, known)
            return known
        return self._said_value(Role.CATEGORY, row, column, value, list(words.terms.category_of))

    def grade(self, row: int, column: int, value: str) -> str:
        """A grade in the words of list.csv."""
        words = self.inquiry.words
        known = words.grade_of(value)
        if not known:
            return self._said_value(Role.GRADE, row, column, value, list(words.terms.grade_of))
        if known != value:
            self._tell(row, column, value, known)
        return known

    def county(self, row: int, column: int, value: str) -> str:
        """A county's full name; what is no county is left for the lint, and told."""
        known = self._counties.get(value)
        if known is None:
            self.inquiry.tell(f"没有县区“{value}”，请核对", row, column)
        elif known != value:
            self._tell(row, column, value, known)
        return known or value

    def code(self, row: int, column: int, value: str) -> str:
        """A credit code in capitals; a wrong one is left for the lint, and told."""
        try:
            known = str(parse_credit_code(value))
        except ValueError as error:
            meant = value.upper().translate(_MISTYPED)
            hint = ""
            with suppress(ValueError):
                hint = f"；“{parse_credit_code(meant)}”的校验位对，请与证照核对"
            self.inquiry.tell(f"请核对：{error}{hint}", row, column)
            return value
        if known != value:
            self._tell(row, column, value, known)
        return known

    def unit_and_position(self, row: int, column: int, raw: str) -> tuple[str, str]:
        """Employer and position of one cell, parted at its only space; asked where it has none."""
        at = f"{column_letters(column)}{row}"
        said = self.inquiry.answer(at)
        if said:
            unit, _, position = said.partition("|")
            shown = _shown(without_numbers(raw))
            self.inquiry.tell(f"“{shown}”按回答分为“{unit}”和“{position}”", row, column)
            return unit.strip(), position.strip()
        if self._ask(row, column, raw, both=True):
            return raw, ""
        cleaned = clean(raw, name=True)
        for remark in cleaned.changes:
            self.inquiry.tell(remark.message, row, column)
        if cleaned.refused:
            self.inquiry.ask_cell(row, column, cleaned.refused[0].message)
            return raw, ""
        parts = cleaned.text.split()
        if len(parts) == 2 and is_unit(parts[0]) and not is_unit(parts[1]):  # noqa: PLR2004
            self.inquiry.tell(f"分为工作单位“{parts[0]}”和职务“{parts[1]}”", row, column)
            return parts[0], parts[1]
        whole = "".join(parts)
        ends = [m.end() for m in ENDS_AS_UNIT.finditer(whole)]
        if len(parts) == 1 and ends == [len(whole)]:
            self.inquiry.tell(f"只有工作单位“{whole}”，没有职务", row, column)
            return whole, ""
        pairs = [(whole[:end], whole[end:]) for end in ends if end < len(whole)] + [(whole, "")]
        self.inquiry.ask_cell(
            row,
            column,
            f"“{whole}”里哪些字是工作单位，哪些是职务？（写成“单位|职务”）",
            [
                Choice(
                    f"{u}|{p}",
                    f"单位“{u}”，职务“{p}”",
                    self.inquiry.cell_option(row, column, f"{u}|{p}"),
                )
                for u, p in pairs
            ],
        )
        return whole, ""

    def _said_value(self, role: Role, row: int, column: int, value: str, options: list[str]) -> str:
        what = f"{role.value}:{value}"
        said = self.inquiry.answer(what)
        if said in options or said == IGNORE:
            self.inquiry.tell(f"“{value}”按回答改为“{said}”", row, column)
            return "" if said == IGNORE else said
        self.inquiry.ask(
            what,
            f"{role.value}“{value}”是哪一种？",
            [
                *(Choice(one, one, option("value", f"{what}={one}")) for one in options),
                Choice(IGNORE, f"不是{role.value}，空着", option("value", f"{what}={IGNORE}")),
            ],
            row=row,
            column=column,
        )
        return ""

    def _tell(self, row: int, column: int, before: str, after: str) -> None:
        self.inquiry.tell(f"“{_shown(before)}”改为“{after}”", row, column)


def _one_name(lines: list[str]) -> bool:
    """Whether the lines of a cell are one name for certain: the first is no name of its own.

    某某市某某 / 有限公司 is one name; 甲公司 / 乙公司 and 张三 / 李四 may be two.
    """
    first, rest = lines[0], "".join(lines[1:])
    whole = unicodedata.normalize("NFKC", rest)
    remark = re.fullmatch(r"\([^()]*\)", whole)
    legal = LEGAL_FORM.fullmatch(whole) and not is_unit(first)
    single = all(len(line) == 1 for line in lines) and len(lines) <= _SHORT - 1
    return bool(remark or legal or single)


def _tidy(role: Role, text: str) -> str:
    """No inner spaces but between Latin words, half-width digits and letters, one line."""
    text = "".join(map(_narrow, text))
    if role is Role.REMARK:
        return _SPACES.sub(" ", text).strip()
    kept = _LATIN_SPACE.sub("\0", _SPACES.sub(" ", text))
    return kept.replace(" ", "").replace("\0", " ")


def _narrow(character: str) -> str:
    """Full-width digits, letters and spaces made half-width; Chinese punctuation stays."""
    if character.isascii():
        return character
    half = unicodedata.normalize("NFKC", character)
    # A digit in a circle or set high is a mark of a note, and no part of a name.
    marks = half.isdecimal() and not "０" <= character <= "９"
    plain = half.isascii() and (half.isalnum() or half.isspace()) and not marks
    return half if plain else character


def _shown(raw: str) -> str:
    return _SPACES.sub(" ", raw).strip()
